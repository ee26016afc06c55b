import type { AttentionMixer } from '../../src/engine/checkpoint/config/modelConfig';
import type { LayerConstant } from '../../src/engine/decoder/layerConstants';
import { recurrenceOf } from '../../src/engine/decoder/recurrent/recurrentLayer';
import { keysLayer } from '../../src/engine/state/layerLayout';
import type { RowStore } from '../../src/engine/state/rowStore';
import type { TraceState } from '../../src/engine/state/traceState';
import { recurrentPattern } from './recurrences';

/**
 * What each row of a layer takes of each column, by definition and in fp64 from what a run left behind: `a[h][row][column]` of tapped rows, every column, 0 where
 * nothing is seen. A short convolution has one "head" for each channel.
 */
export function layerPattern(state: TraceState, layer: number, constants: LayerConstant): Float64Array[][] {
  const { mixer } = state.config.layers[layer];
  const rows = Array.from({ length: state.length - state.firstRow }, (_, i) => state.firstRow + i);
  const { columns, taps } = state.layers[layer];
  const all = (store: RowStore) => store.rows(0, store.length);
  switch (mixer.kind) {
    case 'attention': {
      const keys = state.layers[keysLayer(state.config, layer)].columns.k;
      return Array.from({ length: mixer.nHeads }, (_, h) => rows.map((row, i) => attentionRow(mixer, h, headOf(taps.q, i, h, mixer.dHead), row, keys, state.length, constants.sinks?.[h] ?? null)));
    }
    case 'convolution': {
      const { dHead: channels, kernel: width } = mixer;
      return Array.from({ length: channels }, (_, c) => rows.map((row) => Float64Array.from({ length: state.length }, (_unused, j) => (j <= row && row - j < width ? constants.kernel![c * width + width - 1 - (row - j)] : 0))));
    }
    default:
      return recurrentPattern(recurrenceOf(mixer), { k: all(columns.k), written: all(columns.written), logDecay: all(columns.logDecay) }, { positions: rows, q: all(taps.q) }, constants.skip);
  }
}

/** softmax(cap(scale q k)) over what the row sees; a sink takes its part and gives nothing. */
function attentionRow({ nHeads, nKvHeads, dHead, scoreScale, scoreCap, window }: AttentionMixer, h: number, q: Float32Array, row: number, keys: RowStore, length: number, sink: number | null): Float64Array {
  const scores = Float64Array.from({ length }, (_, j) => {
    if (j > row || (window !== null && row - j >= window)) return -Infinity;
    const k = headOf(keys, j, Math.floor((h * nKvHeads) / nHeads), dHead);
    const score = scoreScale * q.reduce((sum, x, c) => sum + x * k[c], 0);
    return scoreCap === null ? score : scoreCap * Math.tanh(score / scoreCap);
  });
  const highest = Math.max(...scores, sink ?? -Infinity);
  const exps = scores.map((score) => Math.exp(score - highest));
  const total = exps.reduce((a, b) => a + b, sink === null ? 0 : Math.exp(sink - highest));
  return exps.map((x) => x / total);
}

function headOf(store: RowStore, row: number, head: number, dHead: number): Float32Array {
  return store.rows(row, row + 1).subarray(head * dHead, (head + 1) * dHead);
}
