import { withSigns } from '../../view/text/readable';

/** What obeys controls: everything but colours, line breaks and tabs, which are ours or harmless. C1 controls count, too: to some terminals they are escapes. */
const CONTROLS = /\x1b(?!\[[0-9;]*m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text for a terminal, in which what documents and models wrote cannot move the cursor, set titles or fill the clipboard. A file or a program gets it as it is. */
export function terminalText(text: string, isTerminal: boolean): string {
  return isTerminal ? text.replace(CONTROLS, withSigns) : text;
}
