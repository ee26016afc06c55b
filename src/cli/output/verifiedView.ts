import { outcomes, type Verification } from '../../concepts/trials/verification';
import { DROP_NOTE, formatNats, type MeasuredTexts, OUTCOMES, passageFigures, trialNote, verificationSummary } from '../../view/text/verificationText';
import type { Style } from './terminalView';

const BOLD = '\x1b[1m';
const DIM = '\x1b[2m';
const LONGEST_NAME = Math.max(...Object.values(OUTCOMES).map(({ name }) => name.length));

/** Verified sources for a terminal, largest drop first, then what was drawn at random. */
export function verifiedView(verification: Verification, texts: MeasuredTexts, style: Style): string {
  const measured = outcomes(verification).map(({ passage, outcome }) => ({ passage, outcome, figures: passageFigures(passage, texts) }));
  const width = Math.max(0, ...measured.map(({ figures }) => figures.length));
  return [
    style(BOLD, 'Verified sources'),
    ...measured.map(({ passage, outcome, figures }, i) => {
      const rank = i < verification.sources.length ? String(i + 1) : '';
      const { sign, name } = OUTCOMES[outcome];
      const text = style(outcome === 'confirmed' || outcome === 'missed' ? BOLD : DIM, passage.text.replace(/\s+/g, ' '));
      return `${rank.padStart(3)}  ${sign} ${name.padEnd(LONGEST_NAME)}  drop ${formatNats(passage.logProbDrop).padStart(5)}  ${figures.padEnd(width)}  ${text}`;
    }),
    `  ${verificationSummary(verification)}`,
    style(DIM, `  ${trialNote(verification)} ${DROP_NOTE}`),
    '',
  ].join('\n');
}
