import assert from 'node:assert/strict';
import { textHash } from '../../../../src/host/documents/textHash';

describe('hash of a text', () => {
  it('is the SHA-256 of its UTF-16 units, halves of characters told apart', () => {
    assert.equal(textHash('Oslo'), '6fb235525419d23bdbaab4f57ac73cb80c441413dc3d3369fceb021382d71271');
    assert.notEqual(textHash('\ud800'), textHash('\ud801'));
  });
});
