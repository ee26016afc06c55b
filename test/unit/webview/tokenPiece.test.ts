import assert from 'node:assert/strict';
import { tokenPiece } from '../../../webview/elements/tokenPiece';

describe('tokenPiece', () => {
  const piece = (text: string): string[] => Object.values(tokenPiece(0, text)).slice(1) as string[];

  it('keeps leading spaces outside the box and shows what cannot be seen', () => {
    assert.deepEqual(piece(' Oslo'), [' ', 'Oslo', '', '']);
    assert.deepEqual(piece('.\n\n'), ['', '.', '⏎⏎', '\n\n']);
    assert.deepEqual(piece('\r\n\t '), ['', '', '⏎⇥·', '\n']);
    assert.deepEqual(piece('  '), ['', '', '··', '']);
    assert.deepEqual(piece(''), ['', '', '◦', '']);
    assert.deepEqual(piece('a\nb'), ['', 'a\nb', '', '']);
  });
});
