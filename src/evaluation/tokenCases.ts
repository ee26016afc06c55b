import { hasHops, isByToken, MOST_HOPS, STATE_METHODS, type StateMethod } from '../concepts/method';
import type { TokenRange } from '../concepts/ranges';
import { isStopText } from '../concepts/tokenText';
import type { TraceJob, TraceOutput } from '../engine/attribution/methods/traceJob';
import { TranscriptError, SpanError, ContextLengthError } from '../engine/base/errors';
import { attribute } from '../engine/model/attribute';
import { extendState } from '../engine/model/extendState';
import type { ModelRuntime } from '../engine/model/modelRuntime';
import { TraceState } from '../engine/state/traceState';
import type { CallOptions } from '../protocol/engine/engineApi';

/** A token-level case as the recorded scores have it; spans are inclusive and count generation tokens. */
export interface TokenCase {
  readonly name: string;
  readonly input_ids: readonly number[];
  readonly prompt_length: number;
  readonly prompt_tokens: readonly string[];
  readonly generation_tokens: readonly string[];
  /** Prompt positions that are the user's; the rest is template. */
  readonly user_prompt_indices: readonly number[];
  readonly eos_token_id: number | null;
  readonly method: StateMethod;
  readonly output_span: readonly [number, number] | null;
  readonly reasoning_span: readonly [number, number] | null;
  readonly hops: number;
}

/** Result fields by the names of the recorded ones; positions are absolute. */
export interface TokenCaseResult {
  readonly name: string;
  readonly per_hop_token_importance?: number[][];
  /** Hops 1..n. */
  readonly observation_per_hop?: number[][];
  readonly observation_sum?: number[];
  readonly thinking_ratios?: number[];
  readonly token_importance_total?: number[];
  readonly token_importance_matrix?: number[][];
  readonly argmax_per_position: number[];
  /** First 8 logits of the last position. */
  readonly last_logits_head: number[];
}

/** Runs one case on a loaded model, bypassing tokenizer and template. @throws EngineError */
export async function runTokenCase(model: ModelRuntime, raw: unknown, options: CallOptions = {}): Promise<TokenCaseResult> {
  const testCase = parseTokenCase(raw, model);
  const ids = testCase.input_ids;
  // Every row is tapped: the recorded cases check each position's prediction.
  const state = new TraceState(model.checkpoint.config, 0, ids.length);
  await extendState(model, state, ids, options);
  await model.session.readLogits(state);
  const job = jobOf(testCase);
  const output = await attribute(model, state, job, options);
  return {
    name: testCase.name,
    ...fields(job, output),
    argmax_per_position: state.argmax,
    last_logits_head: Array.from(state.lastLogits.subarray(0, 8)),
  };
}

function fields(job: TraceJob, output: TraceOutput): Omit<TokenCaseResult, 'name' | 'argmax_per_position' | 'last_logits_head'> {
  if (isByToken(job.method)) return { token_importance_matrix: output.matrix!.map((row) => Array.from(row)) };
  if (!hasHops(job.method)) return { token_importance_total: Array.from(output.importance[0]) };
  const observed = output.carried.map((hop) => Array.from(hop, (score, j) => (j < output.recursionSpan!.start ? score : 0)));
  return {
    per_hop_token_importance: output.importance.map((hop) => Array.from(hop, (score, j) => score * job.keep[j])),
    observation_per_hop: observed.slice(1),
    observation_sum: observed[0].map((_, j) => observed.reduce((sum, hop) => sum + hop[j], 0)),
    thinking_ratios: [...output.ratios],
  };
}

function jobOf(testCase: TokenCase): TraceJob {
  const { prompt_length: promptLength, generation_tokens: generation, input_ids: ids } = testCase;
  const nTokens = ids.length;
  const keep = new Uint8Array(nTokens).fill(1);
  for (const i of testCase.user_prompt_indices) keep[i] = isStopText(testCase.prompt_tokens[i]) ? 0 : 1;
  generation.forEach((text, i) => (keep[promptLength + i] = isStopText(text) ? 0 : 1));
  const endsWithStop = ids[nTokens - 1] === testCase.eos_token_id || keep[nTokens - 1] === 0;
  const absolute = (span: readonly [number, number] | null): TokenRange | null => span && { start: promptLength + span[0], end: promptLength + span[1] + 1 };
  return {
    method: testCase.method,
    hops: testCase.hops,
    renormThreshold: 0,
    nTokens,
    promptLength,
    keep,
    target: absolute(testCase.output_span),
    reasoning: absolute(testCase.reasoning_span),
    usableEnd: endsWithStop ? nTokens - 1 : nTokens,
  };
}

function parseTokenCase(raw: unknown, model: ModelRuntime): TokenCase {
  const value = (raw ?? {}) as Partial<TokenCase>;
  const name = typeof value.name === 'string' ? value.name : '(unnamed)';
  const fail = (what: string) => new TranscriptError(`The case "${name}" ${what}; correct the cases file.`);
  const { dVocab, contextLength } = model.checkpoint.config;
  const natural = (n: unknown, limit: number) => Number.isSafeInteger(n) && (n as number) >= 0 && (n as number) < limit;
  const ids = value.input_ids;
  if (!Array.isArray(ids) || ids.length < 2) throw fail('has no input_ids of at least two tokens');
  const stranger = ids.find((id) => !natural(id, dVocab));
  if (stranger !== undefined) throw fail(`has the token id ${String(stranger)} where this model takes 0 to ${dVocab - 1}`);
  if (ids.length > contextLength) throw new ContextLengthError(`The case "${name}" has ${ids.length} tokens, more than the ${contextLength} of the model's context; shorten it.`);
  const promptLength = value.prompt_length;
  if (!natural(promptLength, ids.length) || promptLength === 0) throw fail(`has prompt_length ${String(promptLength)} where 1 to ${ids.length - 1} are possible`);
  const texts = (list: unknown, length: number) => Array.isArray(list) && list.length === length && list.every((text) => typeof text === 'string');
  if (!texts(value.prompt_tokens, promptLength!)) throw fail(`needs ${promptLength} prompt_tokens, one a prompt token`);
  const generated = ids.length - promptLength!;
  if (!texts(value.generation_tokens, generated)) throw fail(`needs ${generated} generation_tokens, one a generated token`);
  const user = value.user_prompt_indices ?? value.prompt_tokens!.map((_, i) => i);
  if (!Array.isArray(user) || user.some((i) => !natural(i, promptLength!))) throw fail('has user_prompt_indices outside the prompt');
  if (!STATE_METHODS.includes(value.method!)) throw fail(`has the method "${String(value.method)}" where ${STATE_METHODS.join(', ')} exist`);
  if (!natural(value.hops ?? 0, MOST_HOPS + 1)) throw fail(`has ${String(value.hops)} hops where 0 to ${MOST_HOPS} are possible`);
  for (const span of [value.output_span, value.reasoning_span]) {
    if (span == null) continue;
    if (!Array.isArray(span) || span.length !== 2 || !natural(span[0], generated) || !natural(span[1], generated) || span[0] > span[1]) {
      throw new SpanError(`The case "${name}" has the span ${JSON.stringify(span)}, which lies outside the generation; spans are [first, last] within 0 to ${generated - 1}.`);
    }
  }
  return {
    ...(value as TokenCase),
    name,
    user_prompt_indices: user,
    hops: value.hops ?? 0,
    eos_token_id: value.eos_token_id ?? null,
    output_span: value.output_span ?? null,
    reasoning_span: value.reasoning_span ?? null,
  };
}
