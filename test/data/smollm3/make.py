"""Makes what lies beside it: a tiny random SmolLM3 checkpoint, and what the NumPy reference (../golden/reference.py, fp64) gives for it: python3 make.py"""
import json, os, struct, sys
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, '..', 'golden'))
from reference import forward, read_safetensors, span_aggregate

CONFIG = dict(
    architectures=['SmolLM3ForCausalLM'], model_type='smollm3', vocab_size=97, hidden_size=32, intermediate_size=56, num_hidden_layers=5, num_attention_heads=4, num_key_value_heads=2,
    head_dim=8, hidden_act='silu', max_position_embeddings=256, rms_norm_eps=1e-6, rope_theta=50000.0, rope_scaling=None, tie_word_embeddings=True, attention_bias=False, mlp_bias=False,
    no_rope_layer_interval=4, no_rope_layers=[1, 1, 1, 0, 1], layer_types=['full_attention'] * 5, use_sliding_window=False, sliding_window=None)
PROMPT, TARGET = 40, 3


def weights(r):
    D, M, H, G, Dh, V = (CONFIG[k] for k in ('hidden_size', 'intermediate_size', 'num_attention_heads', 'num_key_value_heads', 'head_dim', 'vocab_size'))
    normal = lambda *shape: (.2 * r.standard_normal(shape)).astype('<f4')
    norm = lambda size: (1 + .1 * r.standard_normal(size)).astype('<f4')
    out = {'model.embed_tokens.weight': normal(V, D), 'model.norm.weight': norm(D)}
    for l in range(CONFIG['num_hidden_layers']):
        p = f'model.layers.{l}.'
        out |= {p + 'input_layernorm.weight': norm(D), p + 'post_attention_layernorm.weight': norm(D),
                p + 'self_attn.q_proj.weight': normal(H * Dh, D), p + 'self_attn.k_proj.weight': normal(G * Dh, D), p + 'self_attn.v_proj.weight': normal(G * Dh, D), p + 'self_attn.o_proj.weight': normal(D, H * Dh),
                p + 'mlp.gate_proj.weight': normal(M, D), p + 'mlp.up_proj.weight': normal(M, D), p + 'mlp.down_proj.weight': normal(D, M)}
    return out


def write_safetensors(path, tensors):
    head, at = {}, 0
    for name, x in tensors.items():
        head[name] = dict(dtype='F32', shape=list(x.shape), data_offsets=[at, at + x.nbytes]); at += x.nbytes
    text = json.dumps(head).encode()
    with open(path, 'wb') as f: f.write(struct.pack('<Q', len(text)) + text + b''.join(x.tobytes() for x in tensors.values()))


def main():
    r = np.random.default_rng(11)
    path = os.path.join(HERE, 'model.safetensors')
    write_safetensors(path, weights(r))
    ids = r.integers(3, CONFIG['vocab_size'], 72)
    state, logits = forward(read_safetensors(path), CONFIG, ids)
    span = span_aggregate(state, len(ids) - TARGET, len(ids) - 1)
    with open(os.path.join(HERE, 'config.json'), 'w') as f: f.write(json.dumps(CONFIG, indent=1) + '\n')
    recorded = dict(input_ids=ids.tolist(), prompt_length=PROMPT, target_tokens=TARGET, argmax_per_position=logits.argmax(-1).tolist(), last_logits=logits[-1].tolist(), token_importance_total=span.tolist())
    with open(os.path.join(HERE, 'recorded.json'), 'w') as f: f.write(json.dumps(recorded) + '\n')


if __name__ == '__main__': main()
