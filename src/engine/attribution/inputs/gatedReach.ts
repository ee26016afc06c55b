import type { ConvolutionMixer, Mixer } from '../../checkpoint/config/modelConfig';
import type { TraceState } from '../../state/traceState';

/** w_i scale_i gate[i], [spans, rows, nHeads * dHead] */
export function weightedGates(state: TraceState, layer: number, positions: readonly number[], start: number, weights: readonly Float64Array[]): Float32Array {
  const { gate } = state.layers[layer].taps;
  const gates = gate.gather(positions.map((position) => position - state.firstRow));
  const out = new Float32Array(weights.length * gates.length);
  weights.forEach((ofSpan, s) => positions.forEach((position, i) => {
    const weight = ofSpan[position - start];
    for (let c = i * gate.width; c < (i + 1) * gate.width; c++) out[s * gates.length + c] = weight * gates[c];
  }));
  return out;
}

/** A short convolution's: every channel has a kernel of its own in place of attention, [channels, width]. y: [spans, rows, channels] */
export function convolvedReach(kernel: Float32Array, { dHead: channels, kernel: width }: ConvolutionMixer, positions: readonly number[], y: Float32Array, nSpans: number, end: number): { readonly first: number; readonly reach: Float32Array[] } {
  const first = Math.max(0, positions[0] - width + 1);
  const reach = Array.from({ length: nSpans }, (_, s) => {
    const sums = new Float32Array((end - first) * channels);
    positions.forEach((position, i) => {
      for (let lag = 0; lag < Math.min(width, position + 1); lag++) {
        for (let c = 0; c < channels; c++) sums[(position - lag - first) * channels + c] += y[(s * positions.length + i) * channels + c] * kernel[c * width + width - 1 - lag];
      }
    });
    return sums;
  });
  return { first, reach };
}

/** Multiplies sums with each column's value, without its bias, in place. values: [columns, nKvHeads * dHead] */
export function timesValues(mixer: Mixer, sums: Float32Array, values: Float32Array, valueBias: Float32Array | null): void {
  const { nHeads, dHead } = mixer;
  const nKvHeads = mixer.kind === 'attention' ? mixer.nKvHeads : nHeads;
  const columns = sums.length / (nHeads * dHead);
  for (let j = 0; j < columns; j++) {
    for (let h = 0; h < nHeads; h++) {
      const own = Math.floor((h * nKvHeads) / nHeads) * dHead;
      for (let c = 0; c < dHead; c++) sums[(j * nHeads + h) * dHead + c] *= values[j * nKvHeads * dHead + own + c] - (valueBias?.[own + c] ?? 0);
    }
  }
}

/** What a recurrent layer's rows at these positions read, and the columns that they read it of. */
export function recurrentRows(state: TraceState, layer: number, positions: readonly number[]) {
  const { k, written, logDecay } = state.layers[layer].columns;
  const end = positions[positions.length - 1] + 1;
  return {
    columns: { k: k.rows(0, end), written: written.rows(0, end), logDecay: logDecay.rows(0, end) },
    rows: { positions, q: state.layers[layer].taps.q.gather(positions.map((position) => position - state.firstRow)) },
  };
}
