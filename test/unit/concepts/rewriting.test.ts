import assert from 'node:assert/strict';
import { isQuestion } from '../../../src/concepts/passages';
import { askedOf, conclusionOf, rewriteVerdict, says } from '../../../src/concepts/trials/rewriting';

const LONG = 'Let us look at this step by step, as the prompt asks for it, and name who works where before anything is concluded. '.repeat(2);

describe('what an answer concludes', () => {
  for (const [answer, wanted] of [
    ['Oslo', 'Oslo'],
    [' The guarantee is 45 days.\n', 'The guarantee is 45 days.'],
    ['Dora works at Halcyon. Therefore it is Oslo.', 'Dora works at Halcyon. Therefore it is Oslo.'],
    [`${LONG}Therefore, Ivan's manager works in \\boxed{Lisbon}.`, 'Lisbon'],
    ['\\boxed{\\frac{1}{2}} is wrong; \\boxed{\\text{2 km}}', '\\text{2 km}'],
    [`${LONG}\n\nThe final answer is: Oslo.`, 'Oslo.'],
    [`${LONG}\n\nTherefore, the answer is **Oslo**.`, '**Oslo**.'],
    [`Therefore we begin with a long list. ${LONG}\n${LONG}\n\nDora sits in Oslo.`, 'Dora sits in Oslo.'],
    ['', ''],
  ]) it(`${JSON.stringify(answer.slice(-60))}: ${JSON.stringify(wanted)}`, () => assert.equal(conclusionOf(answer), wanted));
});

describe('whether an answer says the same', () => {
  it('goes by letters and digits, whole words', () => {
    assert.ok(says('**Oslo**.', 'oslo') && says('It is in Oslo, Norway', 'Oslo Norway') && says('４５ days', '45 days'));
    assert.ok(says('答案是奥斯陆。', '奥斯陆') && !says('答案是东京。', '奥斯陆'), 'scripts without blanks have no words to go by');
    assert.ok(!says('Oslofjord', 'Oslo') && !says('450 days', '45') && !says('', 'Oslo'));
  });

  it('asks for the traced text where the old conclusion holds it, else for that conclusion', () => {
    assert.equal(askedOf(' 45 days', 'The guarantee is 45 days.'), '45 days');
    assert.equal(askedOf('works in', `${LONG}Therefore \\boxed{Lisbon}`), 'Lisbon');
    assert.equal(askedOf('...', 'Oslo'), 'Oslo');
  });

  it('has a verdict beside what the model writes anyway', () => {
    const written = (kept: number) => ({ answers: [], kept });
    assert.deepEqual([0, 1, 3, 4].map((kept) => rewriteVerdict(written(kept), written(3))), ['changed', 'wavers', 'unchanged', 'unchanged']);
    assert.equal(rewriteVerdict(written(0), written(0)), 'unchanged');
  });
});

describe('questions', () => {
  it('are told by their sign or word', () => {
    for (const text of ['Who?', 'Question: who is it', 'Q. Name it.', '谁？', '"Really?"']) assert.ok(isQuestion({ text }), text);
    for (const text of ['Who knows.', 'Quarter: 3', 'The question is open.']) assert.ok(!isQuestion({ text }), text);
  });
});
