import assert from 'node:assert/strict';
import { join } from 'node:path';
import { AttentionKeeper } from '../../../../src/engine/attribution/inputs/attentionKeeper';
import { StateSpanSource } from '../../../../src/engine/attribution/inputs/stateSpanSource';
import { CancelledError } from '../../../../src/engine/base/errors';
import type { AttentionMixer } from '../../../../src/engine/checkpoint/config/modelConfig';
import { extendState } from '../../../../src/engine/model/extendState';
import { ModelRuntime } from '../../../../src/engine/model/modelRuntime';
import { keysLayer } from '../../../../src/engine/state/layerLayout';
import { TraceState } from '../../../../src/engine/state/traceState';
import { assertClose } from '../../../support/assertClose';
import { DATA, DIST } from '../../../support/folders';
import { layerPattern } from '../../../support/layerWeights';
import { seededUniform } from '../../../support/seededRandom';

const N = 110;
const FIRST = 20;
const TOLERANCE = 1e-5;

/** What each has that Llama does not. */
const FAMILIES: Readonly<Record<string, string>> = {
  'qwen3.5': 'gated attention and gated delta rules',
  'granite4-hybrid': 'Mamba-2',
  'lfm2': 'short convolutions',
  'gemma2': 'windows, capped scores and norms on the outputs',
  'gemma3': 'windows',
  'gpt-oss': 'windows, sinks and biases of values',
  'gemma4-e': 'windows, heads of two sizes, keys and values of other layers',
};

for (const [family, parts] of Object.entries(FAMILIES)) {
  describe(`what a trace state gives the tracer of ${parts} (${family})`, () => {
    let model: ModelRuntime;
    let state: TraceState;
    let attention: ModelRuntime['session']['attention'];
    /** By layer: [head][row from FIRST on][column] */
    let patterns: Float64Array[][][];

    before(async () => {
      model = await ModelRuntime.load(join(DATA, 'families', family), 'cpu', DIST, { precision: 'exact' });
      ({ attention } = model.session);
      const uniform = seededUniform(9);
      const ids = Array.from({ length: N }, () => Math.floor(uniform() * model.checkpoint.config.dVocab));
      state = new TraceState(model.checkpoint.config, FIRST, N);
      await extendState(model, state, ids);
      patterns = state.layers.map((_, layer) => layerPattern(state, layer, attention.constants[layer]));
    });
    after(() => model.dispose());

    const source = (checkCancelled: () => void = () => undefined) => new StateSpanSource({ attention, recurrent: model.session.recurrent }, state, checkCancelled);
    const layersOf = (kind: 'attention' | 'windowed') => model.checkpoint.config.layers.flatMap(({ mixer }, layer) => (mixer.kind === 'attention' && (kind === 'attention' || mixer.window !== null) ? [{ layer, mixer }] : []));

    /** A column's value as a head reads it, its bias taken off. */
    function value(layer: number, column: number, head: number): Float64Array {
      const { mixer } = model.checkpoint.config.layers[layer];
      const owner = keysLayer(model.checkpoint.config, layer);
      const { valueBias } = attention.constants[owner];
      const nKvHeads = mixer.kind === 'attention' ? mixer.nKvHeads : mixer.nHeads;
      const at = Math.floor((head * nKvHeads) / mixer.nHeads) * mixer.dHead;
      const row = state.layers[owner].columns.v.rows(column, column + 1);
      return Float64Array.from({ length: mixer.dHead }, (_, c) => row[at + c] - (valueBias?.[at + c] ?? 0));
    }

    /** By definition: what a span's rows take of each column of a layer, sum_i w_i scale_i a[h, i, j] gate[i, h] v[j, h], [N][nHeads * dHead]. */
    function taken(layer: number, start: number, weights: readonly number[]): Float64Array[] {
      const { mixer: { kind, nHeads, dHead } } = model.checkpoint.config.layers[layer];
      const { gate, scale } = state.layers[layer].taps as Partial<TraceState['layers'][number]['taps']>;
      return Array.from({ length: N }, (_, j) => {
        const sum = new Float64Array(nHeads * dHead);
        for (let h = 0; h < nHeads; h++) {
          const v = value(layer, j, h);
          weights.forEach((weight, i) => {
            const tap = start + i - FIRST;
            const scaled = weight * (scale?.rows(tap, tap + 1)[0] ?? 1);
            for (let c = 0; c < dHead; c++) sum[h * dHead + c] += scaled * patterns[layer][kind === 'convolution' ? c : h][tap][j] * (gate?.rows(tap, tap + 1)[h * dHead + c] ?? 1) * v[c];
          });
        }
        return sum;
      });
    }

    async function assertLayers(start: number, spans: readonly (readonly number[])[], label: string): Promise<void> {
      for (const [layer, { mixer }] of model.checkpoint.config.layers.entries()) {
        const { nHeads, dHead } = mixer;
        const found = await source().layer(layer, spans.map((weights) => ({ start, weights: Float64Array.from(weights) })));
        assert.equal(found.first + found.columns, start + spans[0].length, 'up to the last row');
        if (mixer.kind === 'attention') assert.equal(found.first, mixer.window === null ? 0 : Math.max(0, start - mixer.window + 1), 'from where the first row\'s window begins');
        spans.forEach((weights, s) => {
          const { attention: sums, values: own, xMid, xIn } = found.spans[s];
          assert.equal(found.values === null, own !== undefined, 'values are the layer\'s or the span\'s');
          const width = own ? nHeads : (mixer as AttentionMixer).nKvHeads;
          const { valueBias } = attention.constants[keysLayer(model.checkpoint.config, layer)];
          const rows = Array.from({ length: N }, (_, j) => Array.from({ length: nHeads * dHead }, (_unused, i) => {
            const [column, h, c] = [j - found.first, Math.floor(i / dHead), i % dHead];
            if (column < 0 || column >= found.columns) return 0; // a window leaves it out, or it is not there yet
            const g = Math.floor((h * width) / nHeads);
            return sums[h * found.columns + column] * ((own ?? found.values!)[(column * width + g) * dHead + c] - (own ? 0 : valueBias?.[g * dHead + c] ?? 0));
          }));
          assertClose(`${label}: layer ${layer}, span ${s}`, rows, taken(layer, start, weights).map((row) => Array.from(row)), TOLERANCE);
          const { taps } = state.layers[layer];
          const mixed = (name: 'xIn' | 'xMid') => Array.from({ length: taps[name].width }, (_, d) => weights.reduce((sum, weight, i) => sum + weight * taps[name].rows(start + i - FIRST, start + i - FIRST + 1)[d], 0));
          assertClose(`${label}: xMid ${layer}`, Array.from(xMid), mixed('xMid'), TOLERANCE);
          assertClose(`${label}: xIn ${layer}`, Array.from(xIn), mixed('xIn'), TOLERANCE);
        });
      }
    }

    const spread = (length: number, seed: number) => {
      const uniform = seededUniform(seed);
      const raw = Array.from({ length }, () => Math.max(0, uniform() - 0.3));
      return raw.map((x) => x / raw.reduce((a, b) => a + b, 0));
    };

    it('one row, few, many, several spans at once, rows without a weight at either end', async () => {
      await assertLayers(FIRST, [[1]], 'the first row');
      await assertLayers(N - 1, [[1]], 'the last row');
      await assertLayers(40, [[0.5, 0, 0.25, 0.25], [0, 1, 0, 0]], 'two spans');
      await assertLayers(60, [[0, 0, 0.75, 0.25, 0, 0, 0]], 'weights within');
      await assertLayers(FIRST, [spread(N - FIRST, 1), spread(N - FIRST, 2)], 'every row');
    });

    it('rows that weigh nothing at all', async () => {
      for (let layer = 0; layer < state.layers.length; layer++) {
        const { spans: [span], values } = await source().layer(layer, [{ start: 50, weights: new Float64Array(3) }]);
        assert.ok(span.values ? span.values.every((x) => x === 0) : values !== null && span.attention.every((x) => x === 0), `layer ${layer}`);
      }
    });

    it('whether attention is kept, in part kept or not', async () => {
      const keeper = new AttentionKeeper(model.session.attention);
      // Blocks that begin at columns of their own: what lies before a span's first column is left out.
      for (const position of [33, 70, 100]) await keeper.keep(state, [position]);
      const keptLayers = layersOf('attention').filter(({ mixer }) => !mixer.isGated);
      for (const { layer } of keptLayers) assert.ok(state.attention.has(layer, 70));
      for (const { layer, mixer } of layersOf('attention')) assert.equal(state.attention.has(layer, 71), !mixer.isGated, 'gated rows are not summed up from kept ones');
      await assertLayers(65, [spread(30, 3), spread(30, 4)], 'in part');
      await assertLayers(78, [[0.5, 0.5]], 'the end of a block');
      await keeper.keep(state, Array.from({ length: N - FIRST }, (_, i) => FIRST + i));
      await assertLayers(FIRST, [spread(N - FIRST, 5)], 'kept');
      state.attention.drop();
    });

    it('attention of any rows: what windows leave out is 0, and the rest is the same', async () => {
      for (const { layer, mixer: { nHeads, window, isGated } } of layersOf('attention')) {
        for (const positions of [[FIRST], [30, 31, 90], [N - 2, N - 1]]) {
          const { first, end, pattern } = await model.session.attention.pattern(state, layer, positions);
          assert.deepEqual([first, end], [window === null ? 0 : Math.max(0, positions[0] - window + 1), positions[positions.length - 1] + 1]);
          const weights = spread(2 * positions.length, 6);
          const sums = isGated ? null : await model.session.attention.columnSums(state, layer, positions, Float32Array.from(weights));
          if (sums) assert.deepEqual([sums.first, sums.end], [first, end]);
          for (let h = 0; h < nHeads; h++) {
            const wanted = positions.map((position) => patterns[layer][h][position - FIRST]);
            const rows = positions.map((_, i) => Array.from({ length: N }, (_unused, j) => (j < first || j >= end ? 0 : pattern[(h * positions.length + i) * (end - first) + j - first])));
            assertClose(`rows ${positions.join()} of layer ${layer}, head ${h}`, rows, wanted.map((row) => Array.from(row)), TOLERANCE);
            if (!sums) continue;
            for (const s of [0, 1]) {
              const ofSpan = weights.slice(s * positions.length, (s + 1) * positions.length);
              const found = Array.from({ length: N }, (_, j) => (j < first || j >= end ? 0 : sums.sums[(h * 2 + s) * (end - first) + j - first]));
              assertClose(`sums of ${positions.join()}, layer ${layer}, head ${h}`, found, Array.from({ length: N }, (_, j) => ofSpan.reduce((sum, weight, i) => sum + weight * wanted[i][j], 0)), TOLERANCE);
            }
          }
        }
      }
    });

    it('has windows where they are told of, shorter than the text', () => {
      assert.equal(layersOf('windowed').length > 0, parts.includes('windows'));
      for (const { mixer: { window } } of layersOf('windowed')) assert.ok(window! < N - FIRST);
    });

    if (family === 'qwen3.5') {
      it('values of gated attention without their bias, which no recorded checkpoint has', async () => {
        const own = attention;
        const constants = own.constants.map((constant, layer) => ({ ...constant, valueBias: layersOf('attention').some((one) => one.layer === layer) ? Float32Array.from({ length: 32 }, (_, i) => 0.1 * i - 1) : null }));
        attention = Object.create(own, { constants: { value: constants } }) as typeof own;
        try {
          await assertLayers(40, [[0.5, 0, 0.5]], 'with a bias');
        } finally {
          attention = own;
        }
      });
    }

    it('lets a cancel in', async () => {
      for (const [layer, { mixer: { kind } }] of model.checkpoint.config.layers.entries()) {
        if (kind === 'convolution') continue; // as long as a row has channels
        await assert.rejects(source(() => { throw new CancelledError(); }).layer(layer, [{ start: 100, weights: Float64Array.of(0.5, 0.5) }]), CancelledError, `layer ${layer}`);
      }
    });
  });
}
