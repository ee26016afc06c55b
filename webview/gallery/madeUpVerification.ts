import { splitPassages } from '../../src/concepts/passages';
import { controlOf, DEFAULT_VERIFY_OPTIONS, leastDropOf, rankSources, type MeasuredPassage, type Verification } from '../../src/concepts/trials/verification';
import type { TraceView } from '../../src/view/trace/traceView';

/** A verification for looking at the panel: the evidence has an effect, nothing else has. @param limit how many passages are proposed */
export function madeUpVerification(view: TraceView, evidence: readonly string[], limit = 6): Verification {
  const passages = splitPassages(view.tokens, view.promptLength, 'sentences').map((passage, i): MeasuredPassage => {
    const rank = evidence.findIndex((text) => passage.text.includes(text));
    const share = view.scores.slice(passage.tokens.start, passage.tokens.end).reduce((a, b) => a + b, 0) / view.scores.slice(0, view.promptLength).reduce((a, b) => a + b, 0);
    const after = rank < 0 ? 0.968 - 0.004 * (i % 3) : [0.021, 0.34, 0.93, 0.0004][rank % 4];
    return { ...passage, share, logProbDrop: rank < 0 ? 0.012 * ((i % 5) - 1) : 23.4 / (1 + rank * 1.7), targetLogProbBefore: Math.log(0.97), targetLogProbAfter: Math.log(after) };
  });
  const ranked = [...passages].sort((a, b) => b.share - a.share);
  const [measured, random] = [ranked.slice(0, limit), ranked.slice(limit).reverse().slice(0, 2)];
  const control = controlOf(random);
  const leastDrop = leastDropOf(measured, control);
  return {
    options: DEFAULT_VERIFY_OPTIONS,
    sources: rankSources(measured, random.filter((passage) => passage !== control), leastDrop),
    control,
    leastDrop,
    othersLogProbDrop: 0.01,
    replacement: { id: 0, text: '<|endoftext|>' },
    logProb: -0.21,
    timings: { verifyMs: 120, modelRuns: limit + 1 },
  };
}
