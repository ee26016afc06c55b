import assert from 'node:assert/strict';
import { ownTexts } from '../../../src/concepts/tokenText';

const at = (text: string, start: number, end: number) => ({ text, range: { start, end } });

describe('ownTexts', () => {
  it('shows a character that tokens split once', () => {
    assert.deepEqual(ownTexts([at('a', 0, 1), at('🙂', 1, 3), at('🙂', 1, 3), at('🙂!', 1, 4), at('!', 4, 5)]), ['a', '🙂', '', '!', '!']);
  });

  it('shows all of a text that stands before another one in the document', () => {
    assert.deepEqual(ownTexts([at(' is', 90, 93), { text: '\n', range: null }, at('Call', 10, 14), at(' it', 14, 17)]), [' is', '\n', 'Call', ' it']);
  });

  it('shows nothing of a token without text, and all of the one behind it', () => {
    assert.deepEqual(ownTexts([at('Oslo', 0, 4), at('', 2, 4), at('lo', 2, 4)]), ['Oslo', '', 'lo']);
  });

  it('shows all of a value that stands for a placeholder', () => {
    assert.deepEqual(ownTexts([at('New', 5, 13), at(' York', 5, 13), at(' City', 5, 13)]), ['New', ' York', ' City']);
  });
});
