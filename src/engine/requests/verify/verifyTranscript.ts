import { formatDuration } from '../../../concepts/formatNumbers';
import { GRANULARITIES } from '../../../concepts/passages';
import { controlOf, LEAST_DROP, leastDropOf, MOST_PASSAGES, rankSources, TRIALS, type MeasuredPassage, type Verification, type VerifyOptions } from '../../../concepts/trials/verification';
import type { CallOptions } from '../../../protocol/engine/engineApi';
import type { VerifyParams, WithoutModel } from '../../../protocol/engine/requests';
import { CancelledError, LongRunError, OptionsError } from '../../base/errors';
import { acquireState } from '../../model/acquireState';
import { refuseBeyond } from '../../model/budgetCheck';
import type { LoadedModel } from '../../model/loadedModel';
import { neutralToken } from '../../tokenizer/neutralToken';
import { usableEnd } from '../spans';
import { withoutTracing } from '../traceTranscript';
import { traceByMethod } from '../cut/traceByMethod';
import { Cuts } from '../trials/cuts';
import { Removals } from '../trials/removals';
import type { Trial, TrialCost, TrialEffect, TriedTranscript } from '../trials/trial';
import { findMissed, mostSearchRuns } from './findMissed';
import { proposePassages, type ScoredPassage } from './proposePassages';
import { VerifyProgress } from './verifyProgress';

/** Random passages that are measured at most: the first that has no effect is the control. */
const MOST_RANDOM = 3;

/**
 * Traces, then takes the trace's best passages out of the prompt one at a time and measures what becomes of what was generated: a
 * passage's tokens are replaced by a neutral one, so that every other token keeps its position, and the model runs again from there on,
 * over the generation as it stands; or it is hidden from the rows that generated, which alone are run again. A random passage is measured beside them, and all others are taken out at once: where that has an
 * effect, the trace missed something, and it is looked for. What the unchanged transcript gives, the trace state knows. Of a contrasted trace
 * the probability of the other token is told beside it; what has an effect is decided by what was generated all the same.
 * @throws EngineError
 */
export async function verifyTranscript(model: LoadedModel, params: WithoutModel<VerifyParams>, call: CallOptions = {}): Promise<Verification> {
  checkOptions(params.verify);
  const { verify: options, document, exceedBudget, withinMs } = params;
  const { runtime, states, tokenizer } = model;
  const replacement = neutralToken(tokenizer, runtime.checkpoint.config.dVocab);
  const trace = await traceByMethod(model, params, withoutTracing(call));
  const { passages, others } = proposePassages(trace, options);

  const started = performance.now();
  const ids = trace.tokens.map(({ id }) => id);
  const { promptLength, target, contrast } = trace;
  const base = await acquireState(model, ids.slice(0, usableEnd(model.transcript(document))), promptLength - 1, call);
  const tried: TriedTranscript = { ids: ids.slice(0, target.end), promptLength, target, expectedLength: usableEnd(model.transcript(document)), ...(contrast && { other: { id: contrast.other.id, logProb: Math.log(contrast.other.probability) } }) };
  const trial: Trial = options.by === 'cut' ? new Cuts(runtime, base, tried) : new Removals(runtime, base, tried, replacement.id);
  const planned = [...passages.map((passage) => [passage]), ...others.slice(0, 1).map((passage) => [passage]), others.slice(1)].map((group) => trial.cost(group.map(({ tokens }) => tokens)));
  const bytes = base.bytes + trial.bytes;
  if (!exceedBudget) {
    const subject = `Verifying the sources of "${document.name}" with ${ids.length.toLocaleString('en-US')} tokens takes`;
    await refuseBeyond(runtime, states.budget, ids, { subject, bytes, flops: planned.reduce((sum, { flops }) => sum + flops, 0) });
  }
  if (withinMs !== undefined) refuseLonger(withinMs, document.name, planned, runtime);
  states.lend(trial.bytes, base);

  const progress = new VerifyProgress(planned, bytes, runtime, call.onProgress);
  const measure = async (group: readonly ScoredPassage[]): Promise<TrialEffect> => {
    const removed = group.map(({ tokens }) => tokens);
    const cost = trial.cost(removed);
    const effect = await trial.measure(removed, call, (rows) => { progress.during(cost, rows); });
    if (call.signal?.aborted) throw new CancelledError();
    progress.finished(cost);
    return effect;
  };
  const measured: MeasuredPassage[] = [];
  for (const passage of passages) measured.push({ ...passage, ...await measure([passage]) });
  const random: MeasuredPassage[] = [];
  for (const passage of others.slice(0, MOST_RANDOM)) {
    random.push({ ...passage, ...await measure([passage]) });
    if (random[random.length - 1].logProbDrop <= LEAST_DROP) break;
  }
  const control = controlOf(random);
  const leastDrop = leastDropOf(measured, control);
  const rest = others.slice(random.length).sort((a, b) => b.share - a.share);
  const { found: missed, togetherDrop } = await findMissed(rest, { leastDrop, mostRuns: mostSearchRuns(options.passages, rest.length), measure });
  return {
    options,
    sources: rankSources(measured, [...random.filter((passage) => passage !== control), ...missed], leastDrop),
    control,
    leastDrop,
    othersLogProbDrop: togetherDrop,
    replacement,
    logProb: trial.before.generation,
    timings: { verifyMs: performance.now() - started, modelRuns: trial.modelRuns },
  };
}

/** @throws LongRunError also where nothing has told yet how fast the model is */
function refuseLonger(limit: number, name: string, planned: readonly TrialCost[], { flopsPerSecond }: Pick<LoadedModel['runtime'], 'flopsPerSecond'>): void {
  const ms = flopsPerSecond === null ? null : (1000 * planned.reduce((sum, { flops }) => sum + flops, 0)) / flopsPerSecond;
  if (ms !== null && ms <= limit) return;
  throw new LongRunError(`Verifying the sources of "${name}" takes ${ms === null ? 'a time that is not known yet' : `about ${formatDuration(ms)}`}, and ${formatDuration(limit)} were given; run Verify Sources, which takes its time.`);
}

function checkOptions({ by = 'removal', passages, granularity, seed }: VerifyOptions): void {
  if (!TRIALS.includes(by)) throw new OptionsError(`Passages cannot be verified by "${by}"; choose one of ${TRIALS.join(', ')}.`);
  if (!Number.isSafeInteger(passages) || passages < 1 || passages > MOST_PASSAGES) throw new OptionsError(`${passages} passages were asked for; choose a whole number from 1 to ${MOST_PASSAGES}.`);
  if (!GRANULARITIES.includes(granularity)) throw new OptionsError(`The granularity "${granularity}" does not exist; choose one of ${GRANULARITIES.join(', ')}.`);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new OptionsError(`The seed is ${seed}; choose a whole number from 0.`);
}
