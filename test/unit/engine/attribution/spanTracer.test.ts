import assert from 'node:assert/strict';
import { createShareKernel } from '../../../../src/engine/attribution/aggregation/createShareKernel';
import { loadKernelModule } from '../../../../src/engine/attribution/aggregation/kernelModule';
import type { SourceLayer } from '../../../../src/engine/attribution/aggregation/spanSource';
import { SpanTracer } from '../../../../src/engine/attribution/aggregation/spanTracer';
import { DIST } from '../../../support/folders';
import { assertClose } from '../../../support/assertClose';
import { bruteForceImportance } from '../../../support/bruteForce';
import { sameLayers, SyntheticSpans } from '../../../support/syntheticSpans';

const LAYER = { nHeads: 2, nKvHeads: 1, dHead: 3, dModel: 4 };
const SHAPE = sameLayers(5, LAYER);
const SPANS = [{ start: 6, weights: Float64Array.of(1, 0, 2) }, { start: 6, weights: Float64Array.of(0, 4, 0) }];

function tracerOf(source: SyntheticSpans, kernels: WebAssembly.Module | null = null) {
  const read: number[] = [];
  const tracer = new SpanTracer(source.shape, createShareKernel(kernels, source.shape), (layer) => {
    read.push(layer);
    return Promise.resolve(source.projection(layer));
  });
  return { tracer, read };
}

describe('importance of spans', () => {
  it('of any weights is that of weights that sum to 1, one result for each span', async () => {
    const source = new SyntheticSpans(SHAPE, 12, 9);
    const { tracer } = tracerOf(source);
    const found = await tracer.importance(source, SPANS, 12, 0, () => undefined);
    assertClose('importance', found.map((row) => Array.from(row)), SPANS.map(({ start, weights }) => Array.from(bruteForceImportance(source.layers, start, Array.from(weights)))), 1e-5);
    for (const { spans } of source.asked) assertClose('weights', spans.map(({ weights }) => Array.from(weights)), [[1 / 3, 0, 2 / 3], [0, 1, 0]], 1e-9);
    const none = await tracer.importance(source, [{ start: 6, weights: new Float64Array(3) }], 12, 0, () => undefined);
    assert.ok(none[0].every((x) => Number.isFinite(x)), 'no weight at all divides by nothing');
  });

  it('is the same in WebAssembly, where all layers lie side by side', async () => {
    const source = new SyntheticSpans(SHAPE, 12, 9);
    const importance = async (kernels: WebAssembly.Module | null) => {
      const { tracer } = tracerOf(source, kernels);
      await tracer.importance(source, SPANS, 12, 0, () => undefined);
      return tracer.importance(source, SPANS, 12, 0, () => undefined);
    };
    assert.deepEqual(await importance(loadKernelModule(DIST)), await importance(null));
  });

  it('asks for layers in order, two ahead of the one in work, and reads each projection once', async () => {
    const source = new SyntheticSpans(SHAPE, 12, 9);
    const { tracer, read } = tracerOf(source);
    const ahead: number[] = [];
    await tracer.importance(source, SPANS, 12, 0, () => { ahead.push(source.asked.length); });
    assert.deepEqual(ahead, [3, 4, 5, 5, 5]);
    assert.deepEqual(source.asked.map(({ layer }) => layer), [0, 1, 2, 3, 4]);
    await tracer.importance(source, SPANS, 12, 0, () => undefined);
    assert.deepEqual(read, [0, 1, 2, 3, 4]);
    const single = new SyntheticSpans(sameLayers(1, LAYER), 12, 9);
    await tracerOf(single).tracer.importance(single, SPANS, 12, 0, () => undefined);
    assert.deepEqual(single.asked.map(({ layer }) => layer), [0], 'a model of one layer');
  });

  describe('of layers that are not alike', () => {
    const wanted = (source: SyntheticSpans) => SPANS.map(({ start, weights }) => Array.from(bruteForceImportance(source.layers, start, Array.from(weights))));

    for (const kernels of [null, loadKernelModule(DIST)]) {
      const where = kernels ? 'WebAssembly' : 'JavaScript';

      it(`heads of their own number and size, in ${where}`, async () => {
        const source = new SyntheticSpans([LAYER, { nHeads: 4, nKvHeads: 4, dHead: 5, dModel: 4 }, { nHeads: 1, nKvHeads: 1, dHead: 16, dModel: 4 }, LAYER], 12, 10);
        const { tracer } = tracerOf(source, kernels);
        for (let pass = 0; pass < 2; pass++) assertClose(`pass ${pass}`, (await tracer.importance(source, SPANS, 12, 0, () => undefined)).map((row) => Array.from(row)), wanted(source), 1e-5);
      });

      it(`columns from where a window begins, in ${where}`, async () => {
        const source = new SyntheticSpans(SHAPE, 12, 11);
        for (const layer of [1, 3]) for (const rows of source.layers[layer].pattern) for (const row of rows) row.fill(0, 0, layer);
        const whole = source.layer.bind(source);
        source.layer = async (layer, spans, spare) => {
          const found = await whole(layer, spans, spare);
          const first = layer === 1 || layer === 3 ? layer : 0;
          const { nHeads, nKvHeads, dHead } = source.shape[layer];
          const cut = (attention: Float32Array) => Float32Array.from(Array.from({ length: nHeads }, (_, h) => Array.from(attention.subarray(h * found.columns + first, (h + 1) * found.columns))).flat());
          return { first, columns: found.columns - first, values: found.values!.slice(first * nKvHeads * dHead), spans: found.spans.map((span) => ({ ...span, attention: cut(span.attention) })) };
        };
        const found = await tracerOf(source, kernels).tracer.importance(source, SPANS, 12, 0, () => undefined);
        assertClose('importance', found.map((row) => Array.from(row)), wanted(source), 1e-5);
      });

      it(`values that each span has of its own, in ${where}`, async () => {
        const wide = { ...LAYER, nKvHeads: LAYER.nHeads };
        const source = new SyntheticSpans([wide, wide, wide], 12, 12);
        const whole = source.layer.bind(source);
        source.layer = async (layer, spans, spare) => {
          const found = await whole(layer, spans, spare);
          if (layer !== 1) return found;
          const own = (attention: Float32Array) => found.values!.map((value, i) => {
            const [column, h] = [Math.floor(i / (wide.nHeads * wide.dHead)), Math.floor(i / wide.dHead) % wide.nHeads];
            return attention[h * found.columns + column] * value;
          });
          return { ...found, values: null, spans: found.spans.map((span) => ({ ...span, attention: new Float32Array(wide.nHeads * found.columns).fill(1), values: own(span.attention) })) };
        };
        const found = await tracerOf(source, kernels).tracer.importance(source, SPANS, 12, 0, () => undefined);
        assertClose('importance', found.map((row) => Array.from(row)), wanted(source), 1e-5);
      });
    }
  });

  it('gives the memory of values back to be filled again, of a few layers and no more', async () => {
    const source = new SyntheticSpans(SHAPE, 12, 9);
    const { tracer } = tracerOf(source);
    for (let pass = 0; pass < 3; pass++) await tracer.importance(source, SPANS, 12, 0, () => undefined);
    const spares = source.asked.map(({ spare }) => spare?.byteLength);
    const bytes = 4 * 9 * LAYER.nKvHeads * LAYER.dHead;
    assert.deepEqual(spares.slice(0, 5), [undefined, undefined, bytes, bytes, bytes]);
    assert.deepEqual(spares.slice(5), Array.from({ length: 10 }, () => bytes));
    const buffers = source.asked.flatMap(({ spare }) => spare ?? []);
    assert.equal(new Set(buffers).size, buffers.length, 'none is given twice');
  });

  it('ends with the first error of the source, and leaves no rejection unheard', async () => {
    const source = new SyntheticSpans(SHAPE, 12, 9);
    const layers: number[] = [];
    source.layer = (layer) => {
      layers.push(layer);
      return Promise.reject<SourceLayer>(new Error(`no layer ${layer}`));
    };
    const unheard: unknown[] = [];
    const note = (reason: unknown) => { unheard.push(reason); };
    process.on('unhandledRejection', note);
    try {
      await assert.rejects(tracerOf(source).tracer.importance(source, SPANS, 12, 0, () => undefined), /no layer 0/);
      await new Promise(setImmediate);
    } finally {
      process.off('unhandledRejection', note);
    }
    assert.deepEqual([layers, unheard], [[0, 1], []]);
  });
});
