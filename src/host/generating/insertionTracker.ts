import type { TextEdit } from '../documents/textEdits';

/**
 * Follows the place where streamed text goes while the person may edit the same document. Edits before the place move
 * it, edits behind it do nothing, and text typed exactly at it stays behind what is still to come. An edit inside the text
 * streamed so far means that the person has taken over: `interrupted` is set and nothing more may be written.
 */
export class InsertionTracker {
  private begin: number;
  private next: number;
  private expected: string | null = null;
  private taken = false;

  constructor(offset: number) {
    this.begin = offset;
    this.next = offset;
  }

  /** Document offset of the next piece. */
  get offset(): number {
    return this.next;
  }

  get interrupted(): boolean {
    return this.taken;
  }

  /** True while an announced insertion has not been seen in the document. */
  get expecting(): boolean {
    return this.expected !== null;
  }

  /** Announces the insertion that is about to be made at `offset`, so that its change event is told from the person's. */
  expect(text: string): void {
    this.expected = text;
  }

  /** The announced insertion was refused (the document had moved on): it will be tried again. */
  withdraw(): void {
    this.expected = null;
  }

  /** The last characters that were inserted are not in the document any more, and will be inserted again. */
  takeBack(length: number): void {
    this.next -= length;
  }

  /** The document has become another one than was followed. */
  giveUp(): void {
    this.taken = true;
  }

  /** Follows one change event of the document. */
  observe(edits: readonly TextEdit[]): void {
    if (this.isExpected(edits)) {
      this.next += edits[0].inserted.length;
      this.expected = null;
      return;
    }
    let shift = 0;
    for (const { offset, removed, inserted } of edits) {
      const end = offset + removed;
      const beforeAll = end <= this.begin && !(removed === 0 && offset === this.next);
      if (beforeAll) shift += inserted.length - removed;
      else if (offset < this.next) this.taken = true;
    }
    this.begin += shift;
    this.next += shift;
  }

  private isExpected(edits: readonly TextEdit[]): boolean {
    return edits.length === 1 && edits[0].removed === 0 && edits[0].offset === this.next && edits[0].inserted === this.expected;
  }
}
