import type { TraceMethod } from '../../shared/traceResult';
import type { LoadedModel } from '../loadedModel';
import { mulberry32 } from '../sampler';
import type { TraceState } from '../traceState';
import { traceTranscript } from '../traceTranscript';
import { neutralToken } from '../verify/neutralToken';
import { Removals } from '../verify/removal';
import type { EvidenceMap } from './recovery';
import type { TranscriptDocument, TokenizedTranscript } from '../../shared/transcript';

/** A transcript that the model wrote itself, its state run. */
export interface EvaluatedTranscript {
  readonly model: LoadedModel;
  readonly document: TranscriptDocument;
  readonly transcript: TokenizedTranscript;
  /** Up to the answer's end, logits read. */
  readonly state: TraceState;
  readonly evidence: EvidenceMap;
  readonly seed: number;
}

/** A way to score the tokens of a transcript for its answer. */
export interface EvaluationMethod {
  readonly name: string;
  readonly scores: (on: EvaluatedTranscript) => Promise<ArrayLike<number>>;
}

export function evaluationMethods(): EvaluationMethod[] {
  const hops = (method: TraceMethod, most: number) => Array.from({ length: most + 1 }, (_, n) => traceMethod(`${method}, ${n} hop${n === 1 ? '' : 's'}`, method, n));
  return [
    ...hops('flashtrace', 4),
    ...hops('flashtrace-producing', 4),
    ...hops('logit-flow', 4),
    bySentence(traceMethod('flashtrace, 2 hops', 'flashtrace', 2)),
    ...[2, 3, 4].map((n) => bySentence(traceMethod(`logit-flow, ${n} hops`, 'logit-flow', n))),
    traceMethod('ifr-span', 'ifr-span', 0),
    traceMethod('ifr-tokenwise (mean)', 'ifr-tokenwise', 0),
    { name: 'attention of the last layer', scores: lastAttention },
    { name: 'one sentence removed at a time', scores: sentenceAblation },
    { name: 'random', scores: ({ transcript: { tokens }, seed }) => {
      const random = mulberry32(seed);
      return Promise.resolve(Float64Array.from(tokens, random));
    } },
  ];
}

function traceMethod(name: string, method: TraceMethod, hops: number): EvaluationMethod {
  return { name, scores: async ({ model, document }) => (await traceTranscript(model, { document, target: 'answer', options: { method, hops } })).scores };
}

/** Sentence by sentence: the best-scored sentence's tokens first, among themselves by their own scores. */
function bySentence({ name, scores }: EvaluationMethod): EvaluationMethod {
  return {
    name: `${name}, by sentence`,
    scores: async (on) => {
      const own = await scores(on);
      const spread = new Float64Array(own.length);
      const sums = on.evidence.sentences.map(({ tokens }) => ({ tokens, sum: tokens.reduce((total, i) => total + own[i], 0) })).sort((a, b) => b.sum - a.sum);
      // Far apart, so that neither a sentence's length nor a token's score moves it past another sentence.
      sums.forEach(({ tokens, sum }, rank) => {
        for (const i of tokens) spread[i] = (1e-3 ** rank * (1 + (1e-3 * own[i]) / (sum + 1e-12))) / tokens.length;
      });
      return spread;
    },
  };
}

/** Mean over the last layer's heads and the rows that produced the answer. */
async function lastAttention({ model, transcript: { answer, tokens }, state }: EvaluatedTranscript): Promise<Float64Array> {
  const rows = Array.from({ length: answer!.end - answer!.start }, (_, i) => answer!.start - 1 + i);
  const { pattern, columns } = await model.runtime.session.attention(state, state.config.nLayers - 1, rows);
  const scores = new Float64Array(tokens.length);
  for (let at = 0; at < pattern.length; at++) scores[at % columns] += pattern[at];
  return scores;
}

/** Every token of a sentence gets by how much log P of the generation falls without the sentence. */
async function sentenceAblation(on: EvaluatedTranscript): Promise<Float64Array> {
  const removals = removalsOf(on);
  const scores = new Float64Array(on.transcript.tokens.length);
  for (const { tokens } of on.evidence.sentences) {
    const { logProbDrop } = await removals.measure([{ start: tokens[0], end: tokens[tokens.length - 1] + 1 }], {}, () => undefined);
    for (const i of tokens) scores[i] = logProbDrop / tokens.length;
  }
  return scores;
}

/** Removals measured on everything generated up to the answer's end. */
export function removalsOf({ model, transcript: { tokens, promptLength, answer }, state }: EvaluatedTranscript): Removals {
  const ids = tokens.slice(0, answer!.end).map(({ id }) => id);
  return new Removals(model.runtime, state, { ids, promptLength, target: answer! }, neutralToken(model.tokenizer, state.config.dVocab).id);
}
