import { projectionFiles, readProjection, tracerShape } from '../../src/engine/attribution/aggregation/outputProjection';
import { AttentionKeeper } from '../../src/engine/attribution/inputs/attentionKeeper';
import { StateSpanSource } from '../../src/engine/attribution/inputs/stateSpanSource';
import type { TraceJob } from '../../src/engine/attribution/methods/traceJob';
import { attribute } from '../../src/engine/model/attribute';
import { extendState } from '../../src/engine/model/extendState';
import type { ModelRuntime } from '../../src/engine/model/modelRuntime';
import { TraceState } from '../../src/engine/state/traceState';
import { proximity } from '../../test/support/bruteForce';
import { BruteForceGraph } from '../../test/support/bruteForceGraph';
import { once, time, timing, type Timing } from '../measuring/timing';
import { generatedRows, job, length, runState, tokenIds, type BenchModel } from '../subject/benchModel';

/** All in ms; every ratio of the report comes from here. */
export interface Speed {
  readonly plainPrefill: Timing;
  readonly tappedPrefill: Timing;
  /** Probabilities of the generated tokens, which a first trace reads besides. */
  readonly logits: Timing;
  /** Making the attention that the next traces find, in the pauses after the first one. */
  readonly keeping: Timing;
  readonly oneHop: Timing;
  readonly threeHops: Timing;
  /** The same without kept attention: the first trace of a state, and every one where the memory budget has no room. */
  readonly leanOneHop: Timing;
  readonly leanThreeHops: Timing;
  /** Logit flow with one hop: the first one, which computes every row's contributions, and those after it. */
  readonly logitFlowFirst: Timing;
  readonly logitFlow: Timing;
  /** Runs of so many rows on top of the prompt. */
  readonly oneRemoval: Timing;
  readonly twoRemovals: Timing;
  readonly span: Timing;
  readonly leanSpan: Timing;
  readonly tokenwise: Timing;
  /** Shares of the same span with every coordinate of every pair, on ONNX Runtime. */
  readonly bruteForce: Timing;
  /** Largest difference of a score from brute force, in the largest score and in the score itself. */
  readonly error: { readonly ofLargest: number; readonly ofItself: number };
}

/** Rows of a short removal: some of the prompt, and the generation behind it. Two of them are as many as are run at once. */
export const REMOVAL_ROWS = 128;

export async function measureSpeed(model: ModelRuntime, { shape, runs }: BenchModel): Promise<Speed> {
  const n = length(shape);
  // Plain prefill keeps what any runtime must: the cache, and the last row for the next token's logits. In turn with the tapped one: machines drift.
  let state!: TraceState;
  const plain: number[] = [];
  const tapped: number[] = [];
  await runState(model, shape, n - 1);
  for (let i = 0; i < runs; i++) {
    plain.push(await once(() => runState(model, shape, n - 1)));
    tapped.push(await once(async () => { state = await runState(model, shape); }));
  }
  const warm = (change: Partial<TraceJob>, times = runs + 2) => time(times, () => attribute(model, state, job(shape, change)));
  const wide = { method: 'ifr-span', target: { start: shape.prompt, end: n } } as const;
  const logits = await time(runs, async () => {
    state.argmax.length = 0;
    state.logProbs.length = 0;
    await model.session.readLogits(state);
  });
  const leanOneHop = await warm({});
  const leanThreeHops = await warm({ hops: 3 });
  const leanSpan = await warm(wide);
  const keeping = await time(1, () => new AttentionKeeper(model.session.attention).keep(state, generatedRows(shape)), 0);
  const oneHop = await warm({});
  const threeHops = await warm({ hops: 3 });
  const span = await warm(wide);
  const tokenwise = await time(1, () => attribute(model, state, job(shape, { ...wide, method: 'ifr-tokenwise' })), 0);
  const flow = { method: 'logit-flow' } as const;
  await model.logitContributions();
  const logitFlowFirst = await time(runs, async () => {
    state.contributions.clear();
    await attribute(model, state, job(shape, flow));
  }, 1);
  const logitFlow = await warm(flow);
  const onPrompt = (rows: number) => time(runs, () => {
    const ids = tokenIds(shape, model.checkpoint.config.dVocab).slice(0, shape.prompt + rows);
    return extendState(model, TraceState.continuing(state, ids.slice(0, shape.prompt), shape.prompt, ids.length), ids);
  });
  const [oneRemoval, twoRemovals] = [await onPrompt(REMOVAL_ROWS), await onPrompt(2 * REMOVAL_ROWS)];
  const brute = await bruteForce(model, state, job(shape, wide));
  return {
    plainPrefill: timing(plain), tappedPrefill: timing(tapped), logits, keeping, oneHop, threeHops, leanOneHop, leanThreeHops, logitFlowFirst, logitFlow, oneRemoval, twoRemovals, span, leanSpan, tokenwise,
    ...brute,
  };
}

/** The span's importances from the same attention, residuals and values, by brute force. */
async function bruteForce(model: ModelRuntime, state: TraceState, span: TraceJob): Promise<Pick<Speed, 'bruteForce' | 'error'>> {
  const { config } = model.checkpoint;
  const [shape] = tracerShape(config); // the bench's models have layers of one shape
  const graph = await BruteForceGraph.create(shape);
  const files = projectionFiles(model.checkpoint);
  const source = new StateSpanSource(model.session, state, () => undefined);
  const { start, end } = span.target!;
  const rows = end - start;
  const weights = new Float64Array(rows).fill(1 / (rows + 1e-12));
  const wanted = new Float64Array(span.nTokens);
  const timing = await time(1, async () => {
    for (let l = 0; l < config.nLayers; l++) {
      const layer = await source.layer(l, [{ start, weights }]);
      const [proximities] = await graph.proximities(layer, await readProjection(files[l], shape));
      const { xIn, xMid } = layer.spans[0];
      const total = proximities.reduce((sum, x) => sum + x, 1e-12 + proximity(xIn, xMid));
      proximities.forEach((x, j) => (wanted[j] += x / total));
    }
  }, 0);
  await graph.release();
  const found = (await attribute(model, state, span)).importance[0];
  const largest = wanted.reduce((a, b) => Math.max(a, b), 0);
  const differences = wanted.map((x, j) => Math.abs(found[j] - x));
  return { bruteForce: timing, error: { ofLargest: Math.max(...differences) / largest, ofItself: Math.max(...differences.map((x, j) => (wanted[j] > 0 ? x / wanted[j] : x))) } };
}
