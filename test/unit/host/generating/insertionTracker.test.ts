import assert from 'node:assert/strict';
import type { TextEdit } from '../../../../src/host/documents/textEdits';
import { InsertionTracker } from '../../../../src/host/generating/insertionTracker';

const edit = (offset: number, removed: number, inserted: string): TextEdit => ({ offset, removed, inserted });

/** A tracker that has written "abcd" at 10. */
function written(): InsertionTracker {
  const tracker = new InsertionTracker(10);
  tracker.expect('abcd');
  tracker.observe([edit(10, 0, 'abcd')]);
  return tracker;
}

describe('following the place of streamed text', () => {
  it('moves on by its own insertions', () => {
    const tracker = written();
    assert.equal(tracker.offset, 14);
    assert.equal(tracker.expecting, false);
    assert.equal(tracker.interrupted, false);
  });

  it('moves with edits before it and ignores edits behind it', () => {
    const tracker = written();
    tracker.observe([edit(20, 3, ''), edit(2, 0, 'xyz'), edit(0, 1, '')]);
    assert.equal(tracker.offset, 16);
    tracker.expect('e');
    tracker.observe([edit(16, 0, 'e')]);
    assert.equal(tracker.offset, 17);
    assert.equal(tracker.interrupted, false);
  });

  it('stays before what the person types exactly at it', () => {
    const tracker = written();
    tracker.observe([edit(14, 0, 'typed')]);
    assert.equal(tracker.offset, 14);
    assert.equal(tracker.interrupted, false);
  });

  it('does not take a person\'s typing for its own text while an insertion is under way', () => {
    const tracker = written();
    tracker.expect('ef');
    tracker.observe([edit(0, 0, 'ef')]);
    assert.equal(tracker.expecting, true);
    assert.equal(tracker.offset, 16);
    tracker.withdraw();
    assert.equal(tracker.expecting, false);
  });

  for (const [what, touching] of [
    ['types inside it', edit(12, 0, 'x')],
    ['deletes its last letter', edit(13, 1, '')],
    ['undoes it', edit(10, 4, '')],
    ['deletes across its beginning', edit(8, 4, '')],
  ] as const) {
    it(`gives up when the person ${what}`, () => {
      const tracker = written();
      tracker.observe([touching]);
      assert.equal(tracker.interrupted, true);
    });
  }
});
