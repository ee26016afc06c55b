import assert from 'node:assert/strict';
import { answerOf, choicesFor } from '../../../../src/host/comparing/contrastChoices';
import { contrastTarget } from '../../../../src/host/comparing/contrastTarget';
import { LiveRanges } from '../../../../src/host/documents/liveRanges';
import { smallTrace } from '../../../support/smallTrace';

const ALTERNATIVES = {
  position: 3,
  written: { id: 1, text: ' Oslo', probability: 0.97 },
  others: [{ id: 7, text: ' Lisbon', probability: 0.021 }, { id: 8, text: '\n', probability: 0.0041 }],
};

describe('the question what a target is compared with', () => {
  it('offers the model’s alternatives with visible spaces and their probabilities', () => {
    assert.deepEqual(choicesFor(ALTERNATIVES, ''), [
      { label: '␣Lisbon', description: 'P 0.021', other: { id: 7, text: ' Lisbon' } },
      { label: '⏎', description: 'P 0.0041', other: { id: 8, text: '\n' } },
    ]);
  });

  it('offers what is typed, too, unless it is one of them', () => {
    assert.deepEqual(choicesFor(ALTERNATIVES, 'Cairo').at(-1), { label: 'Other text: “Cairo”', alwaysShow: true, other: { text: 'Cairo' } });
    for (const typed of ['Lisbon', ' Lisbon', '␣Lisbon', '  ']) assert.equal(choicesFor(ALTERNATIVES, typed).length, 2, typed);
  });

  it('takes what is typed as it is by the time of the answer', () => {
    const [lisbon] = choicesFor(ALTERNATIVES, '');
    assert.deepEqual(answerOf(lisbon, 'Lis'), lisbon.other);
    assert.deepEqual(answerOf(choicesFor(ALTERNATIVES, 'Cair').at(-1), 'Cairo'), { text: 'Cairo' });
    assert.deepEqual(answerOf(undefined, 'Cairo'), { text: 'Cairo' });
    assert.equal(answerOf(undefined, ' '), null);
  });
});

describe('what the question is about', () => {
  // " a" stands at 0 to 2, " Os" at 2 to 5, "lo" at 5 to 7; the last two are the target.
  const view = smallTrace([{ text: ' a', region: 'prompt' }, { text: ' Os', region: 'answer' }, { text: 'lo', region: 'answer' }], 1, [1, 3]);
  const live = () => new LiveRanges(view.tokens.map(({ range }) => range), 7);
  const at = (offset: number) => ({ start: offset, end: offset });

  it('the selection, before anything else', () => {
    assert.deepEqual(contrastTarget({ start: 5, end: 7 }, { view, stale: false, live: live() }), { target: { start: 5, end: 7 }, isTraced: false });
  });

  it('the trace’s target where the cursor is in it or at its end, or nothing is selected (the panel)', () => {
    for (const selection of [at(3), at(6), at(7), null]) {
      assert.deepEqual(contrastTarget(selection, { view, stale: false, live: live() }), { target: { tokens: { start: 1, end: 3 } }, isTraced: true });
    }
  });

  it('where it stands now, after an edit', () => {
    const moved = live();
    moved.apply([{ offset: 0, removed: 0, inserted: 'xx' }], 9);
    assert.deepEqual(contrastTarget(at(5), { view, stale: true, live: moved }), { target: { start: 4, end: 9 }, isTraced: true });
  });

  it('else the empty selection, which the engine refuses; without one nothing', () => {
    assert.deepEqual(contrastTarget(at(1), { view, stale: false, live: live() }), { target: at(1), isTraced: false });
    assert.deepEqual(contrastTarget(at(6), undefined), { target: at(6), isTraced: false });
    assert.equal(contrastTarget(null, undefined), null);
  });
});
