import type { CharRange } from '../../../concepts/ranges';

/** A line's beginning in a document, or in a JSON string: then the mark of a list. */
const LINE_BEFORE = /(?:^|\n|(?<!\\)(?:\\\\)*\\n)([^\S\n]*(?:(?:[-*+•–]|\d{1,3}[.)]|#{1,6}|>)[^\S\n]+)?)$/;
const LINE_END = /^[^\S\n]*(?:\r?\n|\\n)/;

/**
 * A document without a passage: where nothing is left of its line, without the line (and the mark of a list that it began with); of two blanks that come together, with one.
 * @param range of the passage, as `Passage` has it
 */
export function withoutPassage(text: string, { start, end }: CharRange): string {
  const [before, after] = [text.slice(0, start), text.slice(end)];
  const line = LINE_BEFORE.exec(before);
  const lineEnd = LINE_END.exec(after);
  if (line && lineEnd) return before.slice(0, before.length - line[1].length) + after.slice(lineEnd[0].length);
  if (/[^\S\n]$/.test(before) && /^(?:[^\S\n]|\r?\n|\\n|["'`]|$)/.test(after)) return before.replace(/[^\S\n]+$/, '') + after;
  return before + (line ? after.replace(/^[^\S\n]+/, '') : after);
}
