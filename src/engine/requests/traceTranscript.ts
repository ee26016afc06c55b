import type { TraceParams, WithoutModel } from '../../protocol/engine/requests';
import type { TokenRange } from '../../concepts/ranges';
import { TRACE_METHODS, type HopScores, type TraceMethod, type TraceOptions, type TraceResult } from '../../concepts/traceResult';
import type { TokenizedTranscript, TokenRegion } from '../../concepts/transcript';
import { acquireWithin } from '../model/acquireState';
import { attribute } from '../model/attribute';
import { contrastOf, resolveParting } from './alternatives';
import { ContextLengthError, OptionsError } from '../base/errors';
import type { LoadedModel } from '../model/loadedModel';
import type { CallOptions } from '../../protocol/engine/engineApi';
import { resolveReasoning, resolveTarget, usableEnd } from './spans';
import type { TraceState } from '../state/traceState';
import type { TraceJob, TraceOutput } from '../attribution/methods/traceJob';

/**
 * From document to scores, the stages one after the other: document -> tokens -> span -> trace state -> aggregation and
 * recursion -> result. Only the trace state needs the model, and only what of it is not there yet.
 * @throws EngineError
 */
export async function traceTranscript(model: LoadedModel, params: WithoutModel<TraceParams>, call: CallOptions = {}): Promise<TraceResult> {
  const { document, target, reasoning, options, ratherThan } = params;
  checkOptions(options);
  if (ratherThan !== undefined && options.method !== 'logit-flow') throw new OptionsError(`The method ${options.method} cannot compare with another text; choose logit-flow.`);
  const transcript = model.transcript(document);
  const whole = resolveTarget(target, transcript);
  const parting = ratherThan === undefined ? null : resolveParting(ratherThan, whole, transcript, model.tokenizer, model.runtime.checkpoint.config.dVocab);
  const span = parting ? { start: parting.position, end: parting.position + 1 } : whole;
  const reasoningSpan = resolveReasoning(reasoning, transcript, span);
  checkLength(transcript, model, document.name);
  const job = jobOf(transcript, span, reasoningSpan, options, parting !== null);

  const started = performance.now();
  let modelRuns = 0;
  const ids = transcript.tokens.slice(0, job.usableEnd).map(({ id }) => id);
  const state = await acquireWithin(params, model, ids, transcript.promptLength - 1, call, (runs) => (modelRuns = runs));
  const ready = performance.now();
  const output = await attribute(model.runtime, state, job, call, parting);
  model.keeper.want(state, attendedRows(output, options.method));
  return {
    options,
    modelName: model.info.name,
    device: model.info.device,
    tokens: transcript.tokens,
    promptLength: transcript.promptLength,
    target: output.target,
    targetRange: documentRange(transcript, output.target),
    reasoning: reasoningSpan,
    recursionSpan: output.recursionSpan,
    hops: output.importance.map((importance, hop): HopScores => ({ importance, carried: output.carried[hop], ...(output.against && { against: output.against[hop] }) })),
    thinkingRatios: output.ratios,
    scores: sumOutside(output.target, output.carried),
    ...(output.against && { against: sumOutside(output.target, output.against) }),
    ...(parting && { contrast: await contrastOf(model, state, parting) }),
    probabilities: probabilitiesOf(transcript, state),
    shares: sharesOf(transcript, output),
    ...(output.matrix && { matrix: output.matrix }),
    timings: { modelMs: ready - started, traceMs: performance.now() - ready, modelRuns },
  };
}

function checkOptions({ method, hops, renormThreshold = 0 }: TraceOptions): void {
  if (!TRACE_METHODS.includes(method)) throw new OptionsError(`The method "${method}" does not exist; choose one of ${TRACE_METHODS.join(', ')}.`);
  if (!Number.isSafeInteger(hops) || hops < 0 || hops > 8) throw new OptionsError(`${hops} hops were asked for; choose a whole number from 0 to 8.`);
  if (!(renormThreshold >= 0 && renormThreshold < Infinity)) throw new OptionsError(`The proximity threshold is ${renormThreshold}; choose 0 or a positive number.`);
}

function checkLength({ tokens }: TokenizedTranscript, model: LoadedModel, name: string): void {
  const { contextLength } = model.runtime.checkpoint.config;
  if (tokens.length > contextLength) {
    throw new ContextLengthError(`"${name}" has ${tokens.length} tokens, more than the ${contextLength} of ${model.info.name}'s context; shorten it or choose a model with a longer context.`);
  }
}

function jobOf(transcript: TokenizedTranscript, target: TokenRange, reasoning: TokenRange | null, { method, hops, renormThreshold }: TraceOptions, isCompared: boolean): TraceJob {
  const { tokens, promptLength } = transcript;
  return {
    method,
    hops,
    renormThreshold: renormThreshold ?? 0,
    nTokens: tokens.length,
    promptLength,
    // A stop token that is compared with another token has a meaning of its own: it is the difference.
    keep: Uint8Array.from(tokens, ({ kind }, i) => (kind === 'stop' && !(isCompared && i === target.start) ? 0 : 1)),
    target,
    reasoning,
    usableEnd: usableEnd(transcript),
  };
}

/** The rows whose attention the trace read, which the next one will read again; contributions are kept as they are. */
function attendedRows({ target, recursionSpan }: TraceOutput, method: TraceMethod): number[] {
  if (method === 'logit-flow') return [];
  const shift = method === 'flashtrace-producing' ? 1 : 0;
  const rows = new Set<number>();
  for (const span of [target, recursionSpan]) for (let i = span?.start ?? 0; i < (span?.end ?? 0); i++) rows.add(i - shift);
  return [...rows];
}

function documentRange({ tokens }: TokenizedTranscript, span: TokenRange): TraceResult['targetRange'] {
  const ranges = tokens.slice(span.start, span.end).flatMap(({ range }) => range ?? []);
  return ranges.length === 0 ? null : { start: ranges[0].start, end: ranges[ranges.length - 1].end };
}

/** Of all hops together, 0 on the target. */
function sumOutside(target: TokenRange, hops: readonly Float64Array[]): Float64Array {
  const scores = new Float64Array(hops[0].length);
  for (const hop of hops) for (let j = 0; j < scores.length; j++) scores[j] += hop[j];
  return scores.fill(0, target.start, target.end);
}

function probabilitiesOf({ tokens, promptLength }: TokenizedTranscript, state: TraceState): Float32Array {
  return Float32Array.from(tokens, ({ id }, i) => (i < promptLength ? NaN : Math.exp(state.logProb(i, id))));
}

/** What each hop gave before stop tokens were taken out, by the mass that reached the hop. */
function sharesOf({ tokens }: TokenizedTranscript, { importance, ratios }: TraceOutput): TraceResult['shares'] {
  const mass: Record<TokenRegion | 'stop', number> = { template: 0, prompt: 0, reasoning: 0, answer: 0, stop: 0 };
  importance.forEach((scores, hop) => {
    const incoming = hop === 0 ? 1 : ratios[hop - 1];
    tokens.forEach(({ kind, region }, j) => (mass[kind === 'stop' ? 'stop' : region] += incoming * scores[j]));
  });
  const total = Object.values(mass).reduce((a, b) => a + b, 0) || 1;
  for (const key of Object.keys(mass) as (keyof typeof mass)[]) mass[key] /= total;
  return mass;
}
