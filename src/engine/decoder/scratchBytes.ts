import { projectionSlots } from '../base/projectionBytes';
import { layerWeights } from '../checkpoint/config/countWeights';
import type { ModelConfig } from '../checkpoint/config/modelConfig';

/** Rows of logits and of their exponentials that one head run may hold, in bytes: 152,000 entries a row add up quickly. */
export const HEAD_BYTES = 64 << 20;
/**
 * Attention scores that one run may hold, in bytes: as much as a sixteenth of the layers' weights, within these bounds. ONNX Runtime keeps the memory of
 * its largest run, which a small model's long transcript should not pay for.
 */
const MIN_SCORE_BYTES = 32 << 20;
const MAX_SCORE_BYTES = 96 << 20;

export function scoreBytes(config: ModelConfig): number {
  return Math.min(MAX_SCORE_BYTES, Math.max(MIN_SCORE_BYTES, (4 * layerWeights(config)) / 16));
}

/**
 * About how many bytes a run and a trace hold beside weights and state: scores in the four forms that a run has of them at once, a head run, and the output
 * projections that the tracer keeps. Measured with Qwen3-0.6B's shape: 0.4 to 0.9 GB from 1,024 to 8,192 tokens, where this says 0.7.
 */
export function scratchBytes(config: ModelConfig): number {
  const projections = projectionSlots(config.layers.map(({ mixer: { nHeads, dHead } }) => 4 * nHeads * dHead * config.dModel));
  return 4 * scoreBytes(config) + HEAD_BYTES + projections.bytes;
}

/** Scores of a row in the layer that has the most, over what its window sees of `past` positions and the run's own rows, in bytes. */
export function rowScoreBytes({ layers }: ModelConfig, past: number, rows: number): number {
  return layers.reduce((most, { mixer }) => {
    if (mixer.kind !== 'attention') return most;
    const seen = mixer.window === null ? past : Math.min(past, mixer.window - 1);
    return Math.max(most, 4 * mixer.nHeads * (seen + rows));
  }, 4 * rows);
}
