import type { VerifiedSource } from '../../concepts/trials/verification';

/**
 * Scores by a verification: a source that holds gives its tokens what log P fell by without it, in equal parts. All other tokens keep their
 * order by the trace, scaled so that none of them, and no other passage as a whole, comes before a source that holds; where none does, the trace has the say.
 * @param trace scores of the trace that proposed the sources, [nTokens]
 */
export function verifiedScores(sources: readonly VerifiedSource[], trace: ArrayLike<number>): Float64Array {
  const held = sources.filter(({ verdict }) => verdict !== 'no effect');
  const scores = Float64Array.from(trace, (score) => Math.max(0, score));
  const mass = scores.reduce((a, b) => a + b, 0);
  // All of the trace together stays below the least that a token of a source gets.
  const least = held.reduce((min, { logProbDrop, tokens }) => Math.min(min, logProbDrop / (tokens.end - tokens.start)), Infinity);
  const scale = held.length > 0 && mass > 0 ? least / (2 * mass) : 1;
  for (let i = 0; i < scores.length; i++) scores[i] *= scale;
  for (const { logProbDrop, tokens } of held) scores.fill(logProbDrop / (tokens.end - tokens.start), tokens.start, tokens.end);
  return scores;
}
