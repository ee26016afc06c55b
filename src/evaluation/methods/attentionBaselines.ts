import { UnsupportedCheckpointError } from '../../engine/base/errors';
import { attentionBlocks } from '../../engine/attribution/inputs/attentionBlocks';
import { extendState } from '../../engine/model/extendState';
import type { ModelRuntime } from '../../engine/model/modelRuntime';
import { TraceState } from '../../engine/state/traceState';
import type { CallOptions } from '../../protocol/engine/engineApi';

/** Attention of the last layer, mean over the heads and over the rows, [columns up to the last row]. @param rows ascending, tapped by the state */
export async function lastAttention({ session }: ModelRuntime, state: TraceState, rows: readonly number[]): Promise<Float64Array> {
  return meanAttention(session.attention, state, state.config.nLayers - 1, rows, new Float64Array(rows.length).fill(1 / rows.length));
}

/**
 * Attention rollout (Abnar & Zuidema 2020): the rows' mean of A_L ... A_1, with A_l = (mean over the heads of layer l's attention + I) / 2.
 * Only that row vector goes down through the layers, v A_L first: never a product of two N x N matrices. Every row of the prompt is read
 * on the way, so the transcript is run into a state that taps them all.
 * @param ids up to the last row at least
 * @param rows ascending
 */
export async function attentionRollout(model: ModelRuntime, ids: readonly number[], rows: readonly number[], call: Pick<CallOptions, 'signal'>): Promise<Float64Array> {
  const length = rows[rows.length - 1] + 1;
  const state = new TraceState(model.checkpoint.config, 0, length);
  await extendState(model, state, ids.slice(0, length), call);
  const all = Array.from({ length }, (_, i) => i);
  let flow = new Float64Array(length);
  for (const row of rows) flow[row] = 1 / rows.length;
  for (let layer = state.config.nLayers - 1; layer >= 0; layer--) {
    const attended = await meanAttention(model.session.attention, state, layer, all, flow);
    flow = flow.map((own, j) => (own + attended[j]) / 2);
  }
  return flow;
}

/** Weighted sum of attention rows of one layer, mean over the heads, [columns up to the last row]. */
async function meanAttention(session: ModelRuntime['session']['attention'], state: TraceState, layer: number, rows: readonly number[], weights: Float64Array): Promise<Float64Array<ArrayBuffer>> {
  const { mixer } = state.config.layers[layer];
  if (mixer.kind !== 'attention' || mixer.isGated) throw new UnsupportedCheckpointError(`Baselines of attention alone are not defined for ${state.config.family} models, whose layers mix tokens otherwise, too; compare the other methods.`);
  const { nHeads } = mixer;
  const total = new Float64Array(rows[rows.length - 1] + 1);
  let done = 0;
  for (const block of attentionBlocks(nHeads, state.length, rows)) {
    const { first, end, sums } = await session.columnSums(state, layer, block, Float32Array.from(weights.subarray(done, done + block.length)));
    for (let at = 0; at < sums.length; at++) total[first + (at % (end - first))] += sums[at] / nHeads;
    done += block.length;
  }
  return total;
}
