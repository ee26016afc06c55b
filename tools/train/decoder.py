"""The Qwen3 decoder in PyTorch, with Hugging Face's names, written for training on few CPU cores: causal blocks, logits of chosen rows only."""
import json, math, os, struct, types
import numpy as np, torch, torch.nn as nn, torch.nn.functional as F

BLOCK = 128   # query rows per attention block: a block reads the keys up to its end, which saves almost half of a causal product


class RMSNorm(nn.Module):
    def __init__(self, width, eps):
        super().__init__(); self.weight = nn.Parameter(torch.ones(width)); self.eps = eps

    def forward(self, x): return x * (torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps)) * self.weight


def rotate(x, cos, sin):
    """RoPE. x [..., T, dHead], cos and sin [T, dHead]."""
    half = x.shape[-1] // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__(); self.c = c; h, g, d = c.num_attention_heads, c.num_key_value_heads, c.head_dim
        self.q_proj = nn.Linear(c.hidden_size, h * d, bias=False); self.k_proj = nn.Linear(c.hidden_size, g * d, bias=False)
        self.v_proj = nn.Linear(c.hidden_size, g * d, bias=False); self.o_proj = nn.Linear(h * d, c.hidden_size, bias=False)
        self.q_norm = RMSNorm(d, c.rms_norm_eps); self.k_norm = RMSNorm(d, c.rms_norm_eps)

    def forward(self, x, cos, sin, cache=None):
        """x [B, T, dModel]. `cache`: a dict that keeps k and v of the tokens before (decoding: T = 1 then)."""
        c = self.c; B, T, _ = x.shape; g, d = c.num_key_value_heads, c.head_dim; m = c.num_attention_heads // g
        q = rotate(self.q_norm(self.q_proj(x).view(B, T, g * m, d)).transpose(1, 2), cos, sin)
        k = rotate(self.k_norm(self.k_proj(x).view(B, T, g, d)).transpose(1, 2), cos, sin)
        v = self.v_proj(x).view(B, T, g, d).transpose(1, 2)
        if cache is not None:
            if 'k' in cache: k, v = torch.cat([cache['k'], k], 2), torch.cat([cache['v'], v], 2)
            cache['k'], cache['v'] = k, v
        past = k.shape[2] - T; scale = 1 / math.sqrt(d); k = k.reshape(B * g, -1, d); v = v.reshape(B * g, -1, d)
        q = q.reshape(B * g, m, T, d); out = []
        for a in range(0, T, BLOCK):
            b = min(T, a + BLOCK); n = b - a; mask = torch.full((n, past + b), -1e9).triu(past + a + 1).repeat(m, 1)
            s = torch.baddbmm(mask, q[:, :, a:b].reshape(B * g, m * n, d), k[:, :past + b].transpose(1, 2), alpha=scale)
            out.append(torch.bmm(s.softmax(-1), v[:, :past + b]).view(B * g, m, n, d))
        o = out[0] if len(out) == 1 else torch.cat(out, 2)
        return self.o_proj(o.reshape(B, g * m, T, d).transpose(1, 2).reshape(B, T, -1))


class MLP(nn.Module):
    def __init__(self, c):
        super().__init__(); n = c.intermediate_size
        self.gate_proj = nn.Linear(c.hidden_size, n, bias=False); self.up_proj = nn.Linear(c.hidden_size, n, bias=False); self.down_proj = nn.Linear(n, c.hidden_size, bias=False)

    def forward(self, x): return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__(); self.self_attn = Attention(c); self.mlp = MLP(c)
        self.input_layernorm = RMSNorm(c.hidden_size, c.rms_norm_eps); self.post_attention_layernorm = RMSNorm(c.hidden_size, c.rms_norm_eps)

    def forward(self, x, cos, sin, cache=None, rows=None):
        """`rows` (a mask [B, T]): go on with these positions only, as [rows, dModel]; for the last layer, where no other row is read."""
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, cache)
        if rows is not None: x = x[rows]
        return x + self.mlp(self.post_attention_layernorm(x))


class Decoder(nn.Module):
    def __init__(self, c):
        super().__init__(); self.config = c; self.model = nn.Module()
        self.model.embed_tokens = nn.Embedding(c.vocab_size, c.hidden_size)
        self.model.layers = nn.ModuleList(Layer(c) for _ in range(c.num_hidden_layers)); self.model.norm = RMSNorm(c.hidden_size, c.rms_norm_eps)
        inv = c.rope_theta ** (-torch.arange(0, c.head_dim, 2).double() / c.head_dim)
        angle = torch.arange(c.max_position_embeddings).double()[:, None] * torch.cat([inv, inv])
        self.register_buffer('cos', angle.cos().float(), persistent=False); self.register_buffer('sin', angle.sin().float(), persistent=False)

    def forward(self, ids, rows=None, cache=None):
        """Logits [B, T, vocabulary], or of the masked `rows` alone [rows, vocabulary]. ids [B, T]; `cache`: a list of one dict a layer."""
        past = cache[0]['k'].shape[2] if cache and 'k' in cache[0] else 0
        x = self.model.embed_tokens(ids); cos, sin = self.cos[past:past + ids.shape[1]], self.sin[past:past + ids.shape[1]]; last = len(self.model.layers) - 1
        for i, layer in enumerate(self.model.layers): x = layer(x, cos, sin, cache[i] if cache else None, rows if i == last else None)
        return self.model.norm(x) @ self.model.embed_tokens.weight.T


def load_checkpoint(folder):
    """A Decoder with the weights of a Hugging Face folder (model.safetensors in F16 or F32)."""
    with open(os.path.join(folder, 'config.json'), encoding='utf8') as f: config = json.load(f)
    model = Decoder(types.SimpleNamespace(**config)); state = {}
    with open(os.path.join(folder, 'model.safetensors'), 'rb') as f:
        header = json.loads(f.read(struct.unpack('<Q', f.read(8))[0])); data = f.read()
    for name, t in header.items():
        if name == '__metadata__': continue
        kind = {'F16': np.float16, 'F32': np.float32}[t['dtype']]; a, b = t['data_offsets']
        state[name] = torch.from_numpy(np.frombuffer(data[a:b], kind).astype(np.float32).reshape(t['shape']))
    model.load_state_dict(state); return model


def save_checkpoint(model, folder):
    """Writes config.json and model.safetensors (F16)."""
    os.makedirs(folder, exist_ok=True); header, blobs, offset = {}, [], 0
    for name, t in model.state_dict().items():
        blob = t.detach().contiguous().half().numpy().tobytes()
        header[name] = dict(dtype='F16', shape=list(t.shape), data_offsets=[offset, offset + len(blob)]); offset += len(blob); blobs.append(blob)
    head = json.dumps(header).encode(); head += b' ' * (-len(head) % 8); path = os.path.join(folder, 'model.safetensors')
    with open(path + '.part', 'wb') as f: f.write(struct.pack('<Q', len(head)) + head + b''.join(blobs))
    os.replace(path + '.part', path)   # a run that is killed while it writes leaves the checkpoint before
    with open(os.path.join(folder, 'config.json'), 'w', encoding='utf8', newline='\n') as f: json.dump(vars(model.config), f, indent=1); f.write('\n')
