import assert from 'node:assert/strict';
import type { Contrast } from '../../../src/concepts/contrast';
import { againstName, contrastFigures, contrastNames, traceTitle } from '../../../src/view/text/contrastText';
import { smallTrace } from '../../support/smallTrace';

const contrast = (written: string, other: string): Contrast => ({ written: { id: 1, text: written, probability: 0.97 }, other: { id: 2, text: other, probability: 0.021 } });
const view = smallTrace([{ text: 'a', region: 'prompt' }, { text: ' Oslo', region: 'answer' }], 1, [1, 2]);

describe('the words of a contrasted trace', () => {
  it('name the tokens without their spaces', () => {
    assert.deepEqual(contrastNames(contrast(' Oslo', 'Lisbon')), { written: 'Oslo', other: 'Lisbon' });
  });

  it('show white space where it is all that tells them apart', () => {
    assert.deepEqual(contrastNames(contrast(' Oslo', 'Oslo')), { written: '␣Oslo', other: 'Oslo' });
    assert.deepEqual(contrastNames(contrast('\n', ' x')), { written: '⏎', other: '␣x' });
  });

  it('ask the question, with what the model thought of both', () => {
    assert.equal(traceTitle(view), 'What led to “Oslo”');
    assert.equal(againstName(view), 'Worked against it');
    const compared = { ...view, contrast: contrast(' Oslo', ' Lisbon') };
    assert.equal(traceTitle(compared), 'Why “Oslo” rather than “Lisbon”');
    assert.equal(contrastFigures(compared.contrast), 'P(Oslo) 0.97, P(Lisbon) 0.021');
    assert.equal(againstName(compared), 'Spoke for “Lisbon”');
  });
});
