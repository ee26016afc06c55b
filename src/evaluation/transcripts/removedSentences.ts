import type { TokenRange } from '../../concepts/ranges';
import type { TokenizedTranscript } from '../../concepts/transcript';
import type { LoadedModel } from '../../engine/model/loadedModel';
import type { Removals } from '../../engine/requests/trials/removals';
import type { TraceState } from '../../engine/state/traceState';
import type { CallOptions } from '../../protocol/engine/engineApi';
import { divergence, selfContrast } from '../measures/nextTokenDistributions';
import type { EvidenceMap } from '../measures/recovery';

/** A sentence of the prompt, and what its removal does to everything generated up to the answer's end. */
export interface RemovedSentence {
  readonly tokens: readonly number[];
  /** By how much log P of the generation falls, in nats. */
  readonly logProbDrop: number;
  /** KL(P || P without the sentence) of the next token, summed over the rows that produced the generation, in nats. */
  readonly divergence: number;
  /** By how much the measure that the reference package names KL falls; see `selfContrast`. */
  readonly selfContrastDrop: number;
}

/** What parts of a prompt are taken out of. */
export interface RemovalSubject {
  readonly model: LoadedModel;
  readonly transcript: TokenizedTranscript;
  readonly answer: TokenRange;
  /** Up to the answer's end, logits read. */
  readonly state: TraceState;
  readonly evidence: EvidenceMap;
  /** The prompt's own tokens. */
  readonly promptTokens: readonly number[];
  /** Measured on everything generated up to the answer's end. */
  readonly removals: Removals;
  readonly call: Pick<CallOptions, 'signal'>;
}

/** Takes out one sentence of the prompt at a time. */
export async function removeSentences({ model, transcript, answer, state, evidence, removals, call }: RemovalSubject): Promise<RemovedSentence[]> {
  const { dVocab } = state.config;
  const { session } = model.runtime;
  const rows = { start: transcript.promptLength - 1, end: answer.end - 1 };
  const written = transcript.tokens.slice(rows.start + 1, rows.end + 1).map(({ id }) => id);
  const whole = await session.logits(state, rows);
  const wholeContrast = selfContrast(whole, written, dVocab);
  const found: RemovedSentence[] = [];
  for (const { tokens } of evidence.sentences) {
    const without = await removals.run([{ start: tokens[0], end: tokens[tokens.length - 1] + 1 }], call);
    const logits = await session.logits(without, rows);
    found.push({
      tokens,
      logProbDrop: removals.effectOf(without).logProbDrop,
      divergence: divergence(whole, logits, dVocab),
      selfContrastDrop: wholeContrast - selfContrast(logits, written, dVocab),
    });
  }
  return found;
}

/** What the log-probabilities alone take. */
export async function measureSentences({ evidence, removals, call }: RemovalSubject): Promise<void> {
  for (const { tokens } of evidence.sentences) await removals.measure([{ start: tokens[0], end: tokens[tokens.length - 1] + 1 }], call, () => undefined);
}

/** By how much log P of the generation falls without each of the prompt's own tokens, one at a time; 0 elsewhere, [nTokens]. */
export async function removeTokens({ transcript, promptTokens, removals, call }: RemovalSubject): Promise<Float64Array> {
  const scores = new Float64Array(transcript.tokens.length);
  for (const i of promptTokens) scores[i] = (await removals.measure([{ start: i, end: i + 1 }], call, () => undefined)).logProbDrop;
  return scores;
}

/** A sentence's figure, in equal parts, on its tokens, [nTokens]. */
export function spreadOverTokens(sentences: readonly RemovedSentence[], figure: (sentence: RemovedSentence) => number, nTokens: number): Float64Array {
  const scores = new Float64Array(nTokens);
  for (const sentence of sentences) for (const i of sentence.tokens) scores[i] = figure(sentence) / sentence.tokens.length;
  return scores;
}
