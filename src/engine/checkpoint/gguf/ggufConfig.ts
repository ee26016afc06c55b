import { CheckpointError, UnsupportedCheckpointError } from '../../base/errors';
import type { GgufHeader } from '../../gguf/ggufHeader';

/** An architecture of llama.cpp that is read, by its name in `general.architecture`. */
interface GgufArchitecture {
  /** `model_type` of the family's config.json. */
  readonly modelType: string;
  /** llama.cpp's converter has put the rows of q and k into the order of interleaved RoPE. */
  readonly ropeInterleaved: boolean;
}

const ARCHITECTURES: Readonly<Record<string, GgufArchitecture>> = {
  llama: { modelType: 'llama', ropeInterleaved: true },
  qwen2: { modelType: 'qwen2', ropeInterleaved: false },
  qwen3: { modelType: 'qwen3', ropeInterleaved: false },
  smollm3: { modelType: 'smollm3', ropeInterleaved: true },
};

/** @throws CheckpointError */
export function ggufArchitecture({ file, metadata }: GgufHeader): GgufArchitecture & { readonly name: string } {
  const name = metadata.get('general.architecture');
  if (typeof name !== 'string') throw new CheckpointError(`"${file}" does not say which architecture it has (general.architecture); it is damaged or no language model, choose another file.`);
  if (!Object.hasOwn(ARCHITECTURES, name)) throw new UnsupportedCheckpointError(`"${file}" is of architecture "${name}", which is not supported as a GGUF file; choose one of ${Object.keys(ARCHITECTURES).join(', ')}.`);
  return { name, ...ARCHITECTURES[name] };
}

/**
 * The metadata of a GGUF file as the config.json of its family has them, so that both are read and checked in one place.
 * Source: llama.cpp, conversion/base.py (`set_gguf_parameters`) and gguf-py/gguf/constants.py.
 */
export function ggufConfig(header: GgufHeader): Readonly<Record<string, unknown>> {
  const { name, modelType } = ggufArchitecture(header);
  const get = (key: string) => header.metadata.get(`${name}.${key}`);
  const shapes = new Map(header.tensors.map((tensor) => [tensor.name, tensor.shape]));
  const config: Record<string, unknown> = {
    model_type: modelType,
    vocab_size: shapes.get('token_embd.weight')?.[0],
    hidden_size: get('embedding_length'),
    intermediate_size: get('feed_forward_length'),
    num_hidden_layers: get('block_count'),
    num_attention_heads: get('attention.head_count'),
    num_key_value_heads: get('attention.head_count_kv') ?? get('attention.head_count'),
    head_dim: get('attention.key_length') ?? (modelType === 'llama' ? get('rope.dimension_count') : undefined),
    max_position_embeddings: get('context_length'),
    rms_norm_eps: decimal(get('attention.layer_norm_rms_epsilon')),
    rope_theta: decimal(get('rope.freq_base')),
    rope_scaling: ropeScaling(get),
    attention_bias: shapes.has('blk.0.attn_q.bias'),
    tie_word_embeddings: !shapes.has('output.weight'),
  };
  // What is not there takes the family's own value; head_dim: null is hidden_size / num_attention_heads.
  return Object.fromEntries(Object.entries({ ...config, head_dim: config.head_dim ?? null }).filter(([, value]) => value !== undefined));
}

/** The fp32 that stands for a decimal number, as that number: 1e-5 is written as 0.00000999999974. */
function decimal(value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(7)) : value;
}

function ropeScaling(get: (key: string) => unknown): unknown {
  const type = get('rope.scaling.type') ?? 'none';
  if (type === 'none') return undefined;
  return {
    rope_type: type,
    factor: decimal(get('rope.scaling.factor')),
    original_max_position_embeddings: get('rope.scaling.original_context_length'),
  };
}
