/** One token as it is written into the stream: `lead`, then a box of `text` and `glyphs`, then `trail`. */
export interface TokenPiece {
  readonly token: number;
  /** Spaces before the first visible character: outside the box, so that the colour hugs the word. */
  readonly lead: string;
  readonly text: string;
  /** Stands for what cannot be seen: line breaks, spaces, and the rest of a character that a token before began. */
  readonly glyphs: string;
  /** The line breaks themselves. */
  readonly trail: string;
}

export function tokenPiece(token: number, text: string): TokenPiece {
  if (text === '') return { token, lead: '', text: '', glyphs: '◦', trail: '' };
  const [, lead, middle, end] = /^([ ]*)(.*?)(\s*)$/s.exec(text)!;
  if (middle === '') return { token, lead: '', text: '', glyphs: visible(text), trail: breaks(text) };
  return {
    token,
    lead,
    text: middle,
    glyphs: visible(end),
    trail: breaks(end),
  };
}

function visible(whiteSpace: string): string {
  return whiteSpace.replace(/\r\n?|\n/g, '⏎').replace(/\t/g, '⇥').replace(/\s/g, '·');
}

function breaks(whiteSpace: string): string {
  return whiteSpace.replace(/\r\n?/g, '\n').replace(/[^\n]/g, '');
}
