import { STATE_METHODS, hasHops, isByToken, type StateMethod } from '../../concepts/method';
import { DEFAULT_VERIFY_OPTIONS } from '../../concepts/trials/verification';
import { mulberry32 } from '../../engine/base/random';
import { verifyTranscript } from '../../engine/requests/verify/verifyTranscript';
import { scoresUpTo } from '../measures/hopScores';
import { MOST_HOPS, type EvaluatedTranscript } from '../transcripts/evaluatedTranscript';
import { measureSentences, removeSentences, removeTokens, spreadOverTokens, type RemovedSentence } from '../transcripts/removedSentences';
import { attentionRollout, lastAttention } from './attentionBaselines';
import { verifiedScores } from './verifiedScores';

/** A way to score the tokens of a transcript for its answer; docs/methods.md has the definitions. */
export interface EvaluationMethod {
  readonly name: string;
  /** [nTokens] at most; missing ones count as 0 */
  readonly scores: (on: EvaluatedTranscript) => Promise<Float64Array>;
  /** What is timed, where scores come from something longer that several methods share. */
  readonly alone?: (on: EvaluatedTranscript) => Promise<unknown>;
  /** Takes a run of the model for every token of the prompt: on the first transcripts only. */
  readonly isSlow?: boolean;
}

export function evaluationMethods(): EvaluationMethod[] {
  return [
    ...STATE_METHODS.filter(hasHops).flatMap((method) => Array.from({ length: MOST_HOPS + 1 }, (_, hops) => recursive(method, hops))),
    bySentence(recursive('flashtrace', 2)),
    ...[2, 3, 4].map((hops) => bySentence(recursive('logit-flow', hops))),
    ...STATE_METHODS.filter((method) => !hasHops(method)).map((method): EvaluationMethod => ({ name: isByToken(method) ? `${method} (mean)` : method, scores: async (on) => (await on.trace(method, 0)).scores })),
    { name: 'attention of the last layer', scores: (on) => lastAttention(on.model.runtime, on.state, on.answerRows) },
    { name: 'attention rollout', scores: (on) => attentionRollout(on.model.runtime, on.state.ids, on.answerRows, on.call) },
    { name: 'one token removed at a time', scores: removeTokens, isSlow: true },
    { ...bySentenceRemoval('one sentence removed at a time', ({ logProbDrop }) => logProbDrop), alone: measureSentences },
    bySentenceRemoval('CLP: KL of one sentence removed', ({ divergence }) => divergence),
    bySentenceRemoval('CLP as the reference package computes it', ({ selfContrastDrop }) => selfContrastDrop),
    verified('flashtrace', 1),
    verified('logit-flow', 2),
    { name: 'random', scores: ({ transcript: { tokens }, seed }) => Promise.resolve(Float64Array.from(tokens, mulberry32(seed))) },
  ];
}

function recursive(method: StateMethod, hops: number): EvaluationMethod {
  return {
    name: `${method}, ${hops} hop${hops === 1 ? '' : 's'}`,
    scores: async (on) => scoresUpTo(await on.longestTrace(method), hops),
    alone: (on) => on.trace(method, hops),
  };
}

/** Sentence by sentence: the best-scored sentence's tokens first, among themselves by their own scores. */
function bySentence({ name, scores, alone }: EvaluationMethod): EvaluationMethod {
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
    alone,
  };
}

function bySentenceRemoval(name: string, figure: (sentence: RemovedSentence) => number): EvaluationMethod {
  return { name, scores: async (on) => spreadOverTokens(await on.removedSentences(), figure, on.transcript.tokens.length), alone: removeSentences };
}

/** The sources that hold first, then the trace. */
function verified(method: StateMethod, hops: number): EvaluationMethod {
  const verify = (on: EvaluatedTranscript) => verifyTranscript(on.model, { document: on.document, target: 'answer', options: { method, hops }, verify: DEFAULT_VERIFY_OPTIONS }, on.call);
  return {
    name: `verified sources (${recursive(method, hops).name})`,
    scores: async (on) => verifiedScores((await verify(on)).sources, scoresUpTo(await on.longestTrace(method), hops)),
    alone: verify,
  };
}
