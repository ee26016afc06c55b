import { CheckpointError, UnsupportedCheckpointError } from '../../base/errors';
import type { RopeScaling } from './modelConfig';

/** The scaling that `rope_parameters` or `rope_scaling` describes. @throws CheckpointError for one that the decoder does not have */
export function parseRopeScaling(rope: Readonly<Record<string, unknown>>, contextLength: number, path: string): RopeScaling {
  // `type` is the older spelling of `rope_type`.
  const type = rope.rope_type ?? rope.type ?? 'default';
  const field = (key: string, fallback?: number): number => {
    const value = rope[key] ?? fallback;
    if (typeof value !== 'number' || !(value > 0)) {
      throw new CheckpointError(`"${path}" has RoPE scaling "${String(type)}" with ${key} = ${JSON.stringify(value)} where a positive number is needed; the checkpoint is damaged.`);
    }
    return value;
  };
  switch (type) {
    case 'default':
      return { type: 'none' };
    case 'linear':
      return { type: 'linear', factor: field('factor') };
    case 'llama3':
      return {
        type: 'llama3',
        factor: field('factor'),
        lowFreqFactor: field('low_freq_factor'),
        highFreqFactor: field('high_freq_factor'),
        originalContext: field('original_max_position_embeddings', contextLength),
      };
    default:
      throw new UnsupportedCheckpointError(`"${path}" uses RoPE scaling "${String(type)}", which is not supported; "linear" and "llama3" are.`);
  }
}
