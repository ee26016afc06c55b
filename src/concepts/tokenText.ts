import { overlaps, type CharRange } from './ranges';

/** What a token stands for and where. */
export interface PlacedText {
  readonly text: string;
  /** Document characters, or null for template tokens. */
  readonly range: CharRange | null;
}

/**
 * What each token adds to the text that its predecessors already show. Tokens that split one character (byte-level
 * pieces of an emoji or a Chinese character) all carry that character in `text` and share its range: the first one
 * shows it, the others show nothing of it. Joined, the pieces are the text as it stands. Neighbours alone share: the
 * model's text may have the document's in another order, and several tokens may stand for one placeholder.
 */
export function ownTexts(tokens: readonly PlacedText[]): string[] {
  let before: PlacedText | null = null;
  return tokens.map((token) => {
    const shares = before?.range && token.range && overlaps(before.range, token.range);
    const own = shares ? token.text.slice(sharedLength(before!.text, token.text)) : token.text;
    before = token;
    return own;
  });
}

/** Length of the character that `before` ends and `text` begins with, 0 where they are different ones. */
function sharedLength(before: string, text: string): number {
  const [first = ''] = text;
  return before.endsWith(first) ? first.length : 0;
}

/** Texts that carry no meaning of their own (METHOD step 3): blank, a comma, a full stop. */
export function isStopText(text: string): boolean {
  const stripped = text.trim();
  return stripped === '' || stripped === ',' || stripped === '.';
}
