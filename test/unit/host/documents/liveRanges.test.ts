import assert from 'node:assert/strict';
import { LiveRanges } from '../../../../src/host/documents/liveRanges';
import { rangeAfterEdits, type TextEdit } from '../../../../src/host/documents/textEdits';
import { SeededRandom } from '../../../support/seededEdits';

const edit = (offset: number, removed: number, inserted: string): TextEdit => ({ offset, removed, inserted });
/** Token ranges of "the cat sat", a template token in front. */
const TRACED = [null, { start: 0, end: 3 }, { start: 3, end: 7 }, { start: 7, end: 11 }];
const TEXT = 'the cat sat';

describe('ranges under edits', () => {
  it('moves ranges behind an edit, leaves those before it, loses those it touches', () => {
    assert.deepEqual(rangeAfterEdits({ start: 7, end: 11 }, [edit(4, 3, 'lion')]), { start: 8, end: 12 });
    assert.deepEqual(rangeAfterEdits({ start: 0, end: 3 }, [edit(4, 3, 'lion')]), { start: 0, end: 3 });
    assert.equal(rangeAfterEdits({ start: 3, end: 7 }, [edit(4, 3, 'lion')]), null);
  });

  it('keeps a range when text goes in right before or right behind it, and loses it when text goes inside', () => {
    assert.deepEqual(rangeAfterEdits({ start: 3, end: 7 }, [edit(3, 0, 'xx')]), { start: 5, end: 9 });
    assert.deepEqual(rangeAfterEdits({ start: 3, end: 7 }, [edit(7, 0, 'xx')]), { start: 3, end: 7 });
    assert.equal(rangeAfterEdits({ start: 3, end: 7 }, [edit(5, 0, 'xx')]), null);
  });

  it('follows several edits of one event, each in offsets before the event', () => {
    assert.deepEqual(rangeAfterEdits({ start: 7, end: 11 }, [edit(11, 0, '!'), edit(3, 1, ''), edit(0, 0, 'So ')]), { start: 9, end: 13 });
  });

  it('locates what is left of traced text, and finds the token at an offset', () => {
    const live = new LiveRanges(TRACED, TEXT.length);
    live.apply([edit(0, 0, 'So ')], TEXT.length + 3);
    assert.deepEqual(live.locate({ start: 0, end: 11 }), { start: 3, end: 14 });
    assert.deepEqual(live.locateTokens(2, 4), { start: 6, end: 14 });
    assert.equal(live.tokenAt(1), null);
    assert.equal(live.tokenAt(3), 1);
    live.apply([edit(4, 1, '')], TEXT.length + 2);
    assert.equal(live.current[1], null);
    assert.deepEqual(live.locate({ start: 0, end: 5 }), { start: 5, end: 9 });
    assert.equal(live.locate({ start: 0, end: 3 }), null);
  });

  it('locates the tokens that lie in traced characters or among positions, and no neighbour of them', () => {
    const live = new LiveRanges(TRACED, TEXT.length);
    assert.deepEqual(live.locate({ start: 3, end: 7 }), { start: 3, end: 7 });
    assert.deepEqual(live.locate({ start: 4, end: 5 }), { start: 3, end: 7 });
    assert.deepEqual(live.locate({ start: 7, end: 99 }), { start: 7, end: 11 });
    assert.deepEqual(live.locateTokens(0, 2), { start: 0, end: 3 });
    assert.deepEqual(live.locateTokens(2, 3), { start: 3, end: 7 });
    assert.equal(live.locateTokens(0, 1), null);
    assert.equal(new LiveRanges([{ start: 4, end: 4 }], 9).locateTokens(0, 1), null, 'a token without characters');
  });

  it('finds the first token at an offset, and none behind the last', () => {
    const live = new LiveRanges([{ start: 2, end: 5 }, { start: 2, end: 5 }, { start: 5, end: 6 }], 9);
    assert.deepEqual([1, 2, 4, 5, 6].map((offset) => live.tokenAt(offset)), [null, 0, 0, 2, null]);
  });

  it('finds words again behind other line ends, and not what holds one', () => {
    const [lf, crlf] = ['ab\n\ncd e\nf', 'ab\r\n\r\ncd e\r\nf'];
    const words = (text: string) => Array.from(text.matchAll(/[a-f]+|(?:\r?\n)+| /g), ({ index, 0: word }) => ({ start: index, end: index + word.length }));
    for (const [traced, now] of [[lf, crlf], [crlf, lf]]) {
      // Tokens need not stand in the text's order, nor in the text at all.
      const live = new LiveRanges([null, ...words(traced).reverse()], traced.length);
      live.apply([{ offset: 0, removed: traced.length, inserted: now }], now.length);
      assert.ok(live.current.every((range) => range === null));
      live.changeLineEnds(traced, now.length);
      assert.deepEqual(live.current, [null, ...words(now).reverse().map((range) => (now.slice(range.start, range.end).includes('\n') ? null : range))]);
      live.apply([{ offset: 0, removed: 0, inserted: 'x' }], now.length + 1);
      assert.deepEqual(live.current.at(-1), { start: 1, end: 3 });
    }
  });

  it('loses everything when the edits do not account for the new length', () => {
    const live = new LiveRanges(TRACED, TEXT.length);
    live.apply([], TEXT.length + 1);
    assert.deepEqual(live.current, [null, null, null, null]);
    live.reset();
    assert.deepEqual(live.current, TRACED);
  });

  it('never leaves a range on other characters: 300 random edit sequences', () => {
    const random = new SeededRandom(7);
    for (let round = 0; round < 300; round++) {
      let text = random.text(40);
      const cuts = [0, 5, 11, 12, 20, 33, 40];
      const ranges = cuts.slice(1).map((end, i) => ({ start: cuts[i], end }));
      const originals = ranges.map(({ start, end }) => text.slice(start, end));
      const live = new LiveRanges(ranges, text.length);
      for (let step = 0; step < 4; step++) {
        const edits = random.edits(text.length);
        for (const { offset, removed, inserted } of edits) text = text.slice(0, offset) + inserted + text.slice(offset + removed);
        live.apply(edits, text.length);
      }
      live.current.forEach((range, i) => {
        if (range) assert.equal(text.slice(range.start, range.end), originals[i], `round ${round}, token ${i}`);
      });
    }
  });
});
