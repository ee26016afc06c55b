import assert from 'node:assert/strict';
import { pythonEscapes, pythonStringSource } from '../../../../../src/engine/transcript/formats/markers/pythonString';

const read = (literal: string) => pythonStringSource(`x=${literal}, y`, 2)?.text;

describe('strings of Python', () => {
  it('are read with their escapes', () => {
    assert.equal(read(String.raw`'a\n\t\r\\\'\"'`), 'a\n\t\r\\\'"');
    assert.equal(read(String.raw`"it's \x41\u00e9\U0001F511"`), 'it\'s Aé🔑');
    assert.equal(read(String.raw`'\U0010ffff'`), '\u{10ffff}');
    assert.equal(read('\'\''), '');
  });

  it('keep the backslash of what is no escape', () => {
    for (const text of [String.raw`\q`, String.raw`\x4g`, String.raw`\x 4`, String.raw`\xg4`, String.raw`\x4`, String.raw`\u12`, String.raw`\U00110000`]) {
      assert.equal(read(`'${text}'`), text);
      assert.equal(read(`'${text}\\n'`), `${text}\n`);
    }
  });

  it('have the place of every unit, and end at their quote', () => {
    const text = String.raw`"a\n'\U0001f511\q" "b"`;
    const source = pythonStringSource(text, 0)!;
    assert.equal(source.text, 'a\n\'🔑\\q');
    assert.deepEqual(Array.from({ length: source.text.length + 1 }, (_, unit) => source.startOf(unit)), [1, 2, 4, 5, 15, 15, 16, 17]);
  });

  it('that their line does not close are none', () => {
    for (const text of ['\'a', '\'', '\'a\nb\'', '\'a\\', '\'a\\\nb\'', '\'a\\\'', '\'a"']) assert.equal(pythonStringSource(text, 0), null, JSON.stringify(text));
  });

  it('are written as repr writes them, in either quote', () => {
    assert.equal(pythonEscapes('\'')('a \'b\' "c"\n\t\r\\'), String.raw`a \'b\' "c"\n\t\r\\`);
    assert.equal(pythonEscapes('"')('a \'b\' "c"'), String.raw`a 'b' \"c\"`);
    assert.equal(pythonEscapes('\'')('\x00\x0b\x1f !~\x7f\x80é🔑'), '\\x00\\x0b\\x1f !~\\x7f\x80é🔑');
  });
});
