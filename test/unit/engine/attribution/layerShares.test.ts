import assert from 'node:assert/strict';
import { createShareKernel } from '../../../../src/engine/attribution/aggregation/createShareKernel';
import { loadKernelModule } from '../../../../src/engine/attribution/aggregation/kernelModule';
import { addLayerShares } from '../../../../src/engine/attribution/aggregation/layerShares';
import { outputProjection, type LayerShape } from '../../../../src/engine/attribution/aggregation/outputProjection';
import type { ShareKernel } from '../../../../src/engine/attribution/aggregation/shareKernel';
import type { LayerSpan, SourceLayer } from '../../../../src/engine/attribution/aggregation/spanSource';
import { assertClose } from '../../../support/assertClose';
import { proximity } from '../../../support/bruteForce';
import { BruteForceGraph } from '../../../support/bruteForceGraph';
import { DIST } from '../../../support/folders';
import { seededNormal } from '../../../support/seededRandom';
import { sameLayers } from '../../../support/syntheticSpans';

/** A head size that fills no SIMD register evenly, and groups of three. */
const SHAPE: LayerShape = { nHeads: 6, nKvHeads: 2, dHead: 11, dModel: 40 };
const COLUMNS = 60;

interface Sample {
  readonly layer: SourceLayer & { readonly values: Float32Array };
  readonly span: LayerSpan;
  readonly weight: Float32Array<ArrayBuffer>;
  readonly bias: Float32Array<ArrayBuffer> | null;
}

/** `reach` scales the contributions against the residual: at 0.01 corrections are rare, at 3 most shares are cut to 0. */
function sample(seed: number, reach: number, withBias: boolean, shape = SHAPE, columns = COLUMNS): Sample {
  const normal = seededNormal(seed);
  const { nHeads, nKvHeads, dHead, dModel } = shape;
  const floats = (length: number, scale: number) => Float32Array.from({ length }, () => scale * normal());
  const span: LayerSpan = {
    attention: floats(nHeads * columns, 1).map((x) => (x < -0.8 ? 0 : Math.exp(x) * 0.05)),
    xMid: Float64Array.from({ length: dModel }, (_, d) => (d === 3 ? 0 : normal())),
    xIn: Float64Array.from({ length: dModel }, () => normal()),
  };
  return {
    layer: { first: 0, columns, values: floats(columns * nKvHeads * dHead, reach), spans: [span] },
    span,
    weight: floats(dModel * nHeads * dHead, 0.5),
    bias: withBias ? floats(nKvHeads * dHead, reach) : null,
  };
}

/** A kernel that has the sample's layer loaded. */
function loaded(kernels: WebAssembly.Module | null, { layer, weight, bias }: Sample, shape = SHAPE): ShareKernel {
  const kernel = createShareKernel(kernels, [shape]);
  assert.ok(!kernel.has(0));
  kernel.admit(0, outputProjection(weight, bias, shape));
  assert.ok(kernel.has(0));
  kernel.load(0, layer.values, layer.columns);
  return kernel;
}

/** METHOD step 2 by its definition. */
function bruteForce({ layer, span, weight, bias }: Sample, threshold: number): { tokens: Float64Array; residual: number } {
  const { nHeads, nKvHeads, dHead, dModel } = SHAPE;
  const tokens = new Float64Array(COLUMNS);
  for (let h = 0; h < nHeads; h++) {
    const g = Math.floor((h * nKvHeads) / nHeads);
    for (let j = 0; j < COLUMNS; j++) {
      const part = Float64Array.from({ length: dModel }, (_, d) => {
        let f = 0;
        for (let c = 0; c < dHead; c++) {
          const value = layer.values[(j * nKvHeads + g) * dHead + c] - (bias?.[g * dHead + c] ?? 0);
          f += value * weight[(d * nHeads + h) * dHead + c];
        }
        return f * span.attention[h * COLUMNS + j];
      });
      const near = proximity(part, span.xMid);
      if (near >= threshold) tokens[j] += near;
    }
  }
  const residual = proximity(span.xIn, span.xMid);
  const total = tokens.reduce((a, b) => a + b, 0) + residual + 1e-12;
  return { tokens: tokens.map((near) => near / total), residual: residual / total };
}

describe('one layer\'s shares', () => {
  const wasm = loadKernelModule(DIST);

  it('have their kernel in WebAssembly here', () => assert.ok(wasm));

  for (const [name, kernels] of [['WebAssembly', wasm], ['JavaScript', null]] as const) {
    for (const reach of [0.01, 0.3, 1, 3]) {
      for (const withBias of [false, true]) {
        it(`equal the brute force in ${name}, contributions of size ${reach}${withBias ? ', with a value bias' : ''}`, () => {
          const given = sample(7 + reach * 100, reach, withBias);
          const tokens = new Float64Array(COLUMNS);
          const residual = addLayerShares(given.span, loaded(kernels, given), 0, tokens);
          const wanted = bruteForce(given, 0);
          assertClose('tokens', Array.from(tokens), Array.from(wanted.tokens), 1e-6);
          assertClose('residual', residual, wanted.residual, 1e-6);
          assert.ok(Math.abs(tokens.reduce((a, b) => a + b, residual) - 1) < 1e-9, 'shares add up to 1');
        });
      }
    }

    it(`leave out heads below the threshold in ${name}`, () => {
      const given = sample(3, 0.3, false);
      const plain = bruteForce(given, 0).tokens;
      const tokens = new Float64Array(COLUMNS);
      addLayerShares(given.span, loaded(kernels, given), 0.5, tokens);
      const wanted = bruteForce(given, 0.5).tokens;
      assertClose('tokens', Array.from(tokens), Array.from(wanted), 1e-6);
      assert.notDeepEqual(wanted.map((x) => Math.sign(x)), plain.map((x) => Math.sign(x)), 'the threshold takes some tokens away');
    });
  }

  for (const shape of [SHAPE, { nHeads: 8, nKvHeads: 2, dHead: 64, dModel: 256 }]) {
    it(`are the same to the last bit in WebAssembly and JavaScript, and equal brute force on ONNX Runtime (dHead ${shape.dHead})`, async () => {
      const graph = await BruteForceGraph.create(shape);
      try {
        for (const [seed, reach] of [[1, 0.02], [2, 0.2], [3, 2]] as const) {
          const given = sample(seed, reach, true, shape, 300);
          const x = { magnitude: given.span.xMid.map(Math.abs), sign: given.span.xMid.map((value) => (value < 0 ? -1 : 1)) };
          const fast = Array.from(loaded(wasm, given, shape).proximities(given.span.attention, x, 0));
          const portable = Array.from(loaded(null, given, shape).proximities(given.span.attention, x, 0));
          assert.deepEqual(fast, portable);
          assert.ok(fast.some((value) => value > 0));
          const [brute] = await graph.proximities(given.layer, outputProjection(given.weight, given.bias, shape));
          assertClose(`reach ${reach}`, fast, Array.from(brute), 1e-5);
        }
      } finally {
        await graph.release();
      }
    });
  }

  it('go on when more layers take turns than there is room for, and when the columns grow', () => {
    // 512 MiB hold two projections of this shape: layers 0 and 1 stay, the others share a place.
    const shape = sameLayers(4, { nHeads: 1, nKvHeads: 1, dHead: 8192, dModel: 8192 });
    const kernel = createShareKernel(wasm, shape);
    const projection = { weight: new Float32Array(8192 * 8192), columnNorms: new Float64Array(8192).fill(1), valueBias: null };
    const x = { magnitude: new Float64Array(8192).fill(1), sign: new Float64Array(8192).fill(1) };
    for (const [layer, columns] of [[0, 1], [1, 2], [2, 3], [3, 1], [0, 4]]) {
      if (!kernel.has(layer)) {
        projection.weight[0] = layer + 1; // O = a single entry, which differs by layer
        kernel.admit(layer, projection);
      }
      const values = new Float32Array(columns * 8192);
      for (let j = 0; j < columns; j++) values[j * 8192] = 0.01 * (j + 1);
      kernel.load(layer, values, columns);
      const found = kernel.proximities(new Float32Array(columns).fill(0.5), x, 0);
      assertClose(`layer ${layer}`, Array.from(found), Array.from({ length: columns }, (_, j) => 0.005 * (j + 1) * (layer + 1)), 1e-6);
    }
    assert.deepEqual([0, 1, 2, 3].map((layer) => kernel.has(layer)), [true, true, false, true]);
  });
});
