import { splitPassages } from '../../src/concepts/passages';
import { DEFAULT_REWRITE_OPTIONS, type RewrittenPassage, type Rewriting } from '../../src/concepts/trials/rewriting';
import type { TraceView } from '../../src/view/trace/traceView';

/** Answers written anew for looking at the panel: without the evidence they say something else. */
export function madeUpRewriting(view: TraceView, evidence: readonly string[], asked: string, other: string): Rewriting {
  const answer = (isKept: boolean) => ({ text: `So the answer is ${isKept ? asked : other}.`, conclusion: isKept ? asked : other, isKept, isCut: false });
  const passages = splitPassages(view.tokens, view.promptLength, 'sentences').map((passage, i): RewrittenPassage => {
    const isEvidence = evidence.some((text) => passage.text.includes(text));
    const answers = [0, 1, 2].map((k) => answer(!isEvidence || (i % 2 === 0 && k === 0)));
    return { ...passage, share: isEvidence ? 0.21 : 0.01, answers, kept: answers.filter(({ isKept }) => isKept).length };
  });
  const sources = passages.filter(({ share, text }) => share > 0.1 && !text.endsWith('?')).slice(0, 3);
  const unchanged = [0, 1, 2].map(() => answer(true));
  return {
    options: { ...DEFAULT_REWRITE_OPTIONS, samples: 3 },
    asked,
    unchanged: { answers: unchanged, kept: 3 },
    sources,
    control: passages.find(({ share, text }) => share < 0.1 && !text.startsWith('Facts'))!,
    notes: [],
    timings: { rewriteMs: 900, tokens: 240 },
  };
}
