import assert from 'node:assert/strict';
import type { Verification } from '../../../../src/concepts/trials/verification';
import type { TextEdit } from '../../../../src/host/documents/textEdits';
import { textHash } from '../../../../src/host/documents/textHash';
import { optionsOf, placeOf, TraceState } from '../../../../src/host/tracing/traceState';
import { SeededRandom } from '../../../support/seededEdits';
import { smallTrace } from '../../../support/smallTrace';

const TEXT = 'Ada works. Oslo';
const VIEW = smallTrace([{ text: '<s>', region: 'template' }, { text: 'Ada', region: 'prompt' }, { text: ' works', region: 'prompt' }, { text: '.', region: 'prompt' }, { text: ' Oslo', region: 'answer' }], 4, [4, 5]);
const RANGES = VIEW.tokens.map(({ range }) => range);
const VERIFIED = {} as Verification;

/** A trace of the text, whose sources have been tried out. */
function traced(text = TEXT): TraceState {
  const state = new TraceState('file:///a.txt', VIEW, { method: 'flashtrace', hops: 1 }, { textHash: textHash(text), textLength: text.length });
  state.verified = VERIFIED;
  return state;
}

const edit = (offset: number, removed: number, inserted: string): TextEdit => ({ offset, removed, inserted });

/** Makes an edit in the text and in what follows it. */
function change(state: TraceState, text: string, ...edits: readonly TextEdit[]): string {
  const after = edits.reduce((before, { offset, removed, inserted }) => before.slice(0, offset) + inserted + before.slice(offset + removed), text);
  state.follow([{ edits, length: after.length }], after);
  return after;
}

describe('a trace of a document', () => {
  it('is fresh at first, shows all target tokens and stands where it was traced', () => {
    const state = traced();
    assert.deepEqual([state.uri, state.view, state.options, state.stale, state.chosen], ['file:///a.txt', VIEW, { method: 'flashtrace', hops: 1 }, false, null]);
    assert.deepEqual(state.live.current, RANGES);
  });

  it('is stale once its text is another one, whatever its length, and loses what was verified', () => {
    for (const [one, lengthens] of [[edit(0, 1, 'I'), false], [edit(0, 0, 'x'), true], [edit(10, 1, ''), false]] as const) {
      const state = traced();
      const text = change(state, TEXT, one);
      assert.equal(state.stale, true, text);
      assert.equal(state.verified, null);
      assert.deepEqual(state.live.current[4], lengthens ? { start: 11, end: 16 } : one.removed > one.inserted.length ? null : { start: 10, end: 15 });
    }
  });

  it('is fresh again when its text is the traced one again, with every range in its place', () => {
    const state = traced();
    const edited = change(state, TEXT, edit(1, 1, 'nn'));
    assert.equal(state.live.current[1], null);
    assert.equal(change(state, edited, edit(1, 2, 'd')), TEXT);
    assert.equal(state.stale, false);
    assert.deepEqual(state.live.current, RANGES);
    assert.equal(state.verified, null, 'what was verified does not come back');
    const untouched = traced();
    untouched.follow([], TEXT);
    assert.deepEqual([untouched.stale, untouched.verified], [false, VERIFIED]);
  });

  it('follows what was typed while it was computed, one change after the other', () => {
    const state = traced();
    state.follow([{ edits: [edit(0, 0, 'So ')], length: TEXT.length + 3 }, { edits: [edit(0, 1, 's')], length: TEXT.length + 3 }], `so ${TEXT}`);
    assert.equal(state.stale, true);
    assert.deepEqual(state.live.current[1], { start: 3, end: 6 });
  });

  it('that is opened again fits its text, or stands nowhere, however it is edited then', () => {
    const same = traced();
    same.reopen(TEXT);
    assert.deepEqual([same.stale, same.live.current, same.verified], [false, RANGES, VERIFIED]);
    const other = traced();
    other.reopen('Ada rests. Oslo');
    assert.deepEqual([other.stale, other.verified], [true, null]);
    assert.deepEqual(other.live.current, RANGES.map(() => null));
    change(other, 'Ada rests. Oslo', edit(0, 0, 'x'));
    assert.deepEqual(other.live.current, RANGES.map(() => null));
    other.reopen(TEXT);
    assert.deepEqual([other.stale, other.live.current], [false, RANGES]);
  });

  for (const [from, to] of [['\n', '\r\n'], ['\r\n', '\n']]) {
    it(`with ${JSON.stringify(to)} in the place of ${JSON.stringify(from)} is stale, and every token that holds no line end stands where it was in its line`, () => {
      const [traced, now] = [from, to].map((end) => ['Ada', 'works.', 'Oslo'].join(end));
      const view = smallTrace([{ text: 'Ada', region: 'prompt' }, { text: from, region: 'prompt' }, { text: 'works', region: 'prompt' }, { text: `.${from}`, region: 'prompt' }, { text: 'Oslo', region: 'answer' }], 4, [4, 5]);
      const places = view.tokens.map(({ range }) => range!);
      const state = new TraceState('file:///a.txt', view, { method: 'flashtrace', hops: 1 }, { textHash: textHash(traced), textLength: traced.length });
      assert.equal(change(state, traced, edit(0, traced.length, now)), now);
      assert.equal(state.stale, true);
      assert.deepEqual(state.live.current.map((range) => range && now.slice(range.start, range.end)), ['Ada', null, 'works', null, 'Oslo']);
      assert.equal(change(state, now, edit(0, now.length, traced)), traced);
      assert.deepEqual([state.stale, state.live.current], [false, places]);
      const other = change(state, traced, edit(0, traced.length, now.replace('Ada', 'Bob')));
      assert.deepEqual(state.live.current, places.map(() => null), other);
    });
  }

  it('goes with its document to another name', () => {
    const state = traced();
    state.chosen = 4;
    const moved = state.movedTo('file:///b.txt');
    assert.deepEqual([moved.uri, moved.view.documentName, moved.chosen, moved.stale, moved.verified, moved.textHash], ['file:///b.txt', 'file:///b.txt', 4, false, VERIFIED, state.textHash]);
    change(moved, TEXT, edit(0, 1, 'I'));
    assert.equal(moved.stale, true);
    assert.equal(moved.movedTo('file:///c.txt').stale, true);
  });

  it('never is fresh on another text, nor stale on its own: 200 random sequences of edits and their way back', () => {
    const random = new SeededRandom(11);
    for (let round = 0; round < 200; round++) {
      const state = traced();
      const texts = [TEXT];
      for (let step = 0; step < 3; step++) texts.push(change(state, texts[step], ...random.edits(texts[step].length)));
      const text = texts[3];
      assert.equal(state.stale, text !== TEXT, JSON.stringify(texts));
      state.live.current.forEach((range, i) => {
        if (range) assert.equal(text.slice(range.start, range.end), TEXT.slice(RANGES[i]!.start, RANGES[i]!.end));
      });
      assert.equal(change(state, text, edit(0, text.length, TEXT)), TEXT);
      assert.deepEqual([state.stale, state.live.current], [false, RANGES]);
    }
  });

  it('is in the conversation of its first token that still stands', () => {
    const state = traced();
    assert.equal(placeOf(state), 0);
    change(state, TEXT, edit(0, 3, 'Bo'));
    assert.equal(placeOf(state), 2);
    state.reopen('');
    assert.equal(placeOf(state), undefined);
    assert.equal(placeOf(undefined), undefined);
  });

  it('that comes back without its options has those that it shows', () => {
    assert.deepEqual(optionsOf({ method: 'logit-flow', hopScores: [[], [], []] }, 0), { method: 'logit-flow', hops: 2 });
    assert.deepEqual(optionsOf({ method: 'ifr-span', hopScores: [] }, 0.1), { method: 'ifr-span', hops: 0, renormThreshold: 0.1 });
  });
});
