import { DEFAULT_CUT_BUDGET, LEAST_CUT_ROWS, MOST_CUT_BUDGET, type CutResult } from '../../../concepts/cuts';
import { DEFAULT_METHOD, defaultHops } from '../../../concepts/method';
import { regionMass, scaledTo } from '../../../concepts/share';
import type { TraceResult } from '../../../concepts/traceResult';
import type { CallOptions } from '../../../protocol/engine/engineApi';
import type { TraceParams, WithoutModel } from '../../../protocol/engine/requests';
import { OptionsError } from '../../base/errors';
import { acquireState } from '../../model/acquireState';
import type { LoadedModel } from '../../model/loadedModel';
import { runFlops } from '../../model/runSpeed';
import { usableEnd } from '../spans';
import { traceTranscript, withoutTracing } from '../traceTranscript';
import { Cuts, type Hidden } from '../trials/cuts';
import { CutSearch } from './cutSearch';
import { CutTree } from './cutTree';

/**
 * The method `cut`: a trace first, which says where to look, then what hiding passages from the rows that generated does to log P of the generation (docs/methods.md). What is known so
 * far goes to `onProgress` as traces by themselves; cancelled, they stay true.
 * @throws EngineError
 */
export async function cutTranscript(model: LoadedModel, params: WithoutModel<TraceParams>, call: CallOptions = {}): Promise<TraceResult> {
  const { budget: asked } = params.options;
  if (asked !== undefined && !(asked > 0 && asked <= MOST_CUT_BUDGET)) throw new OptionsError(`The budget of cuts is ${asked} runs of the transcript; choose a number above 0, up to ${MOST_CUT_BUDGET}.`);
  const lead = await traceTranscript(model, { ...params, options: { method: DEFAULT_METHOD, hops: defaultHops(DEFAULT_METHOD) } }, withoutTracing(call));
  const { tokens, promptLength, target } = lead;
  const expectedLength = usableEnd(model.transcript(params.document));
  const ids = tokens.map(({ id }) => id);
  const base = await acquireState(model, ids.slice(0, expectedLength), promptLength - 1, call);
  const cuts = new Cuts(model.runtime, base, { ids: ids.slice(0, target.end), promptLength, target, expectedLength });
  model.states.lend(cuts.bytes, base);

  const tree = new CutTree(tokens, promptLength, target, lead.scores);
  const prefill = runFlops(base.config, 0, target.end);
  const started = performance.now();
  let done = 0;
  const tellRows = (rows: number, total: number) => call.onProgress?.({ kind: 'phase', phase: 'cut', done: done + rows, total: Math.max(total, done + rows) });
  const search = new CutSearch(tree, {
    budget: asked ?? Math.max(DEFAULT_CUT_BUDGET, cuts.flops(target.end, LEAST_CUT_ROWS) / prefill),
    cost: ({ hidden }) => cuts.cost(hidden).flops / prefill,
    measure: async (nodes) => {
      const hidden: Hidden[] = nodes.map((node) => node.hidden);
      const rows = hidden.reduce((sum, ranges) => sum + cuts.cost(ranges).rows, 0);
      const effects = await cuts.measureAll(hidden, call, (run) => { tellRows(Math.min(run, rows), done + rows); });
      done += rows;
      return effects.map(({ logProbDrop, targetLogProbBefore, targetLogProbAfter }) => ({ drop: logProbDrop, targetDrop: targetLogProbBefore - targetLogProbAfter }));
    },
  });
  const resultOf = (found: CutResult): TraceResult => withCuts(lead, params.options, found, search.scores(tokens.length), { modelMs: performance.now() - started, modelRuns: cuts.modelRuns });
  const first = search.result(false);
  if (params.warmOnly || tree.sentences.length === 0) return resultOf({ ...first, isComplete: tree.sentences.length === 0 });
  call.onProgress?.({ kind: 'partial', trace: resultOf(first) });
  let last = first;
  for await (const found of search.run()) {
    last = found;
    if (!found.isComplete) call.onProgress?.({ kind: 'partial', trace: resultOf(found) });
  }
  return resultOf(last);
}

/** The trace with what cuts have found in the place of its scores; as long as they have found nothing, it is the trace's own. */
function withCuts(lead: TraceResult, options: TraceResult['options'], cuts: CutResult, drops: Float64Array, { modelMs, modelRuns }: Pick<TraceResult['timings'], 'modelMs' | 'modelRuns'>): TraceResult {
  const isEmpty = cuts.passages.length === 0;
  const scores = isEmpty ? lead.scores : drops.map((drop) => Math.max(0, drop));
  const against = isEmpty ? lead.against! : drops.map((drop) => Math.max(0, -drop));
  return {
    ...lead,
    options: { ...options, hops: 0 },
    recursionSpan: null,
    hops: [{ importance: scores, carried: scores, against }],
    thinkingRatios: [],
    scores,
    against,
    shares: scaledTo(1, regionMass(lead.tokens, [scores])),
    cuts,
    timings: { modelMs: lead.timings.modelMs + modelMs, traceMs: lead.timings.traceMs, modelRuns: lead.timings.modelRuns + modelRuns },
  };
}
