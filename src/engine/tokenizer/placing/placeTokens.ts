import type { PieceCursor, UnitRange } from './pieceCursor';

/** How far to look for the place where tokens can be read again. */
const SEARCH_LIMIT = 1024;

/**
 * Places the tokens of one pre-token in the text, in order, and moves the cursor behind them. Tokens spell the text
 * except where the tokenizer inserted a space, dropped text, or has no token for a character: an inserted space is an
 * empty range, dropped text goes to the token before it, and tokens for unknown characters share what lies between
 * their readable neighbours.
 *
 * @param ranges receives one range per token, in units of the text
 */
export function placeTokens(cursor: PieceCursor, textLength: number, preToken: string, tokens: readonly string[], ranges: UnitRange[]): void {
  const begin = cursor.at;
  let k = 0;
  const insertedSpace = tokens.length > 0 && cursor.insertsSpace(preToken);
  if (insertedSpace) {
    const rest = tokens[0].slice(1);
    const range = rest.length === 0 ? { start: begin, end: begin } : cursor.take(rest);
    if (range) {
      ranges.push(range);
      k = 1;
    }
  }
  let end = -1;
  while (k < tokens.length) {
    const range = cursor.take(tokens[k]);
    if (range) {
      ranges.push(range);
      k++;
      continue;
    }
    const at = cursor.at;
    if (end < 0) end = preTokenEnd(cursor, begin, insertedSpace ? preToken.slice(1) : preToken);
    const found = readableAgain(cursor, tokens, k, end < 0 ? Math.min(textLength, at + SEARCH_LIMIT) : end);
    if (found?.token === k) {
      const last = ranges.at(-1);
      if (last && last.end === at) ranges[ranges.length - 1] = { start: last.start, end: found.at };
      cursor.jump(found.at);
      continue;
    }
    const gap = { start: at, end: found?.at ?? Math.max(end, at) };
    for (; k < (found?.token ?? tokens.length); k++) ranges.push(gap);
    cursor.jump(gap.end);
  }
}

/** Where the pre-token ends if it stands at `begin`, else -1. */
function preTokenEnd(cursor: PieceCursor, begin: number, preToken: string): number {
  const at = cursor.at;
  cursor.jump(begin);
  const length = cursor.measure(preToken);
  cursor.jump(at);
  return length === null ? -1 : begin + length;
}

/** The first place before `limit` where one of the tokens from `from` on stands, the earliest token first. */
function readableAgain(cursor: PieceCursor, tokens: readonly string[], from: number, limit: number): { at: number; token: number } | null {
  const start = cursor.at;
  for (let token = from; token < Math.min(tokens.length, from + SEARCH_LIMIT); token++) {
    for (let at = start + 1; at < limit; at++) {
      cursor.jump(at);
      if (cursor.measure(tokens[token]) !== null) return { at, token };
    }
  }
  cursor.jump(start);
  return null;
}
