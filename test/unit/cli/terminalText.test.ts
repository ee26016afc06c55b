import assert from 'node:assert/strict';
import { terminalText } from '../../../src/cli/output/terminalText';

describe('text for a terminal', () => {
  it('holds no control but colours, line breaks and tabs', () => {
    assert.equal(terminalText('\x1b[1mOslo\x1b[0m\n\tx', true), '\x1b[1mOslo\x1b[0m\n\tx');
    assert.equal(terminalText('a\x1b]52;c;aGk=\x07b\x1b[2Jc\x9b2Jd\re\x08\u202ef', true), 'aU+001B]52;c;aGk=U+0007bU+001B[2JcU+009B2Jd⏎eU+0008U+202Ef');
  });

  it('is what it is for a file or another program', () => {
    assert.equal(terminalText('a\x1b[2J\r', false), 'a\x1b[2J\r');
  });
});
