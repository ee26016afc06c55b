import { compares, MOST_HOPS, TRACE_METHODS, type StateMethod, type TraceOptions } from '../../concepts/method';
import type { TokenRange } from '../../concepts/ranges';
import type { TraceResult } from '../../concepts/traceResult';
import type { TokenizedTranscript } from '../../concepts/transcript';
import type { CallOptions } from '../../protocol/engine/engineApi';
import type { TraceParams, WithoutModel } from '../../protocol/engine/requests';
import { attributionMethod } from '../attribution/methods/methodRegistry';
import type { TraceJob, TraceOutput } from '../attribution/methods/traceJob';
import { ContextLengthError, OptionsError } from '../base/errors';
import { acquireWithin } from '../model/acquireState';
import { attribute } from '../model/attribute';
import type { LoadedModel } from '../model/loadedModel';
import { contrastOf } from './alternatives';
import { assembleTraceResult } from './assembleTraceResult';
import { resolveParting } from './resolveParting';
import { resolveReasoning, resolveTarget, usableEnd } from './spans';

/**
 * From document to scores, the stages one after the other: document -> tokens -> span -> trace state -> aggregation and
 * recursion -> result. Only the trace state needs the model, and only what of it is not there yet.
 * @throws EngineError
 */
export async function traceTranscript(model: LoadedModel, params: WithoutModel<TraceParams>, call: CallOptions = {}): Promise<TraceResult> {
  const { document, target, reasoning, options, ratherThan } = params;
  const method = checkOptions(options, ratherThan !== undefined);
  const transcript = model.transcript(document);
  const whole = resolveTarget(target, transcript);
  const parting = ratherThan === undefined ? null : resolveParting(ratherThan, whole, transcript, model.tokenizer, model.runtime.checkpoint.config.dVocab);
  const span = parting ? { start: parting.position, end: parting.position + 1 } : whole;
  const reasoningSpan = resolveReasoning(reasoning, transcript, span);
  checkLength(transcript, model, document.name);
  const job = jobOf(transcript, span, reasoningSpan, { ...options, method }, parting !== null);

  model.runtime.tracer.prepare();
  const started = performance.now();
  let modelRuns = 0;
  const ids = transcript.tokens.slice(0, job.usableEnd).map(({ id }) => id);
  const state = await acquireWithin(params, model, ids, transcript.promptLength - 1, call, (runs) => (modelRuns = runs));
  const ready = performance.now();
  const output = await attribute(model.runtime, state, job, call, parting);
  model.keeper.want(state, attendedRows(output, method));
  const contrast = parting ? await contrastOf(model, state, parting) : undefined;
  const timings = { modelMs: ready - started, traceMs: performance.now() - ready, modelRuns };
  return assembleTraceResult({ options, model: model.info, transcript, state, reasoning: reasoningSpan, output, contrast, timings });
}

/** The same call without the progress of the attribution, which is a small part of what begins with a trace and goes on. */
export function withoutTracing(call: CallOptions): CallOptions {
  return { ...call, onProgress: (progress) => { if (!(progress.kind === 'phase' && progress.phase === 'trace')) call.onProgress?.(progress); } };
}

function checkOptions({ method, hops, renormThreshold = 0 }: TraceOptions, isCompared: boolean): StateMethod {
  if (!TRACE_METHODS.includes(method)) throw new OptionsError(`The method "${method}" does not exist; choose one of ${TRACE_METHODS.join(', ')}.`);
  if (!Number.isSafeInteger(hops) || hops < 0 || hops > MOST_HOPS) throw new OptionsError(`${hops} hops were asked for; choose a whole number from 0 to ${MOST_HOPS}.`);
  if (!(renormThreshold >= 0 && renormThreshold < Infinity)) throw new OptionsError(`The proximity threshold is ${renormThreshold}; choose 0 or a positive number.`);
  if (isCompared && !compares(method)) throw new OptionsError(`The method ${method} cannot compare with another text; choose ${TRACE_METHODS.filter(compares).join(' or ')}.`);
  return method as StateMethod; // what runs the model goes another way (`traceByMethod`), and cannot compare
}

function checkLength({ tokens }: TokenizedTranscript, model: LoadedModel, name: string): void {
  const { contextLength } = model.runtime.checkpoint.config;
  if (tokens.length > contextLength) {
    throw new ContextLengthError(`"${name}" has ${tokens.length} tokens, more than the ${contextLength} of ${model.info.name}'s context; shorten it or choose a model with a longer context.`);
  }
}

function jobOf(transcript: TokenizedTranscript, target: TokenRange, reasoning: TokenRange | null, { method, hops, renormThreshold }: TraceOptions & { readonly method: StateMethod }, isCompared: boolean): TraceJob {
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
function attendedRows({ target, recursionSpan }: TraceOutput, method: StateMethod): number[] {
  const { reads, rowShift } = attributionMethod(method);
  if (reads !== 'attention') return [];
  const rows = new Set<number>();
  for (const span of [target, recursionSpan]) for (let i = span?.start ?? 0; i < (span?.end ?? 0); i++) rows.add(i - rowShift);
  return [...rows];
}
