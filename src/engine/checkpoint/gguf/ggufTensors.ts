import { UnsupportedCheckpointError } from '../../base/errors';
import { unreadType, type GgufHeader, type GgufTensor } from '../../gguf/ggufHeader';
import type { GgmlBlockType } from '../../gguf/ggmlTypes';
import type { WeightTensor } from '../weights/weightSource';

/** Names of llama.cpp (gguf-py/gguf/tensor_mapping.py) and those of transformers. */
const NAMES: Readonly<Record<string, string>> = { token_embd: 'model.embed_tokens', output_norm: 'model.norm', output: 'lm_head' };
const LAYER_NAMES: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm', attn_q: 'self_attn.q_proj', attn_k: 'self_attn.k_proj', attn_v: 'self_attn.v_proj', attn_output: 'self_attn.o_proj',
  attn_q_norm: 'self_attn.q_norm', attn_k_norm: 'self_attn.k_norm',
  ffn_norm: 'post_attention_layernorm', ffn_gate: 'mlp.gate_proj', ffn_up: 'mlp.up_proj', ffn_down: 'mlp.down_proj',
};

/** Numbers that RoPE's frequencies are divided by (Llama 3's scaling), no weight of the decoder. */
export const ROPE_FREQS = 'rope_freqs.weight';

/** @throws CheckpointError for a tensor that would be left out, or is of a type that is not read */
export function ggufTensors({ file, tensors }: GgufHeader): Map<string, WeightTensor> {
  return new Map(tensors.filter(({ name }) => name !== ROPE_FREQS).map((tensor) => {
    const name = plainName(tensor.name);
    // What is left out would silently give other scores.
    if (name === null) throw new UnsupportedCheckpointError(`"${file}" has a tensor "${tensor.name}" that this architecture is not supported with; choose another file.`);
    return [name, weight(file, name, tensor)];
  }));
}

/** @throws CheckpointError for a type that is not read */
export function weight(file: string, name: string, tensor: GgufTensor): WeightTensor {
  const { type, shape, offset, length } = tensor;
  if (typeof type === 'number') throw unreadType(file, tensor);
  const stored = { name, shape, file, offset, length };
  return type === 'F32' || type === 'F16' || type === 'BF16' ? { ...stored, encoding: 'float', dtype: type } : { ...stored, encoding: 'ggml', dtype: type satisfies GgmlBlockType };
}

function plainName(name: string): string | null {
  const [, layer, part, kind] = /^(?:blk\.(\d+)\.)?(\w+)\.(weight|bias)$/.exec(name) ?? [];
  const names = layer === undefined ? NAMES : LAYER_NAMES;
  if (part === undefined || !Object.hasOwn(names, part)) return null;
  return `${layer === undefined ? '' : `model.layers.${layer}.`}${names[part]}.${kind}`;
}
