import type { CharRange } from '../../concepts/ranges';

/** One replacement, in offsets of the text before the event it belongs to. */
export interface TextEdit {
  readonly offset: number;
  /** UTF-16 units taken out. */
  readonly removed: number;
  readonly inserted: string;
}

/** Edits made at once, and the length of the text after them. */
export interface TextChange {
  readonly edits: readonly TextEdit[];
  readonly length: number;
}

/** Change of the text's length by all edits of one event. */
export function lengthDelta(edits: readonly TextEdit[]): number {
  return edits.reduce((sum, edit) => sum + edit.inserted.length - edit.removed, 0);
}

/**
 * Where a range stands after the edits of one event: moved by what changed before it, null when its own characters were
 * touched. Text put in right before or right behind a range leaves it alone: its characters are still the same.
 */
export function rangeAfterEdits(range: CharRange, edits: readonly TextEdit[]): CharRange | null {
  let shift = 0;
  for (const edit of edits) {
    const editEnd = edit.offset + edit.removed;
    if (editEnd <= range.start) shift += edit.inserted.length - edit.removed;
    else if (edit.offset < range.end) return null;
  }
  return shift === 0 ? range : { start: range.start + shift, end: range.end + shift };
}
