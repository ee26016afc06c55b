"""The method (docs/methods.md) for every supported family, in plain NumPy: brute force, fp64, self-contained.

    python3 reference_families.py                    # checks every folder beside this file
    python3 reference_families.py DIR [DIR ...]      # checks those

A checkpoint is a Hugging Face folder (config.json, model.safetensors). What differs between families is read off once, in
`describe`; the rest is one decoder. Shapes: N tokens, L layers, H query heads, G key/value heads, Dh head size, D model width.

Every layer's attention (softmax or linear) leaves the same state behind (docs/families.md):

    x_mid[i] = x_in[i] + scale[i] * sum over h, j of (a[h,i,j] * v[j,h] * gate[i,h]) O[h]  +  constant[i]

`scale` [N] is a frozen post-norm's 1/rms (1 where there is none), `gate` [N, H, Dh] a frozen output gate (None where there is none), `O`
[H, Dh, D] the output projection with the post-norm's weight and the residual multiplier folded in, `constant` what biases add.
"""
import json, math, os, struct, sys
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))

# ---------------------------------------------------------------- files


def read_safetensors(path):
    raw = open(path, 'rb').read()
    n = struct.unpack('<Q', raw[:8])[0]
    out = {}
    for k, v in json.loads(raw[8:8 + n]).items():
        if k == '__metadata__':
            continue
        a, b = v['data_offsets']
        buf = raw[8 + n + a: 8 + n + b]
        if v['dtype'] == 'F32':
            x = np.frombuffer(buf, np.float32)
        elif v['dtype'] == 'F64':
            x = np.frombuffer(buf, np.float64)
        elif v['dtype'] == 'F16':
            x = np.frombuffer(buf, np.float16)
        elif v['dtype'] == 'BF16':
            x = (np.frombuffer(buf, np.uint16).astype(np.uint32) << 16).view(np.float32)
        else:
            continue  # quantised or integer tensors: not for this file
        out[k] = x.astype(np.float64).reshape(v['shape'])
    return out


def read_checkpoint(folder):
    config = json.load(open(os.path.join(folder, 'config.json')))
    index = os.path.join(folder, 'model.safetensors.index.json')
    files = sorted(set(json.load(open(index))['weight_map'].values())) if os.path.exists(index) else ['model.safetensors']
    w = {}
    for f in files:
        w.update(read_safetensors(os.path.join(folder, f)))
    return config, w


# ---------------------------------------------------------------- what a family is

POST_NORMS = {  # name of the norm on the attention's output, and of the one on the MLP's
    'gemma2': ('post_attention_layernorm', 'post_feedforward_layernorm'),
    'gemma3_text': ('post_attention_layernorm', 'post_feedforward_layernorm'),
    'gemma4_text': ('post_attention_layernorm', 'post_feedforward_layernorm'),
    'olmo2': ('post_attention_layernorm', 'post_feedforward_layernorm'),
    'olmo3': ('post_attention_layernorm', 'post_feedforward_layernorm'),
    'glm4': ('post_self_attn_layernorm', 'post_mlp_layernorm'),
    'exaone4': ('post_attention_layernorm', 'post_feedforward_layernorm'),
}
PRE_NORMS = {  # name of the norm before attention, and of the one before the MLP; None where there is none
    'gemma2': ('input_layernorm', 'pre_feedforward_layernorm'),
    'gemma3_text': ('input_layernorm', 'pre_feedforward_layernorm'),
    'gemma4_text': ('input_layernorm', 'pre_feedforward_layernorm'),
    'olmo2': (None, None),
    'olmo3': (None, None),
    'exaone4': (None, None),
    'lfm2': ('operator_norm', 'ffn_norm'),
    'cohere': ('input_layernorm', 'input_layernorm'),    # one norm feeds both, in parallel
    'cohere2': ('input_layernorm', 'input_layernorm'),
}
ALIASES = {  # text decoders of multimodal checkpoints; with text alone their three rotary axes are one
    'qwen2_5_vl': 'qwen2', 'qwen2_5_vl_text': 'qwen2', 'qwen2_vl': 'qwen2', 'qwen2_vl_text': 'qwen2', 'qwen3_vl_text': 'qwen3', 'qwen3_vl_moe_text': 'qwen3_moe',
}
FINAL_NORM = {'lfm2': 'model.embedding_norm.weight'}
PLUS_ONE = {'gemma', 'gemma2', 'gemma3_text', 'qwen3_next', 'qwen3_5_text', 'qwen3_5_moe_text'}
INTERLEAVED = {'glm', 'glm4', 'cohere', 'cohere2'}
GELU = {'gelu_pytorch_tanh', 'gelu_new'}
DEFAULT_THETA = {'gpt_oss': 150000.0, 'olmo3': 500000.0}


def text_config(config):
    """The decoder's own part of a multimodal checkpoint's configuration."""
    return config if 'num_hidden_layers' in config else config.get('text_config', config)


def describe(config):
    c = dict(text_config(config))
    t = c['model_type'] = ALIASES.get(c.get('model_type'), c.get('model_type'))
    c['H'] = c['num_attention_heads']
    c['G'] = c.get('num_key_value_heads') or c['H']
    c['Dh'] = c.get('head_dim') or c['hidden_size'] // c['H']
    L = c['num_hidden_layers']
    c['pre'] = PRE_NORMS.get(t, ('input_layernorm', 'post_attention_layernorm'))
    c['post'] = POST_NORMS.get(t, (None, None))
    c['layernorm'] = t in ('cohere', 'cohere2', 'starcoder2')
    c['plus_one'] = t in PLUS_ONE
    c['eps'] = c.get('rms_norm_eps', c.get('layer_norm_eps', c.get('norm_epsilon', c.get('norm_eps', 1e-6))))
    c['parallel'] = t in ('cohere', 'cohere2')
    c['act'] = c.get('hidden_activation') or c.get('hidden_act') or 'silu'
    if t == 'gemma' and c.get('hidden_activation') is None:
        c['act'] = 'gelu_pytorch_tanh'  # the first Gemma's files say "gelu" and mean this
    c['embed_scale'] = math.sqrt(c['hidden_size']) if t.startswith('gemma') else c.get('embedding_multiplier', 1.0)
    c['residual_scale'] = c.get('residual_multiplier', 1.0)
    c['logit_scale'] = c['logit_scale'] if t in ('cohere', 'cohere2') else 1.0 / c.get('logits_scaling', 1.0)
    if t in ('gemma2', 'gemma3_text'):
        c['attn_scale'] = c.get('query_pre_attn_scalar', 256) ** -0.5
    else:
        c['attn_scale'] = c.get('attention_multiplier', c['Dh'] ** -0.5) if t.startswith('granite') else c['Dh'] ** -0.5
    if t == 'gemma4_text':
        c['attn_scale'] = 1.0                                # q and k are normed; nothing else scales the scores
    c['attn_cap'] = c.get('attn_logit_softcapping') if t == 'gemma2' else None
    c['final_cap'] = c.get('final_logit_softcapping') if t in ('gemma2', 'gemma3_text', 'gemma4_text') else None
    c['types'] = layer_types(c, t, L)
    c['windows'] = windows(c, t)
    c['ropes'] = [layer_rope(c, t, l) for l in range(L)]
    c['interleaved'] = t in INTERLEAVED
    c['heads'] = [(c['G'], c['Dh'])] * L
    if t == 'gemma4_text':
        full = (c.get('num_global_key_value_heads') or c['G']) if c.get('attention_k_eq_v') else c['G'], c.get('global_head_dim', 512)
        for entry in (c.get('per_layer_config') or {}).values():   # transformers 5 writes the same per layer
            full = entry.get('num_key_value_heads', full[0]), entry.get('head_dim', full[1])
        c['heads'] = [full if x == 'full_attention' else (c['G'], c['Dh']) for x in c['types']]
    return c


def layer_types(c, t, L):
    names = {'mamba': 'linear_attention', 'attention': 'full_attention'}   # as Granite 4's files of transformers 4 say it
    if c.get('layer_types'):
        return [names.get(x, x) for x in c['layer_types']][:L]
    if t == 'lfm2' and c.get('full_attn_idxs') is not None:
        return ['full_attention' if l in c['full_attn_idxs'] else 'conv' for l in range(L)]
    every = {'gemma2': 2, 'gpt_oss': 2, 'gemma3_text': c.get('sliding_window_pattern', 6), 'gemma4_text': 6, 'olmo3': 4, 'cohere2': c.get('sliding_window_pattern', 4),
             'exaone4': c.get('sliding_window_pattern', 4) or 4}.get(t)
    if every:
        return ['sliding_attention' if (l + 1) % every else 'full_attention' for l in range(L)]
    if t in ('qwen3_next', 'qwen3_5_text', 'qwen3_5_moe_text'):
        n = c.get('full_attention_interval', 4)
        return ['linear_attention' if (l + 1) % n else 'full_attention' for l in range(L)]
    return ['full_attention'] * L


def windows(c, t):
    """A row sees itself and the window - 1 positions before it; None sees all."""
    w, L = c.get('sliding_window'), c['num_hidden_layers']
    if not w:
        return [None] * L
    if t in ('gemma2', 'gemma3_text', 'gemma4_text', 'olmo3', 'gpt_oss', 'cohere2', 'ministral', 'exaone4'):
        return [w if x == 'sliding_attention' else None for x in c['types']]
    if t in ('mistral', 'ministral3', 'mixtral', 'phi3', 'starcoder2'):
        return [w] * L
    if t in ('qwen2', 'qwen3', 'qwen2_moe', 'qwen3_moe', 'smollm3'):
        if not c.get('use_sliding_window'):
            return [None] * L
        if t == 'qwen3_moe':
            return [w] * L
        if c.get('layer_types'):
            return [w if x == 'sliding_attention' else None for x in c['types']]
        return [w if l >= c.get('max_window_layers', 28) else None for l in range(L)]
    return [None] * L


def layer_rope(c, t, l):
    """The layer's rotary parameters as one flat dict with rope_type and rope_theta, or None for a layer without."""
    if c['types'][l] in ('linear_attention', 'conv') or (t == 'granitemoehybrid' and c.get('position_embedding_type') != 'rope'):
        return None
    if t == 'smollm3':
        listed, n = c.get('no_rope_layers'), c.get('no_rope_layer_interval', 4)
        if not (listed[l] if listed else (l + 1) % n):
            return None
    if t == 'cohere2' and c['types'][l] == 'full_attention':
        return None
    if t == 'exaone4' and c.get('sliding_window') and c['types'][l] == 'full_attention':
        return None
    r = c.get('rope_parameters') or {}
    if c['types'][l] in r or 'full_attention' in r:          # transformers 5: one entry for each kind of layer
        r = dict(r[c['types'][l]])
    elif c.get('rope_parameters'):
        r = dict(r)
    else:                                                    # transformers 4: rope_theta, rope_scaling, rope_local_base_freq
        r = dict(c.get('rope_scaling') or {})
        local = c['types'][l] == 'sliding_attention'
        if t in ('gemma3_text', 'olmo3') and local:
            r = {}                                           # local layers are never scaled
        r['rope_theta'] = c.get('rope_local_base_freq', 10000.0) if t == 'gemma3_text' and local else c.get('rope_theta', DEFAULT_THETA.get(t, 10000.0))
    r['rope_type'] = r.get('rope_type') or r.get('type') or 'default'
    if t == 'phi3' and r['rope_type'] in ('su', 'yarn'):
        r['rope_type'] = 'longrope'                          # what early Phi-3 files call it
    r.setdefault('rope_theta', DEFAULT_THETA.get(t, 10000.0))
    default_part = {'glm': 0.5, 'glm4': 0.5, 'qwen3_next': 0.25, 'qwen3_5_text': 0.25, 'qwen3_5_moe_text': 0.25}.get(t, 1.0)
    r.setdefault('partial_rotary_factor', c.get('partial_rotary_factor', default_part))
    if r['rope_type'] == 'longrope' or (t == 'phi3' and c.get('original_max_position_embeddings')):
        r.setdefault('original_max_position_embeddings', c.get('original_max_position_embeddings', c['max_position_embeddings']))
    return r


# ---------------------------------------------------------------- rotary embeddings


def inverse_frequencies(r, c, N, Dh=None):
    """Angles per position of each pair of coordinates, and the factor on cos and sin. N: length of the sequence (longrope)."""
    Dh = Dh or c['Dh']
    dim = int(Dh * r['partial_rotary_factor'])
    if r['rope_type'] == 'proportional':                     # the exponents run over the whole head, what does not turn has angle 0
        turned = int(r['partial_rotary_factor'] * Dh // 2)
        return np.concatenate([1.0 / r['rope_theta'] ** (np.arange(0, 2 * turned, 2) / Dh), np.zeros(Dh // 2 - turned)]) / r.get('factor', 1.0), 1.0
    base, kind = r['rope_theta'], r['rope_type']
    pos = base ** (np.arange(0, dim, 2) / dim)
    inv, factor = 1.0 / pos, 1.0
    if kind == 'linear':
        inv = inv / r['factor']
    elif kind == 'llama3':
        wl = 2 * np.pi / inv
        lo, hi, old, f = r['low_freq_factor'], r['high_freq_factor'], r['original_max_position_embeddings'], r['factor']
        smooth = np.clip((old / wl - lo) / (hi - lo), 0, 1)
        inv = np.where(wl > old / lo, inv / f, np.where(wl < old / hi, inv, (1 - smooth) * inv / f + smooth * inv))
    elif kind == 'yarn':
        old = r['original_max_position_embeddings']
        f = r.get('factor') or c['max_position_embeddings'] / old
        mscale = lambda s, m=1.0: 1.0 if s <= 1 else 0.1 * m * math.log(s) + 1.0
        factor = r.get('attention_factor')
        if factor is None:
            m, all_dim = r.get('mscale'), r.get('mscale_all_dim')
            factor = mscale(f, m) / mscale(f, all_dim) if m and all_dim else mscale(f)
        dimension = lambda rotations: dim * math.log(old / (rotations * 2 * math.pi)) / (2 * math.log(base))
        low, high = dimension(r.get('beta_fast') or 32), dimension(r.get('beta_slow') or 1)
        if r.get('truncate', True):
            low, high = math.floor(low), math.ceil(high)
        low, high = max(low, 0), min(high, dim - 1)
        ramp = np.clip((np.arange(dim // 2) - low) / ((high - low) or 0.001), 0, 1)
        inv = inv / f * ramp + inv * (1 - ramp)
    elif kind == 'longrope':
        old = r['original_max_position_embeddings']
        f = r.get('factor') or c['max_position_embeddings'] / old
        factor = r.get('attention_factor')
        if factor is None:
            factor = 1.0 if f <= 1 else math.sqrt(1 + math.log(f) / math.log(old))
        inv = inv / np.array(r['long_factor'] if N > old else r['short_factor'], float)
    elif kind == 'dynamic':
        f, m = r['factor'], c['max_position_embeddings']
        base = base * (f * max(N, m) / m - (f - 1)) ** (dim / (dim - 2))
        inv = 1.0 / base ** (np.arange(0, dim, 2) / dim)
    elif kind != 'default':
        raise ValueError(f'RoPE scaling "{kind}"')
    return inv, factor


def rope(x, inv, factor, interleaved):  # x [N, heads, Dh]; only the first 2 * len(inv) coordinates turn
    ang = np.arange(x.shape[0])[:, None] * inv[None]
    cs, sn = (factor * np.cos(ang))[:, None], (factor * np.sin(ang))[:, None]
    n = 2 * len(inv)
    part, rest = x[..., :n], x[..., n:]
    if interleaved:
        a, b = part[..., 0::2], part[..., 1::2]
        turned = np.stack([a * cs - b * sn, b * cs + a * sn], -1).reshape(part.shape)
    else:
        a, b = part[..., : n // 2], part[..., n // 2:]
        turned = np.concatenate([a * cs - b * sn, b * cs + a * sn], -1)
    return np.concatenate([turned, rest], -1)


# ---------------------------------------------------------------- the decoder


def rms_norm(x, weight, eps):
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + eps) * weight


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def activation(name):
    if name == 'silu':
        return lambda x: x * sigmoid(x)
    if name in GELU:
        return lambda x: 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    raise ValueError(f'activation "{name}"')


class Weights:
    """Tensors by the name they have in a text-only checkpoint, whatever prefix a multimodal one puts before it."""

    def __init__(self, w):
        self.w = w
        self.prefix = next(p for p in ('model.language_model.', 'language_model.model.', 'model.') if p + 'embed_tokens.weight' in w)

    def key(self, name):
        if name.startswith('model.'):
            return self.prefix + name[6:]
        return next((k for k in (name, 'language_model.' + name) if k in self.w), name)

    def __getitem__(self, name):
        return self.w[self.key(name)]

    def __contains__(self, name):
        return self.key(name) in self.w

    def get(self, name, default=None):
        return self.w.get(self.key(name), default)


def forward(weights, config, ids):
    """Returns the trace state (one dict per layer) and the logits [N, vocab]."""
    w, c = Weights(weights), describe(config)
    x = w['model.embed_tokens.weight'][ids] * c['embed_scale']
    state, shared = [], {}
    ple = per_layer_inputs(w, c, ids, x)
    for l in range(c['num_hidden_layers']):
        p = f'model.layers.{l}.'
        before = norm(w, c, p, c['pre'][0], x)
        mixer = mamba2 if p + 'mamba.in_proj.weight' in w else linear_attention if c['types'][l] == 'linear_attention' else short_convolution if c['types'][l] == 'conv' else None
        s = mixer(w, c, l, before) if mixer else softmax_attention(w, c, l, before, shared)
        out = s['mixed'] @ s['W'].T + s['bias']                         # the attention block's output, [N, D]
        scale, fold = np.full(len(ids), c['residual_scale']), np.ones(c['hidden_size'])
        if c['post'][0]:
            fold = weight_of(w, c, p + c['post'][0] + '.weight')
            scale = scale / np.sqrt((out * out).mean(-1) + c['eps'])
        x_mid = x + scale[:, None] * out * fold
        m = norm(w, c, p, c['pre'][1], x if c['parallel'] else x_mid)
        y = mlp(w, c, p, l, m)
        if p + 'router.proj.weight' in w:
            y = gemma4_experts(w, c, p, x_mid, y)
        if c['post'][1]:
            y = rms_norm(y, weight_of(w, c, p + c['post'][1] + '.weight'), c['eps'])
        y = y * c['residual_scale']
        H, Dv = s['v'].shape[1:]
        O = s['W'].reshape(c['hidden_size'], H, Dv).transpose(1, 2, 0) * fold   # [H, Dv, D]
        x_out = x_mid + y
        if ple is not None:
            act = activation(c['act'])
            z = (act(x_out @ w[p + 'per_layer_input_gate.weight'].T) * ple[:, l]) @ w[p + 'per_layer_projection.weight'].T
            x_out = x_out + rms_norm(z, w[p + 'post_per_layer_input_norm.weight'], c['eps'])
        if p + 'layer_scalar' in w:
            x_out = x_out * w[p + 'layer_scalar']            # the next layer's x_in; xMid is before it
        state.append(dict(x_in=x, x_mid=x_mid, x_out=x_out, attention=s['a'], v=s['v'], O=O, scale=scale, gate=s['gate'], scan=s.get('scan'), kernel=s.get('kernel'),
                          constant=scale[:, None] * (s['mixed_bias'] @ s['W'].T + s['bias']) * fold))
        x = x_out
    x = layer_norm(x, w['model.norm.weight'], c['eps'], w.get('model.norm.bias', 0)) if c['layernorm'] else rms_norm(x, weight_of(w, c, FINAL_NORM.get(c['model_type'], 'model.norm.weight')), c['eps'])
    logits = x @ output_embedding(w, config).T * c['logit_scale']
    if c['final_cap']:
        logits = np.tanh(logits / c['final_cap']) * c['final_cap']
    return state, logits


def per_layer_inputs(w, c, ids, x):
    """Gemma 4's small models: what every layer is told of the token itself, [N, L, size]."""
    size = c.get('hidden_size_per_layer_input') if c['model_type'] == 'gemma4_text' else None
    if not size:
        return None
    of_token = w['model.embed_tokens_per_layer.weight'][ids].reshape(len(ids), -1, size) * math.sqrt(size)
    of_input = (x @ w['model.per_layer_model_projection.weight'].T / math.sqrt(c['hidden_size'])).reshape(len(ids), -1, size)
    return (rms_norm(of_input, w['model.per_layer_projection_norm.weight'], c['eps']) + of_token) * 2 ** -0.5


def gemma4_experts(w, c, p, x_mid, y):
    """Experts beside the dense MLP; the router norms the residual stream itself."""
    act, D = activation(c['act']), c['hidden_size']
    routed = rms_norm(x_mid, 1.0, c['eps']) * w[p + 'router.scale'] / math.sqrt(D)
    chosen, weight = route(routed @ w[p + 'router.proj.weight'].T, c['top_k_experts'], True)
    weight = weight * w[p + 'router.per_expert_scale'][chosen]

    def expert(x, i):
        gate, up = np.split(x @ w[p + 'experts.gate_up_proj'][i].T, 2, -1)
        return (act(gate) * up) @ w[p + 'experts.down_proj'][i].T
    normed = rms_norm(x_mid, w[p + 'pre_feedforward_layernorm_2.weight'], c['eps'])
    return rms_norm(y, w[p + 'post_feedforward_layernorm_1.weight'], c['eps']) + rms_norm(experts(normed, chosen, weight, expert), w[p + 'post_feedforward_layernorm_2.weight'], c['eps'])


def output_embedding(w, config):
    head = w.get('lm_head.weight')
    tied = text_config(config).get('tie_word_embeddings', config.get('tie_word_embeddings', False))
    return w['model.embed_tokens.weight'] if head is None or tied else head


def weight_of(w, c, name):
    return w[name] + 1 if c['plus_one'] else w[name]


def layer_norm(x, weight, eps, bias=0):
    x = x - x.mean(-1, keepdims=True)
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + eps) * weight + bias


def norm(w, c, p, name, x):
    if name is None:
        return x
    if c['layernorm']:
        return layer_norm(x, w[p + name + '.weight'], c['eps'], w.get(p + name + '.bias', 0))
    return rms_norm(x, weight_of(w, c, p + name + '.weight'), c['eps'])


def softmax_attention(w, c, l, h, shared):
    p, t, N = f'model.layers.{l}.self_attn.', c['model_type'], len(h)
    H, (G, Dh) = c['H'], c['heads'][l]
    gate, v_bias = None, None
    if p + 'qkv_proj.weight' in w:                                      # Phi-3: q, k, v one after the other
        q, k, v = np.split(h @ w[p + 'qkv_proj.weight'].T, [H * Dh, (H + G) * Dh], -1)
    elif t == 'gemma4_text':                                            # some layers have no v_proj (keys serve), the last ones neither k nor v
        first_shared = c['num_hidden_layers'] - c.get('num_kv_shared_layers', 0)
        q = h @ w[p + 'q_proj.weight'].T
        k = h @ w[p + 'k_proj.weight'].T if l < first_shared else np.zeros((N, G * Dh))
        v = k if l >= first_shared or (c.get('attention_k_eq_v') and c['types'][l] == 'full_attention') else h @ w[p + 'v_proj.weight'].T
        v = rms_norm(v.reshape(N, G, Dh), 1.0, c['eps']).reshape(N, -1)
    else:
        q, k, v = (h @ w[p + n + '_proj.weight'].T + w.get(p + n + '_proj.bias', 0) for n in 'qkv')
        v_bias = w.get(p + 'v_proj.bias')
    if t in ('qwen3_next', 'qwen3_5_text', 'qwen3_5_moe_text'):         # each head's q and its output gate side by side
        q, gate = np.split(q.reshape(N, H, 2 * Dh), 2, -1)
        gate = sigmoid(gate)
    if t in ('olmo2', 'olmo3', 'olmoe', 'flex_olmo'):                   # one norm over all heads together
        q, k = rms_norm(q, w[p + 'q_norm.weight'], c['eps']), rms_norm(k, w[p + 'k_norm.weight'], c['eps'])
    if t in ('olmoe', 'flex_olmo') and c.get('clip_qkv'):
        q, k, v = (np.clip(x, -c['clip_qkv'], c['clip_qkv']) for x in (q, k, v))
    q, k, v = q.reshape(N, H, Dh), k.reshape(N, G, Dh), v.reshape(N, G, Dh)
    if t == 'lfm2':
        q, k = rms_norm(q, w[p + 'q_layernorm.weight'], c['eps']), rms_norm(k, w[p + 'k_layernorm.weight'], c['eps'])
    if p + 'q_norm.weight' in w and t not in ('olmo2', 'olmo3', 'olmoe', 'flex_olmo'):
        q = rms_norm(q, weight_of(w, c, p + 'q_norm.weight'), c['eps'])
        k = rms_norm(k, weight_of(w, c, p + 'k_norm.weight'), c['eps']) if p + 'k_norm.weight' in w else k
    if c['ropes'][l]:
        inv, factor = inverse_frequencies(c['ropes'][l], c, N, Dh)
        q, k = rope(q, inv, factor, c['interleaved']), rope(k, inv, factor, c['interleaved'])
    if t == 'gemma4_text':
        if l < first_shared:
            shared[c['types'][l]] = k, v
        else:
            k, v = shared[c['types'][l]]                                # of the last layer of its kind that has its own
    if t == 'hunyuan_v1_dense':                                         # norms q and k after they are turned
        q, k = rms_norm(q, w[p + 'query_layernorm.weight'], c['eps']), rms_norm(k, w[p + 'key_layernorm.weight'], c['eps'])
    beta = (c['ropes'][l] or {}).get('llama_4_scaling_beta')
    if beta is not None:                                                # Ministral 3: far rows attend more sharply
        q = q * (1 + beta * np.log(1 + np.floor(np.arange(N) / c['ropes'][l]['original_max_position_embeddings'])))[:, None, None]
    kk, vv = np.repeat(k, H // G, 1), np.repeat(v, H // G, 1)
    s = np.einsum('ihd,jhd->hij', q, kk) * c['attn_scale']
    if c['attn_cap']:
        s = np.tanh(s / c['attn_cap']) * c['attn_cap']
    seen = np.tril(np.ones((N, N), bool))
    if c['windows'][l]:
        seen &= ~np.tril(np.ones((N, N), bool), -c['windows'][l])
    s = np.where(seen, s, -np.inf)
    sinks = w.get(p + 'sinks')
    top = s.max(-1, keepdims=True) if sinks is None else np.maximum(s.max(-1, keepdims=True), sinks[:, None, None])
    a = np.exp(s - top)
    a /= a.sum(-1, keepdims=True) + (0 if sinks is None else np.exp(sinks[:, None, None] - top))   # a sink takes its share and gives nothing
    mixed = np.einsum('hij,jhd->ihd', a, vv)
    v_attr, mixed_bias = vv, np.zeros_like(mixed)
    if v_bias is not None:                                              # the value bias carries no token's content
        b = np.repeat(v_bias.reshape(1, G, Dh), H // G, 1)
        v_attr, mixed_bias = vv - b, a.sum(-1).T[..., None] * b
    if gate is not None:
        mixed, mixed_bias = mixed * gate, mixed_bias * gate
    return dict(a=a, v=v_attr, gate=gate, mixed=mixed.reshape(N, -1), mixed_bias=mixed_bias.reshape(N, -1), W=w[p + ('out_proj.weight' if t == 'lfm2' else 'o_proj.weight')], bias=w.get(p + 'o_proj.bias', 0))


def linear_attention(w, c, l, h):
    """Gated DeltaNet. `a` is the exact matrix with which the recurrence mixes the values (docs/families.md); signed."""
    p, N = f'model.layers.{l}.linear_attn.', len(h)
    nk, nv, dk, dv = c['linear_num_key_heads'], c['linear_num_value_heads'], c['linear_key_head_dim'], c['linear_value_head_dim']
    r = nv // nk
    if p + 'in_proj_qkvz.weight' in w:                                  # Qwen3-Next: grouped by key head
        qkvz = (h @ w[p + 'in_proj_qkvz.weight'].T).reshape(N, nk, 2 * dk + 2 * r * dv)
        q, k, v, z = np.split(qkvz, [dk, 2 * dk, 2 * dk + r * dv], -1)
        b, a = np.split((h @ w[p + 'in_proj_ba.weight'].T).reshape(N, nk, 2 * r), 2, -1)
        qkv = np.concatenate([x.reshape(N, -1) for x in (q, k, v)], -1)
        z, b, a = z.reshape(N, nv, dv), b.reshape(N, nv), a.reshape(N, nv)
    else:                                                               # Qwen3.5: apart
        qkv, z, b, a = (h @ w[p + n + '.weight'].T for n in ('in_proj_qkv', 'in_proj_z', 'in_proj_b', 'in_proj_a'))
        z = z.reshape(N, nv, dv)
    qkv = activation(c['act'])(causal_convolution(qkv, w[p + 'conv1d.weight'][:, 0].T))
    q, k, v = np.split(qkv, [nk * dk, 2 * nk * dk], -1)
    q, k, v = q.reshape(N, nk, dk), k.reshape(N, nk, dk), v.reshape(N, nv, dv)
    unit = lambda x: x / np.sqrt((x * x).sum(-1, keepdims=True) + 1e-6)
    q, k = np.repeat(unit(q) / math.sqrt(dk), r, 1), np.repeat(unit(k), r, 1)
    beta = sigmoid(b)
    g = -np.exp(w[p + 'A_log']) * np.logaddexp(0, a + w[p + 'dt_bias'])  # log decay, <= 0
    A = np.zeros((nv, N, N))
    for n in range(nv):
        M = np.zeros((dk, N))                                            # column j: what key space holds of token j's value
        for i in range(N):
            M *= np.exp(g[i, n])
            M -= beta[i, n] * np.outer(k[i, n], k[i, n] @ M)
            M[:, i] = beta[i, n] * k[i, n]
            A[n, i] = q[i, n] @ M
    core = np.einsum('hij,jhd->ihd', A, v)
    gate = w[p + 'norm.weight'] * (z * sigmoid(z)) / np.sqrt((core * core).mean(-1, keepdims=True) + c['eps'])
    return dict(scan=(q, k, beta, np.exp(g)), a=A, v=v, gate=gate, mixed=(core * gate).reshape(N, -1), mixed_bias=np.zeros((N, nv * dv)), W=w[p + 'out_proj.weight'], bias=0)


def causal_convolution(x, kernel, bias=0):
    """x [N, channels], kernel [width, channels]: the last one meets the row itself."""
    padded = np.concatenate([np.zeros((len(kernel) - 1, x.shape[1])), x])
    return sum(padded[i:i + len(x)] * kernel[i] for i in range(len(kernel))) + bias


def mamba2(w, c, l, h):
    """S_t = exp(dt_t A) S_{t-1} + dt_t B_t x_t^T, y_t = S_t^T C_t + D x_t: again a number for each pair. Gate first, then the norm of a group of heads."""
    p, N = f'model.layers.{l}.mamba.', len(h)
    H, P, G, n = c['mamba_n_heads'], c['mamba_d_head'], c['mamba_n_groups'], c['mamba_d_state']
    z, xbc, dt = np.split(h @ w[p + 'in_proj.weight'].T + w.get(p + 'in_proj.bias', 0), [H * P, 2 * H * P + 2 * G * n], -1)
    xbc = activation(c['act'])(causal_convolution(xbc, w[p + 'conv1d.weight'][:, 0].T, w.get(p + 'conv1d.bias', 0)))
    x, B, C = np.split(xbc, [H * P, H * P + G * n], -1)
    x, B, C = x.reshape(N, H, P), np.repeat(B.reshape(N, G, n), H // G, 1), np.repeat(C.reshape(N, G, n), H // G, 1)
    dt = np.clip(np.logaddexp(0, dt + w[p + 'dt_bias']), *[float(b['__float__'] if isinstance(b, dict) else b) for b in c.get('time_step_limit', (0.0, 'inf'))])
    total = np.cumsum(-dt * np.exp(w[p + 'A_log']), 0).T                 # [H, N]
    decay = np.exp(np.where(np.tril(np.ones((N, N), bool)), total[:, :, None] - total[:, None], -np.inf))
    A = np.einsum('ihn,jhn->hij', C, B) * decay * dt.T[:, None] + w[p + 'D'][:, None, None] * np.eye(N)
    core = np.einsum('hij,jhd->ihd', A, x)
    silu = (z * sigmoid(z)).reshape(N, H, P)
    size = ((core * silu).reshape(N, G, -1) ** 2).mean(-1)               # [N, G]
    gate = silu * w[p + 'norm.weight'].reshape(H, P) / np.sqrt(np.repeat(size, H // G, 1)[..., None] + c['eps'])
    return dict(a=A, v=x, gate=gate, mixed=(core * gate).reshape(N, -1), mixed_bias=np.zeros((N, H * P)), W=w[p + 'out_proj.weight'], bias=w.get(p + 'out_proj.bias', 0))


def short_convolution(w, c, l, h):
    """LFM2: C_i * sum_lag kernel[lag] * (B x)_{i - lag}; one head as wide as the model."""
    p, N = f'model.layers.{l}.conv.', len(h)
    B, C, x = np.split(h @ w[p + 'in_proj.weight'].T + w.get(p + 'in_proj.bias', 0), 3, -1)
    kernel, bias = w[p + 'conv.weight'][:, 0].T, w.get(p + 'conv.bias', 0)
    mixed = C * causal_convolution(B * x, kernel, bias)
    return dict(a=None, kernel=kernel, v=(B * x)[:, None], gate=C[:, None], mixed=mixed, mixed_bias=C * bias, W=w[p + 'out_proj.weight'], bias=w.get(p + 'out_proj.bias', 0))


def mlp(w, c, p, l, m):
    act, t = activation(c['act']), c['model_type']
    if p + 'shared_mlp.input_linear.weight' in w:                        # Granite 4: a shared MLP, and experts beside it where there are some
        gate, up = np.split(m @ w[p + 'shared_mlp.input_linear.weight'].T, 2, -1)
        y = (act(gate) * up) @ w[p + 'shared_mlp.output_linear.weight'].T
        return y + moe(w, c, p, m) if p + 'block_sparse_moe.router.layer.weight' in w else y
    if p + 'feed_forward.w1.weight' in w:                                # LFM2
        f = p + 'feed_forward.'
        return (act(m @ w[f + 'w1.weight'].T) * (m @ w[f + 'w3.weight'].T)) @ w[f + 'w2.weight'].T
    return moe(w, c, p, m)


def moe(w, c, p, m):
    act, t = activation(c['act']), c['model_type']
    if p + 'block_sparse_moe.gate.weight' in w:                          # Mixtral
        e = p + 'block_sparse_moe.experts.{}.'
        return experts(m, *route(m @ w[p + 'block_sparse_moe.gate.weight'].T, c['num_experts_per_tok'], True),
                       lambda x, i: (act(x @ w[e.format(i) + 'w1.weight'].T) * (x @ w[e.format(i) + 'w3.weight'].T)) @ w[e.format(i) + 'w2.weight'].T)
    if p + 'mlp.router.weight' in w:                                     # gpt-oss: experts stored [in, out], gate and up interleaved
        logits = m @ w[p + 'mlp.router.weight'].T + w[p + 'mlp.router.bias']
        lim, alpha = c.get('swiglu_limit', 7.0), c.get('swiglu_alpha', 1.702)

        def expert(x, i):
            gu = x @ w[p + 'mlp.experts.gate_up_proj'][i] + w[p + 'mlp.experts.gate_up_proj_bias'][i]
            gate, up = np.minimum(gu[..., 0::2], lim), np.clip(gu[..., 1::2], -lim, lim)
            return ((up + 1) * gate * sigmoid(alpha * gate)) @ w[p + 'mlp.experts.down_proj'][i] + w[p + 'mlp.experts.down_proj_bias'][i]
        return experts(m, *route(logits, c['num_experts_per_tok'], True), expert)
    if p + 'block_sparse_moe.router.layer.weight' in w:                  # Granite MoE: softmax over the chosen ones
        I = w[p + 'block_sparse_moe.input_linear.weight']
        out = w[p + 'block_sparse_moe.output_linear.weight']

        def expert(x, i):
            gate, up = np.split(x @ I[i].T, 2, -1)
            return (act(gate) * up) @ out[i].T
        return experts(m, *route(m @ w[p + 'block_sparse_moe.router.layer.weight'].T, c['num_experts_per_tok'], True), expert)
    if p + 'mlp.gate.weight' in w:                                       # Qwen MoE, OLMoE
        e = p + 'mlp.experts.{}.'
        out = experts(m, *route(m @ w[p + 'mlp.gate.weight'].T, c['num_experts_per_tok'], c.get('norm_topk_prob', t == 'qwen3_next' or t == 'qwen3_5_moe_text')),
                      lambda x, i: dense(w, act, e.format(i), x))
        if p + 'mlp.shared_expert_gate.weight' in w:
            out = out + sigmoid(m @ w[p + 'mlp.shared_expert_gate.weight'].T) * dense(w, act, p + 'mlp.shared_expert.', m)
        return out
    return dense(w, act, p + 'mlp.', m)


def dense(w, act, p, m):
    if p + 'gate_up_proj.weight' in w:                                   # Phi-3, GLM: gate first, then up
        gate, up = np.split(m @ w[p + 'gate_up_proj.weight'].T, 2, -1)
        return (act(gate) * up) @ w[p + 'down_proj.weight'].T
    lin = lambda n, x: x @ w[p + n + '.weight'].T + w.get(p + n + '.bias', 0)
    if p + 'c_fc.weight' in w:                                           # StarCoder2
        return lin('c_proj', act(lin('c_fc', m)))
    return lin('down_proj', act(lin('gate_proj', m)) * lin('up_proj', m))


def route(logits, k, renormalise):
    """Chosen experts [N, k] and their weights. Renormalised, softmax over all and softmax over the chosen are the same."""
    probs = np.exp(logits - logits.max(-1, keepdims=True))
    probs /= probs.sum(-1, keepdims=True)
    chosen = np.argsort(-probs, -1, kind='stable')[:, :k]
    weight = np.take_along_axis(probs, chosen, -1)
    return chosen, weight / weight.sum(-1, keepdims=True) if renormalise else weight


def experts(m, chosen, weight, expert):
    y = np.zeros_like(m)
    for i in np.unique(chosen):
        rows, slot = np.nonzero(chosen == i)
        y[rows] += weight[rows, slot, None] * expert(m[rows], i)
    return y


# ---------------------------------------------------------------- attribution (docs/methods.md)


def proximity(part, whole):
    """relu(|whole|_1 - |part - whole|_1), over the last axis."""
    return np.maximum(np.abs(whole).sum(-1) - np.abs(part - whole).sum(-1), 0)


def head_parts(s, rows, wts):
    """What each source token puts into the weighted rows through each head, [N, D] for h = 0 ... H - 1."""
    reach = wts * s['scale'][rows]
    for h in range(s['v'].shape[1]):
        if s['kernel'] is not None:                                         # one head whose channels each have a kernel of their own
            width, N = len(s['kernel']), len(s['v'])
            row = np.zeros((N, s['v'].shape[2]))
            row[rows] = reach[:, None] * s['gate'][rows, h]
            taken = sum(np.concatenate([row[lag:], np.zeros((lag, row.shape[1]))]) * s['kernel'][width - 1 - lag] for lag in range(width))
            yield (taken * s['v'][:, h]) @ s['O'][h]
        elif s['gate'] is None:
            yield (reach @ s['attention'][h, rows])[:, None] * (s['v'][:, h] @ s['O'][h])
        else:
            yield ((s['attention'][h, rows].T @ (reach[:, None] * s['gate'][rows, h])) * s['v'][:, h]) @ s['O'][h]


def scanned_reach(s, rows, reach):
    """sum_i reach_i a[h,i,j] gate[i,h] of a linear layer, [N, H, Dv], by one scan from the last row to the first: no N x N (docs/families.md)."""
    q, k, beta, decay = s['scan']
    N, H, dk = k.shape
    weight = np.zeros(N)
    weight[rows] = reach
    P, out = np.zeros((H, dk, s['v'].shape[-1])), np.zeros(s['v'].shape)
    for j in range(N - 1, -1, -1):
        P += weight[j] * q[j][:, :, None] * s['gate'][j][:, None, :]
        kP = np.einsum('hk,hkd->hd', k[j], P)
        out[j] = beta[j][:, None] * kP
        P = decay[j][:, None, None] * (P - beta[j][:, None, None] * k[j][:, :, None] * kP[:, None, :])
    return out


def scan_error(s):
    """Largest difference between a linear layer's scan and its matrix, for the later half of the rows with unequal weights."""
    rows = np.arange(len(s['v']) // 2, len(s['v']))
    reach = (1.0 + np.sin(rows)) * s['scale'][rows]
    direct = np.einsum('i,hij,ihd->jhd', reach, s['attention'][:, rows], s['gate'][rows])
    return np.abs(scanned_reach(s, rows, reach) - direct).max() / np.abs(direct).max()


def layer_contribution(s, rows, weights):
    """One layer's share for every source token and for the residual; they add up to 1 (docs/methods.md)."""
    wts = weights / (weights.sum() + 1e-12)
    x = wts @ s['x_mid'][rows]
    tokens = sum(proximity(part, x) for part in head_parts(s, rows, wts))
    residual = proximity(wts @ s['x_in'][rows], x)
    total = tokens.sum() + residual + 1e-12
    return tokens / total, residual / total


def decomposition_error(s):
    """Largest difference between the residual's true update and the sum of what tokens and biases are said to have put in."""
    worst, scale = 0.0, np.abs(s['x_mid'] - s['x_in']).max()
    for i in range(len(s['x_in'])):
        got = sum(part.sum(0) for part in head_parts(s, np.array([i]), np.array([1.0])))
        worst = max(worst, np.abs(got + s['constant'][i] - (s['x_mid'][i] - s['x_in'][i])).max())
    return worst / max(scale, 1.0)


def span_aggregate(state, start, end, weights=None):
    """Importance of every token for the inclusive span [start, end] (absolute positions), summed over layers."""
    rows = np.arange(start, end + 1)
    weights = np.ones(len(rows)) if weights is None else np.asarray(weights, float)
    return sum(layer_contribution(s, rows, weights)[0] for s in state)


def moved(state, weights, config, ids, rows):
    """What each column moved the logit of the token that a row produced, [rows, N] (docs/methods.md, logit-flow; docs/families.md, section 2)."""
    w, c = Weights(weights), describe(config)
    head = output_embedding(w, config)
    g = w['model.norm.weight'] if c['layernorm'] else weight_of(w, c, FINAL_NORM.get(c['model_type'], 'model.norm.weight'))
    out = []
    for i in rows:
        x = state[-1]['x_out'][i]
        u = (head[ids[i + 1]] - head.mean(0)) * g
        if c['layernorm']:                                               # the mean that LayerNorm takes off, taken off the direction
            u, x = u - u.mean(), x - x.mean()
        u = u / np.sqrt((x * x).mean() + c['eps'])
        m = np.zeros(len(ids))
        for s in state:
            z = s['scale'][i] * np.einsum('hed,d->he', s['O'], u)        # [H, Dv]: one direction for each head
            if s['gate'] is not None:
                z = z * s['gate'][i]
            if s['kernel'] is not None:
                for lag in range(min(len(s['kernel']), i + 1)):
                    m[i - lag] += (s['v'][i - lag, 0] * s['kernel'][len(s['kernel']) - 1 - lag] * z[0]).sum()
                continue
            m += np.einsum('hj,jhe,he->j', s['attention'][:, i], s['v'], z)
        out.append(m)
    return np.array(out)


def is_stop_token(text):
    return text.strip() in ('', ',', '.')


def flashtrace(state, case):
    P, gen = case['prompt_length'], case['generation_tokens']
    N = len(case['input_ids'])
    last = len(gen) - 1
    last -= 1 if case['input_ids'][-1] == case['eos_token_id'] or is_stop_token(gen[-1]) else 0
    out, think, hops = case['output_span'], case['reasoning_span'], case['hops']
    a, b = out or (0, last)
    lo, hi = (min(a, think[0]), max(b, think[1])) if out and think else (0, last)
    keep = np.ones(N)
    for j, i in enumerate(case['user_prompt_indices']):
        keep[i] = not is_stop_token(case['prompt_tokens'][i])
    for g, t in enumerate(gen):
        keep[P + g] = not is_stop_token(t)
    base_w = np.array([0.0 if is_stop_token(gen[g]) else 1.0 for g in range(a, b + 1)])
    total = span_aggregate(state, P + a, P + b, base_w if (base_w == 0).any() else None) * keep
    observe = keep.copy()
    observe[P + lo:] = 0
    hop_totals, observed, ratios = [total], [total * observe], []
    w = total[P + lo: P + hi + 1]
    ratio = w.sum() / (total.sum() + 1e-12)
    ratios.append(ratio)
    for _ in range(hops):
        total = span_aggregate(state, P + lo, P + hi, w / (w.sum() + 1e-12)) * keep if ratio > 0 else np.zeros(N)
        hop_totals.append(total)
        observed.append(total * observe * ratio)
        w = total[P + lo: P + hi + 1]
        ratio *= w.sum() / (total.sum() + 1e-12)
        ratios.append(ratio)
    return hop_totals, observed, ratios


def expected_of(state, case):
    """The scores that cases.json records for a case."""
    P = case['prompt_length']
    if case['method'] == 'flashtrace':
        totals, observed, ratios = flashtrace(state, case)
        return dict(per_hop_token_importance=totals, observation_per_hop=observed[1:], observation_sum=sum(observed), thinking_ratios=ratios)
    a, b = case['output_span']
    if case['method'] == 'ifr-span':
        return dict(token_importance_total=span_aggregate(state, P + a, P + b))
    return dict(token_importance_matrix=[span_aggregate(state, P + i, P + i) for i in range(a, b + 1)])


def log_softmax(x):
    x = x - x.max(-1, keepdims=True)
    return x - np.log(np.exp(x).sum(-1, keepdims=True))


def check(folder):
    config, w = read_checkpoint(folder)
    record = json.load(open(os.path.join(folder, 'cases.json')))
    err = dict(logits=0.0, log_probs=0.0, decomposition=0.0, scores=0.0)
    runs = {}
    for case in record['cases']:
        ids = case.get('input_ids') or record['sequences'][case['sequence']]['input_ids']
        key = tuple(ids)
        if key not in runs:
            runs[key] = forward(w, config, np.array(ids))
        state, logits = runs[key]
        full = dict(case, input_ids=ids) if 'sequence' not in case else {**record['sequences'][case['sequence']], **case}
        for name, got in expected_of(state, full).items():
            want = np.asarray(case.get('expected_fp64', case.get('expected'))[name], float)
            if want.size:
                err['scores'] = max(err['scores'], np.abs(np.asarray(got) - want).max() / (np.abs(want).max() + 1e-12))
    for seq in record.get('sequences', []):
        state, logits = runs.get(tuple(seq['input_ids'])) or forward(w, config, np.array(seq['input_ids']))
        err['logits'] = max(err['logits'], np.abs(logits[-1] - seq['last_logits']).max())
        lp = log_softmax(logits)[np.arange(len(logits) - 1), seq['input_ids'][1:]]
        err['log_probs'] = max(err['log_probs'], np.abs(lp - seq['log_probs']).max())
    if 'moved' in record:
        e = record['moved']
        ids = record['sequences'][e['sequence']]['input_ids']
        got = moved(runs[tuple(ids)][0], w, config, ids, e['rows'])
        err['scores'] = max(err['scores'], np.abs(got - e['values']).max() / np.abs(e['values']).max())
    for state, _ in runs.values():
        err['decomposition'] = max([err['decomposition']] + [decomposition_error(s) for s in state])
        for s in state:
            if s['scan'] is not None:
                err['scan'] = max(err.get('scan', 0), scan_error(s))
    print(f"{os.path.basename(folder):24s}" + '  '.join(f'{k} {v:.1e}' for k, v in err.items()), flush=True)
    return err


if __name__ == '__main__':
    golden = HERE
    folders = sys.argv[1:] or sorted(os.path.join(golden, x) for x in os.listdir(golden) if os.path.exists(os.path.join(golden, x, 'cases.json')))
    errors = [check(f) for f in folders]
    bad = any(e['scores'] > 2e-3 or e['logits'] > 2e-4 or e['decomposition'] > 1e-8 for e in errors)
    sys.exit(bad)
