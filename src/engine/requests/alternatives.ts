import type { Alternatives, Contrast, Parting, TokenChoice } from '../../concepts/contrast';
import type { CallOptions } from '../../protocol/engine/engineApi';
import type { AlternativesParams, WithoutModel } from '../../protocol/engine/requests';
import { acquireWithin } from '../model/acquireState';
import type { LoadedModel } from '../model/loadedModel';
import { logSoftmax, type TraceState } from '../state/traceState';
import { resolveTarget, usableEnd } from './spans';

/** How many other tokens are told. */
const ALTERNATIVES = 8;

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
