import assert from 'node:assert/strict';
import { controlOf, DEFAULT_VERIFY_OPTIONS, leastDropOf, outcomes, rankSources, type MeasuredPassage, type Verification } from '../../../src/concepts/trials/verification';
import { formatNats, passageFigures, verificationCount, verificationSummary } from '../../../src/view/text/verificationText';

const passage = (text: string, logProbDrop: number, share = 0.1): MeasuredPassage => ({
  text, range: { start: 0, end: 1 }, tokens: { start: 0, end: 1 }, share, logProbDrop, targetLogProbBefore: Math.log(0.97), targetLogProbAfter: Math.log(0.02),
});
/** The drops of what was proposed, of what was drawn at random, and of what was found beside them. */
function verify(drops: readonly number[], random: readonly number[], found: readonly number[] = []) {
  const measured = drops.map((drop) => passage(`s${drop}`, drop));
  const drawn = random.map((drop) => passage(`r${drop}`, drop));
  const control = controlOf(drawn);
  const leastDrop = leastDropOf(measured, control);
  return { sources: rankSources(measured, [...drawn.filter((other) => other !== control), ...found.map((drop) => passage(`f${drop}`, drop))], leastDrop), control, leastDrop };
}
const verdicts = (...drops: Parameters<typeof verify>) => verify(...drops).sources.map(({ text, verdict }) => `${text} ${verdict}`);

describe('rankSources', () => {
  it('puts the largest drop first, the larger share first where drops are equal', () => {
    const sources = rankSources([passage('a', 1, 0.5), passage('b', 9, 0.1), passage('c', 1, 0.6)], [passage('d', 4)], 0.1);
    assert.deepEqual(sources.map(({ text }) => text), ['b', 'd', 'c', 'a']);
  });

  it('confirms what does more than a random passage, and more than next to nothing', () => {
    assert.deepEqual(verdicts([9, 0.09, 2, -1], [0.01]), ['s9 confirmed', 's2 confirmed', 's0.09 no effect', 's-1 no effect']);
    // Whatever is taken out hurts: what hurts like anything else is no source.
    assert.deepEqual(verdicts([20, 5.2, 4.9, 5], [5.1]), ['s20 confirmed', 's5.2 confirmed', 's5 no effect', 's4.9 no effect']);
  });

  it('takes for the control the random passage that does least, and lists the others that do more', () => {
    assert.equal(verify([16, 12], [20, 0]).control?.text, 'r0');
    assert.deepEqual(verdicts([16, 12], [20, 0], [14, 0.05]), ['r20 missed', 's16 confirmed', 'f14 missed', 's12 confirmed']);
  });

  it('is not misled by a random passage that is a source itself', () => {
    assert.deepEqual(verdicts([16, 12, 0, 0.001], [20]), ['s16 confirmed', 's12 confirmed', 's0.001 no effect', 's0 no effect']);
  });

  it('does without a control', () => {
    assert.deepEqual(verify([0.2], []), { sources: [{ ...passage('s0.2', 0.2), verdict: 'confirmed' }], control: null, leastDrop: 0.1 });
    assert.deepEqual(verify([], []), { sources: [], control: null, leastDrop: 0.1 });
  });
});

describe('what views say about verified sources', () => {
  const verification = (...drops: Parameters<typeof verify>): Verification => ({
    ...verify(...drops),
    options: DEFAULT_VERIFY_OPTIONS, othersLogProbDrop: 0, replacement: { id: 0, text: '<pad>' }, logProb: -1, timings: { verifyMs: 1, modelRuns: 1 },
  });

  it('shows both figures', () => {
    assert.equal(passageFigures(passage('x', 3, 0.21), { target: 'Oslo' }), 'share 21%, P(Oslo) 0.97 → 0.02');
    assert.equal(passageFigures({ ...passage('x', 3, 0.21), other: { logProbBefore: Math.log(0.01), logProbAfter: Math.log(0.35) } }, { target: 'Oslo', other: 'Lisbon' }), 'share 21%, P(Oslo) 0.97 → 0.02, P(Lisbon) 0.01 → 0.35');
    assert.match(passageFigures(passage('x', 3), { target: 'the city that Lena works in is Oslo' }), /^share 10%, P\(the city that Lena work…\) /);
    assert.deepEqual([16.609, 0.7, -0.0007, -0.25, 9.996, 123.45].map(formatNats), ['16.6', '0.70', '0.00', '−0.25', '10.0', '123.5']);
  });

  it('sums up in one sentence', () => {
    assert.equal(verificationSummary(verification([9, 3, 0], [0])), '2 of 3 proposed sentences are confirmed.');
    assert.equal(verificationCount(verification([9, 3, 0], [0])), '2 of 3 sources confirmed');
    assert.equal(verificationCount(verification([9, 0], [7, 0])), '1 of 2 sources confirmed, 1 missed');
    assert.equal(verificationSummary(verification([9], [0])), '1 of 1 proposed sentence is confirmed.');
    assert.equal(verificationSummary(verification([9, 0], [7, 0])), '1 of 2 proposed sentences is confirmed; 1 that the trace did not propose has an effect, too.');
    assert.equal(verificationSummary(verification([0.01, 0], [7, 0], [3])), 'None of the 2 proposed sentences has an effect; 2 that the trace did not propose have an effect.');
    const none = (othersLogProbDrop: number | null) => verificationSummary({ ...verification([0, 0], [0]), othersLogProbDrop });
    assert.equal(none(0), 'None of the 2 proposed sentences has an effect, nor have all others together: what was generated hangs on none of them alone.');
    assert.equal(none(5), 'None of the 2 proposed sentences has an effect, but all others have one together: ask for more of them.');
    assert.equal(none(null), 'None of the 2 proposed sentences has an effect when it is taken out alone.');
    assert.match(verificationSummary(verification([], [])), /nothing to verify\.$/);
  });

  it('lists everything that was taken out, the control last', () => {
    assert.deepEqual(outcomes(verification([0, 9], [7, 0])).map(({ outcome }) => outcome), ['confirmed', 'missed', 'no effect', 'random']);
  });
});
