import { ranks } from '../../../src/evaluation/measures/statistics';
import type { RealRecord } from '../realRecord';

/** What was tried to come nearer to the truth from what traces say already, without a run; sentence scores from recorded ones. */
export const DERIVED: Readonly<Record<string, (record: RealRecord) => number[]>> = {
  'logit-flow, a token': perLength('logit-flow, 2 hops', (tokens) => tokens),
  'logit-flow, by the root of the tokens': perLength('logit-flow, 2 hops', Math.sqrt),
  'flashtrace, a token': perLength('flashtrace, 1 hop', (tokens) => tokens),
  'flashtrace, by the root of the tokens': perLength('flashtrace, 1 hop', Math.sqrt),
  'mean rank of logit-flow and flashtrace': combined(['logit-flow, 2 hops', 'flashtrace, 1 hop'], ranks),
  'mean share of logit-flow and flashtrace': combined(['logit-flow, 2 hops', 'flashtrace, 1 hop'], shares),
  'mean share of logit-flow, flashtrace, producing rows and token by token': combined(['logit-flow, 2 hops', 'flashtrace, 1 hop', 'flashtrace-producing, 1 hop', 'ifr-tokenwise (mean)'], shares),
  'logit-flow without the position\'s mean share': ({ scores }) => centred(scores['logit-flow, 2 hops']),
};

function perLength(method: string, weight: (tokens: number) => number): (record: RealRecord) => number[] {
  return ({ scores, sentences }) => scores[method].map((score, i) => score / weight(sentences[i].tokens[1] - sentences[i].tokens[0]));
}

function combined(methods: readonly string[], of: (scores: readonly number[]) => number[]): (record: RealRecord) => number[] {
  return ({ scores, sentences }) => {
    const all = methods.map((method) => of(scores[method]));
    return sentences.map((_, i) => all.reduce((sum, values) => sum + values[i], 0) / all.length);
  };
}

function shares(scores: readonly number[]): number[] {
  const total = scores.reduce((sum, score) => sum + Math.max(0, score), 0);
  return scores.map((score) => (total > 0 ? Math.max(0, score) / total : 0));
}

/** Later sentences get more from any method: less than a line through the shares, from the first sentence to the last. */
function centred(scores: readonly number[]): number[] {
  const of = shares(scores);
  const middle = (of.length - 1) / 2;
  const mean = of.reduce((a, b) => a + b, 0) / of.length;
  const spread = of.reduce((sum, _, i) => sum + (i - middle) ** 2, 0) || 1;
  const slope = of.reduce((sum, share, i) => sum + (i - middle) * (share - mean), 0) / spread;
  return of.map((share, i) => share - slope * (i - middle));
}
