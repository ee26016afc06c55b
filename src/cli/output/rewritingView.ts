import { rewriteVerdict, type RewrittenPassage, type Rewriting } from '../../concepts/trials/rewriting';
import { REWRITE_NOTE, REWRITE_OUTCOMES, rewriteFigures, rewriteSentence, rewritingSummary } from '../../view/text/rewritingText';
import type { Style } from './terminalView';

const BOLD = '\x1b[1m';
const DIM = '\x1b[2m';
const LONGEST_NAME = Math.max(...Object.values(REWRITE_OUTCOMES).map(({ name }) => name.length));

/** Answers written anew, for a terminal: without each of the best sentences, then without a random one, then to the prompt as it stands. */
export function rewritingView(rewriting: Rewriting, style: Style): string {
  const { sources, control, unchanged, asked, notes } = rewriting;
  const lines = (passage: RewrittenPassage, rank: string): string[] => {
    const verdict = rewriteVerdict(passage, unchanged);
    const { sign, name } = REWRITE_OUTCOMES[verdict];
    const text = style(verdict === 'unchanged' ? DIM : BOLD, passage.text.replace(/\s+/g, ' '));
    return [`${rank.padStart(3)}  ${sign} ${name.padEnd(LONGEST_NAME)}  ${text}`, `${' '.repeat(9 + LONGEST_NAME)}${rewriteSentence(passage, asked)} ${style(DIM, `(${rewriteFigures(passage)})`)}`];
  };
  return [
    style(BOLD, 'Written anew without'),
    ...sources.flatMap((passage, i) => lines(passage, String(i + 1))),
    ...(control ? lines(control, '?') : []),
    `  As it stands: ${rewriteSentence(unchanged, asked)}.`,
    `  ${rewritingSummary(rewriting)}`,
    ...notes.map((note) => `  ${note}`),
    style(DIM, `  ${REWRITE_NOTE}`),
    '',
  ].join('\n');
}
