import { readProjection, projectionFiles, tracerShape } from '../../src/engine/attribution/aggregation/outputProjection';
import { StateSpanSource } from '../../src/engine/attribution/inputs/stateSpanSource';
import type { Checkpoint } from '../../src/engine/checkpoint/checkpoint';
import { readTensor } from '../../src/engine/checkpoint/weights/readTensor';
import type { ModelRuntime } from '../../src/engine/model/modelRuntime';
import type { TraceState } from '../../src/engine/state/traceState';

/**
 * How far what tokens and biases are said to have put into a row's residual stream is from what a layer did add to it, relative to the largest coordinate of
 * either: the sum over heads and columns of part[j, h], in fp64 from what the tracer gets.
 */
export async function layerSumError(model: ModelRuntime, state: TraceState, layer: number, row: number): Promise<number> {
  const source = new StateSpanSource(model.session, state, () => undefined);
  const { columns, values, spans: [span] } = await source.layer(layer, [{ start: row, weights: Float64Array.of(1) }]);
  const shape = tracerShape(model.checkpoint.config)[layer];
  const { nHeads, nKvHeads, dHead, dModel } = shape;
  const { weight, valueBias } = await readProjection(projectionFiles(model.checkpoint)[layer], shape);
  const mixed = new Float64Array(nHeads * dHead);
  const attended = new Float64Array(nHeads);
  for (let h = 0; h < nHeads; h++) {
    const own = Math.floor((h * nKvHeads) / nHeads) * dHead;
    for (let j = 0; j < columns; j++) {
      const a = span.attention[h * columns + j];
      attended[h] += a;
      for (let c = 0; c < dHead; c++) {
        mixed[h * dHead + c] += a * (span.values ? span.values[(j * nHeads + h) * dHead + c] : values![j * nKvHeads * dHead + own + c] - (valueBias?.[own + c] ?? 0));
      }
    }
  }
  // The value bias reaches the stream as often as a row attends at all, and what the row's scale makes of it.
  const biased = mixed.map((x, i) => x + attended[Math.floor(i / dHead)] * (valueBias?.[Math.floor((Math.floor(i / dHead) * nKvHeads) / nHeads) * dHead + (i % dHead)] ?? 0));
  const constant = await outputBias(model.checkpoint, state, layer, row);
  const tap = row - state.firstRow;
  const { xIn, xMid } = state.layers[layer].taps;
  const [before, after] = [xIn.rows(tap, tap + 1), xMid.rows(tap, tap + 1)];
  let [worst, largest] = [0, 0];
  for (let d = 0; d < dModel; d++) {
    let sum = constant[d];
    for (let i = 0; i < biased.length; i++) sum += biased[i] * weight[d * biased.length + i];
    worst = Math.max(worst, Math.abs(after[d] - before[d] - sum));
    largest = Math.max(largest, Math.abs(after[d] - before[d]), Math.abs(before[d]));
  }
  return worst / largest;
}

/** What the bias of the output projection adds, [dModel]; of a short convolution its own bias is none here. */
async function outputBias({ config, tensors }: Checkpoint, state: TraceState, layer: number, row: number): Promise<Float64Array> {
  const { mixer, norms } = config.layers[layer];
  const out = new Float64Array(config.dModel);
  if (mixer.kind !== 'attention' || !mixer.hasBias.o) return out;
  const bias = await readTensor(tensors.get(`model.layers.${layer}.${mixer.names.o}.bias`)!);
  const norm = norms.mixerOut === null ? null : await readTensor(tensors.get(`model.layers.${layer}.${norms.mixerOut}.weight`)!);
  const scale = (norm ? state.layers[layer].taps.scale.rows(row - state.firstRow, row - state.firstRow + 1)[0] : 1) * config.residualScale;
  return out.map((_, d) => bias[d] * scale * (norm ? norm[d] + (config.norm.plusOne ? 1 : 0) : 1));
}
