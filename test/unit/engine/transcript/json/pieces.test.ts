import assert from 'node:assert/strict';
import { joinedPieces, placedPieces } from '../../../../../src/engine/transcript/json/pieces';
import { SourceText } from '../../../../../src/engine/transcript/turns/sourceText';

const DOCUMENT = '["ab\\n", "c", "\\"d"]';
const PIECES = [SourceText.withOffsets('ab\n', Uint32Array.from([2, 3, 4, 6])), SourceText.of(DOCUMENT, 10, 11, false), SourceText.withOffsets('"d', Uint32Array.from([15, 17, 18]))];
const standing = (source: SourceText) => Array.from({ length: source.text.length }, (_, unit) => DOCUMENT.slice(source.startOf(unit), source.endOf(unit)));

describe('a text in pieces', () => {
  it('is one text whose units stand in the pieces', () => {
    const joined = joinedPieces(PIECES);
    assert.equal(joined.text, 'ab\nc"d');
    assert.deepEqual([0, 1, 2, 3, 4, 5].map((unit) => joined.startOf(unit)), [2, 3, 4, 10, 15, 17]);
    assert.deepEqual(joined.range, { start: 2, end: 18 });
  });

  it('gives the pieces of a part of it', () => {
    const pieces = (from: number, to: number) => placedPieces(SourceText.of('ab\nc"d', from, to, false), PIECES).map((piece) => [piece.text, standing(piece)]);
    assert.deepEqual(pieces(0, 6), [['ab\n', ['a', 'b', '\\n']], ['c', ['c']], ['"d', ['\\"', 'd']]]);
    assert.deepEqual(pieces(1, 5), [['b\n', ['b', '\\n']], ['c', ['c']], ['"', ['\\"']]]);
    assert.deepEqual([pieces(3, 4), pieces(4, 6), pieces(2, 3)], [[['c', ['c']]], [['"d', ['\\"', 'd']]], [['\n', ['\\n']]]]);
  });
});
