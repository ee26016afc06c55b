import type { CutPassage } from '../../src/concepts/cuts';
import { splitPassages } from '../../src/concepts/passages';
import type { TraceView } from '../../src/view/trace/traceView';

/** Cuts for looking at the panel: the evidence has an effect, one sentence spoke against it. @param known of the sentences, the first ones */
export function madeUpCuts(view: TraceView, evidence: readonly string[], against: string, known = Infinity): TraceView {
  const sentences = (['prompt', 'generation'] as const).flatMap((side) => splitPassages(view.tokens, view.promptLength, 'sentences', side)).filter(({ tokens: { end } }) => end <= view.target.start);
  const all = sentences.map((passage, i): CutPassage => {
    const rank = evidence.findIndex((text) => passage.text.includes(text));
    const drop = rank >= 0 ? 16.4 / (1 + rank * 1.7) : passage.text.includes(against) ? -0.84 : 0.02 * ((i % 5) - 2);
    return { ...passage, level: 'sentences', drop, targetDrop: drop / 3 };
  });
  const passages = all.slice(0, known).sort((a, b) => b.drop - a.drop);
  return {
    ...view,
    method: 'cut',
    recursionSpan: null,
    hopScores: [view.scores],
    ...(view.against && { hopAgainst: [view.against] }),
    thinkingRatios: [],
    cuts: { passages, measured: passages.length, sentences: sentences.length, allDrop: 31.7, together: null, prefills: passages.length / 9, isComplete: passages.length === sentences.length },
  };
}
