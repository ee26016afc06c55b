import type { Alternatives, Contrast, TokenChoice } from '../shared/contrast';
import type { AlternativesParams, WithoutModel } from '../shared/engineProtocol';
import type { TokenRange } from '../shared/ranges';
import type { TokenizedTranscript } from '../shared/transcript';
import { OptionsError, SpanError } from './errors';
import type { LoadedModel } from './loadedModel';
import type { CallOptions } from './process/engineApi';
import { checkBudget } from './runEstimate';
import { resolveTarget, usableEnd } from './spans';
import type { Tokenizer } from './tokenizer/tokenizer';
import { acquireState } from './traceTranscript';
import { logSoftmax, type TraceState } from './traceState';

/** How many other tokens are told. */
const ALTERNATIVES = 8;

/** A token of the generation and one that could stand in its place. */
export interface Parting {
  readonly position: number;
  readonly other: number;
}

/**
 * Where a span and the text that it is compared with part.
 * @param ratherThan text in the span's place, or the id of a token in its first token's place
 * @throws OptionsError, SpanError
 */
export function resolveParting(ratherThan: string | number, span: TokenRange, { tokens }: TokenizedTranscript, tokenizer: Tokenizer, dVocab: number): Parting {
  if (typeof ratherThan === 'number') {
    if (!Number.isSafeInteger(ratherThan) || ratherThan < 0 || ratherThan >= dVocab) throw new OptionsError(`The token ${ratherThan} to compare with does not exist; give one from 0 to ${dVocab - 1}.`);
    return checked({ position: span.start, other: ratherThan }, tokens);
  }
  if (ratherThan.trim() === '') throw new OptionsError('The text to compare with is empty; give what the model might have written instead.');
  // A word inside a text is another token than at its beginning: the space before it is the span's.
  const lead = /^\s*/.exec(tokens[span.start].text)![0];
  const { ids } = tokenizer.encode(/^\s/.test(ratherThan) ? ratherThan : lead + ratherThan);
  let same = 0;
  while (same < ids.length && span.start + same < span.end && ids[same] === tokens[span.start + same].id) same++;
  const text = JSON.stringify(ratherThan);
  if (same === ids.length) throw new SpanError(`The span begins with ${text} itself, so there is nothing to compare; give a text that differs from it.`);
  if (span.start + same === span.end) throw new SpanError(`${text} goes on where the span ends; highlight the text up to where the two differ.`);
  return checked({ position: span.start + same, other: ids[same] }, tokens);
}

function checked(parting: Parting, tokens: TokenizedTranscript['tokens']): Parting {
  if (tokens[parting.position].id === parting.other) throw new SpanError(`The model wrote ${JSON.stringify(tokens[parting.position].text)} itself, so there is nothing to compare; choose another token.`);
  return parting;
}

/** @param state its logits read @returns what the two tokens are, and how probable */
export async function contrastOf({ runtime, tokenizer }: LoadedModel, state: TraceState, { position, other }: Parting): Promise<Contrast> {
  const logits = await runtime.session.logits(state, { start: position - 1, end: position });
  const choice = (id: number): TokenChoice => ({ id, text: tokenizer.tokenText(id), probability: Math.exp(logSoftmax(logits, id)) });
  return { written: choice(state.ids[position]), other: choice(other) };
}

/** The tokens that the model thought of in the place of the target's first one. @throws EngineError */
export async function alternatives(model: LoadedModel, { document, target, exceedBudget }: WithoutModel<AlternativesParams>, call: CallOptions = {}): Promise<Alternatives> {
  const transcript = model.transcript(document);
  const { start: position } = resolveTarget(target, transcript);
  const ids = transcript.tokens.slice(0, usableEnd(transcript)).map(({ id }) => id);
  const firstRow = transcript.promptLength - 1;
  if (!exceedBudget && !model.states.covers(ids, firstRow)) await checkBudget(model.runtime, model.states.budget, document.name, ids, ids.length, firstRow);
  const state = await acquireState(model, ids, firstRow, call);
  const logits = await model.runtime.session.logits(state, { start: position - 1, end: position });
  const best = Array.from(logits.keys()).filter((id) => id !== ids[position]).sort((a, b) => logits[b] - logits[a]).slice(0, ALTERNATIVES);
  const [written, ...others] = [ids[position], ...best].map((id): TokenChoice => ({ id, text: model.tokenizer.tokenText(id), probability: Math.exp(logSoftmax(logits, id)) }));
  return { position, written, others };
}
