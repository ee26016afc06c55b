import type { Residual, ShareKernel } from './shareKernel';
import type { LayerSpan } from './spanSource';

/**
 * One layer's share of a weighted span for every source token; with `residual` they add up to 1 (METHOD step 2).
 * @param kernel has the layer's values loaded
 * @param threshold a head's proximity below this counts as 0
 * @param tokens receives the shares, added up: [>= columns]
 * @returns the residual's share
 */
export function addLayerShares({ attention, xMid, xIn }: LayerSpan, kernel: ShareKernel, threshold: number, tokens: Float64Array): number {
  const x: Residual = { magnitude: xMid.map(Math.abs), sign: xMid.map((value) => (value < 0 ? -1 : 1)) };
  const proximities = kernel.proximities(attention, x, threshold);
  const residual = denseProximity(xIn, x);
  let total = residual + 1e-12;
  for (const proximity of proximities) total += proximity;
  for (let j = 0; j < proximities.length; j++) tokens[j] += proximities[j] / total;
  return residual / total;
}

/** prox(y, x) for a vector given in full. */
function denseProximity(y: Float64Array, { magnitude, sign }: Residual): number {
  let sum = 0;
  for (let d = 0; d < y.length; d++) {
    const u = y[d] * sign[d];
    sum += u <= magnitude[d] ? u : 2 * magnitude[d] - u;
  }
  return Math.max(0, sum);
}
