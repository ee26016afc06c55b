import assert from 'node:assert/strict';
import { addLayerShares, type SpanLayer } from '../../../src/engine/tracer/layerShares';
import { outputProjection, type TracerShape } from '../../../src/engine/tracer/outputProjection';
import { proximity } from '../../support/bruteForce';
import { assertClose } from '../../support/compare';
import { seededNormal } from '../../support/seededRandom';

const SHAPE: TracerShape = { nLayers: 1, nHeads: 6, nKvHeads: 2, dHead: 8, dModel: 40 };
const COLUMNS = 60;

interface Sample {
  readonly layer: SpanLayer;
  readonly weight: Float32Array<ArrayBuffer>;
  readonly bias: Float32Array<ArrayBuffer> | null;
}

/** `reach` scales the contributions against the residual: at 0.01 corrections are rare, at 10 most shares are cut to 0. */
function sample(seed: number, reach: number, withBias: boolean): Sample {
  const normal = seededNormal(seed);
  const { nHeads, nKvHeads, dHead, dModel } = SHAPE;
  const floats = (length: number, scale: number) => Float32Array.from({ length }, () => scale * normal());
  return {
    layer: {
      columns: COLUMNS,
      attention: floats(nHeads * COLUMNS, 1).map((x) => (x < -0.8 ? 0 : Math.exp(x) * 0.05)),
      values: floats(nKvHeads * COLUMNS * dHead, reach),
      xMid: Float64Array.from({ length: dModel }, (_, d) => (d === 3 ? 0 : normal())),
      xIn: Float64Array.from({ length: dModel }, () => normal()),
    },
    weight: floats(dModel * nHeads * dHead, 0.5),
    bias: withBias ? floats(nKvHeads * dHead, reach) : null,
  };
}

/** METHOD step 2 by its definition. */
function bruteForce({ layer, weight, bias }: Sample, threshold: number): { tokens: Float64Array; residual: number } {
  const { nHeads, nKvHeads, dHead, dModel } = SHAPE;
  const tokens = new Float64Array(COLUMNS);
  for (let h = 0; h < nHeads; h++) {
    const g = Math.floor((h * nKvHeads) / nHeads);
    for (let j = 0; j < COLUMNS; j++) {
      const part = Float64Array.from({ length: dModel }, (_, d) => {
        let f = 0;
        for (let c = 0; c < dHead; c++) {
          const value = layer.values[(g * COLUMNS + j) * dHead + c] - (bias?.[g * dHead + c] ?? 0);
          f += value * weight[(d * nHeads + h) * dHead + c];
        }
        return f * layer.attention[h * COLUMNS + j];
      });
      const near = proximity(part, layer.xMid);
      if (near >= threshold) tokens[j] += near;
    }
  }
  const residual = proximity(layer.xIn, layer.xMid);
  const total = tokens.reduce((a, b) => a + b, 0) + residual + 1e-12;
  return { tokens: tokens.map((near) => near / total), residual: residual / total };
}

describe('one layer\'s shares', () => {
  for (const reach of [0.01, 0.3, 1, 10]) {
    for (const withBias of [false, true]) {
      it(`equal the brute force, contributions of size ${reach}${withBias ? ', with a value bias' : ''}`, () => {
        const given = sample(7 + reach * 100, reach, withBias);
        const tokens = new Float64Array(COLUMNS);
        const residual = addLayerShares(given.layer, outputProjection(given.weight, given.bias, SHAPE), SHAPE, 0, tokens);
        const wanted = bruteForce(given, 0);
        assertClose('tokens', Array.from(tokens), Array.from(wanted.tokens), 1e-6);
        assertClose('residual', residual, wanted.residual, 1e-6);
        assert.ok(Math.abs(tokens.reduce((a, b) => a + b, residual) - 1) < 1e-9, 'shares add up to 1');
      });
    }
  }

  it('leave out heads below the threshold', () => {
    const given = sample(3, 0.3, false);
    const plain = bruteForce(given, 0).tokens;
    const tokens = new Float64Array(COLUMNS);
    addLayerShares(given.layer, outputProjection(given.weight, null, SHAPE), SHAPE, 0.5, tokens);
    const wanted = bruteForce(given, 0.5).tokens;
    assertClose('tokens', Array.from(tokens), Array.from(wanted), 1e-6);
    assert.notDeepEqual(wanted.map((x) => Math.sign(x)), plain.map((x) => Math.sign(x)), 'the threshold takes some tokens away');
  });
});
