import type { CutResult } from '../../concepts/cuts';
import { CUT_NOTE, cutFigures, cutsSummary, LEVEL_NAMES } from '../../view/text/cutText';
import type { Style } from './terminalView';

const BOLD = '\x1b[1m';
const DIM = '\x1b[2m';

/** What hiding passages did, for a terminal: the best, then those that spoke against it. */
export function cutsView(cuts: CutResult, style: Style, top: number): string {
  const listed = cuts.passages.filter(({ level }) => level !== 'words'); // the text is coloured by them
  const shown = listed.filter(({ drop }) => drop > 0).slice(0, top);
  const against = listed.filter(({ drop }) => drop < 0).reverse().slice(0, Math.max(1, Math.floor(top / 3)));
  const line = ({ text, level, drop }: CutResult['passages'][number], rank: string): string => `${rank.padStart(3)}  ${cutFigures({ drop })}  ${level === 'sentences' ? '' : style(DIM, `${LEVEL_NAMES[level]}: `)}${text.replace(/\s+/g, ' ')}`;
  return [
    style(BOLD, 'Passages hidden from what was generated'),
    ...shown.map((passage, i) => line(passage, String(i + 1))),
    ...(against.length > 0 ? [style(BOLD, 'Spoke against it'), ...against.map((passage) => line(passage, ''))] : []),
    ...(cuts.together ? [style(BOLD, `Together: ${cutFigures(cuts.together).trim()}`), ...cuts.together.passages.map(({ text }) => `       ${text.replace(/\s+/g, ' ')}`)] : []),
    `  ${cutsSummary(cuts)}`,
    style(DIM, `  ${CUT_NOTE}`),
    '',
  ].join('\n');
}
