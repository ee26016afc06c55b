import { withSigns } from '../../view/text/readable';

/** Colours, line breaks and tabs: ours, or harmless. */
const KEPT = /(\x1b\[[0-9;]*m|[\n\t])/;

/** Text for a terminal, in which what documents and models wrote cannot move the cursor, set titles or fill the clipboard. A file or a program gets it as it is. */
export function terminalText(text: string, isTerminal: boolean): string {
  return isTerminal ? text.split(KEPT).map((part, i) => (i % 2 === 1 ? part : withSigns(part))).join('') : text;
}
