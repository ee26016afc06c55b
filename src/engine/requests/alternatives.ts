import type { Alternatives, Contrast, TokenChoice } from '../../concepts/contrast';
import type { AlternativesParams, WithoutModel } from '../../protocol/engine/requests';
import type { TokenRange } from '../../concepts/ranges';
import type { TokenizedTranscript } from '../../concepts/transcript';
import { acquireWithin } from '../model/acquireState';
import { OptionsError, SpanError } from '../base/errors';
import type { LoadedModel } from '../model/loadedModel';
import type { CallOptions } from '../../protocol/engine/engineApi';
import { resolveTarget, usableEnd } from './spans';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { logSoftmax, type TraceState } from '../state/traceState';

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
    if (ratherThan === tokens[span.start].id) throw new SpanError(`The model wrote ${JSON.stringify(tokens[span.start].text)} itself, so there is nothing to compare; choose another token.`);
    return { position: span.start, other: ratherThan };
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
  return { position: span.start + same, other: ids[same] };
}

/** What the two tokens are, and how probable. @param state its logits read */
export async function contrastOf(model: LoadedModel, state: TraceState, { position, other }: Parting): Promise<Contrast> {
  const choice = choicesAt(model, await logitsBefore(model, state, position));
  return { written: choice(state.ids[position]), other: choice(other) };
}

/** The tokens that the model thought of in the place of the target's first one. @throws EngineError */
export async function alternatives(model: LoadedModel, params: WithoutModel<AlternativesParams>, call: CallOptions = {}): Promise<Alternatives> {
  const transcript = model.transcript(params.document);
  const { start: position } = resolveTarget(params.target, transcript);
  const ids = transcript.tokens.slice(0, usableEnd(transcript)).map(({ id }) => id);
  const state = await acquireWithin(params, model, ids, transcript.promptLength - 1, call);
  const logits = await logitsBefore(model, state, position);
  const best = Array.from(logits.keys()).filter((id) => id !== ids[position]).sort((a, b) => logits[b] - logits[a]).slice(0, ALTERNATIVES);
  const choice = choicesAt(model, logits);
  return { position, written: choice(ids[position]), others: best.map(choice) };
}

/** Logits of what stands at a position, [dVocab]. */
function logitsBefore({ runtime }: LoadedModel, state: TraceState, position: number): Promise<Float32Array> {
  return runtime.session.logits(state, { start: position - 1, end: position });
}

function choicesAt({ tokenizer }: LoadedModel, logits: Float32Array): (id: number) => TokenChoice {
  return (id) => ({ id, text: tokenizer.tokenText(id), probability: Math.exp(logSoftmax(logits, id)) });
}
