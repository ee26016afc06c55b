import { getHeapStatistics } from 'node:v8';
import { withinTime } from '../../../base/timeLimit';
import { RenderError } from './errors';

// What no prompt needs: a template beyond it would stop the engine or fill its memory.
const MOST_STEPS = 5_000_000;
export const LONGEST_OUTPUT = 1 << 27;
/** Text that is made in one step: by repeating or padding one. */
const LONGEST_REPEATED = 1 << 26;
/** Items that a list gets in one step: each is an object. */
const LONGEST_LIST = 1 << 20;
/** Milliseconds of reading a template, and of rendering it: all steps that there may be take a part of it. */
const MOST_MS = 10_000;
const STEPS_BETWEEN_LOOKS = 256;
/** Of the memory that there is for values; what lies beyond belongs to the model's own tables. */
const MOST_OF_HEAP = 0.75;

/** Counts what one rendering does. */
export class Steps {
  private count = 0;
  private looked = 0;

  /** @param weight of the step @throws RenderError where there are too many, or where little memory is left */
  take(weight = 1): void {
    this.count += weight;
    if (this.count > MOST_STEPS) throw new RenderError('it takes more steps than any prompt needs');
    if (this.count - this.looked < STEPS_BETWEEN_LOOKS) return;
    this.looked = this.count;
    const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
    if (used > limit * MOST_OF_HEAP) throw new RenderError('it takes more memory than any prompt needs');
  }
}

/** Reads or renders a template. @throws TimeLimitError */
export function withinTemplateTime<T>(work: () => T): T {
  return withinTime(MOST_MS, work);
}

/** @throws RenderError for a length that no text of a prompt has */
export function checkedLength(length: number): number {
  if (length > LONGEST_REPEATED) throw new RenderError('a text is made longer than any context');
  return length;
}

/** @throws RenderError for a number of items that no list of a prompt has */
export function checkedItems(count: number): number {
  if (count > LONGEST_LIST) throw new RenderError('a list is made longer than any prompt needs');
  return count;
}
