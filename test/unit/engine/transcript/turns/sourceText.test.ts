import assert from 'node:assert/strict';
import { findRoleLines, lineBreakAt, turnsBetweenRoleLines, withoutFinalBreak } from '../../../../../src/engine/transcript/turns/roleLines';
import { SourceText, usesCrlf } from '../../../../../src/engine/transcript/turns/sourceText';
import { splitReasoning } from '../../../../../src/engine/transcript/turns/splitReasoning';

const placesOf = (source: SourceText) => Array.from({ length: source.text.length }, (_, i) => [source.startOf(i), source.endOf(i)]);

describe('SourceText', () => {
  it('stands as it is, or with LF for CRLF', () => {
    const plain = SourceText.of('xab\r\nc', 1, 6, false);
    assert.deepEqual([plain.text, plain.offsets, plain.range, plain.inDocument], ['ab\r\nc', undefined, { start: 1, end: 6 }, true]);
    assert.equal(SourceText.of('xab\nc', 1, 5, true).offsets, undefined);
    const crlf = SourceText.of('xa\r\n\rb\r\n', 1, 8, true);
    assert.deepEqual([crlf.text, placesOf(crlf), crlf.range], ['a\n\rb\n', [[1, 2], [2, 4], [4, 5], [5, 6], [6, 8]], { start: 1, end: 8 }]);
  });

  it('is cut with its places', () => {
    const crlf = SourceText.of('a\r\nb\r\n', 0, 6, true);
    assert.deepEqual([crlf.slice(1, 3).text, placesOf(crlf.slice(1, 3)), crlf.slice(1, 3).range], ['\nb', [[1, 3], [3, 4]], { start: 1, end: 4 }]);
    assert.deepEqual([crlf.slice(2).text, crlf.slice(2).range, crlf.slice(4).range], ['b\n', { start: 3, end: 6 }, { start: 6, end: 6 }]);
    const filled = SourceText.filledIn('value', 3, 7);
    assert.deepEqual([filled.slice(1, 3).text, placesOf(filled.slice(1, 3)), filled.range], ['al', [[3, 7], [3, 7]], { start: 3, end: 7 }]);
    const inserted = SourceText.inserted('ab');
    assert.deepEqual([inserted.inDocument, inserted.slice(1).text, inserted.slice(1).inDocument], [false, 'b', false]);
    for (const [text, trimmed, start] of [[' \n a b\t', 'a b', 3], ['ab', 'ab', 0], ['  ', '', 2], ['', '', 0]] as const) assert.deepEqual([SourceText.of(text, 0, text.length, false).trim().text, SourceText.of(text, 0, text.length, false).trim().range.start], [trimmed, start]);
  });

  it('knows the unit that starts at an offset', () => {
    const source = SourceText.of('x\r\ny\r\n\r\nz', 0, 9, true);
    for (let unit = 0; unit < source.text.length; unit++) assert.equal(source.unitAt(source.startOf(unit)), unit);
    assert.deepEqual([source.unitAt(9), source.unitAt(2), SourceText.of('xabc', 1, 4, false).unitAt(3)], [source.text.length, 2, 2]);
  });

  it('stands in another text\'s place', () => {
    const outer = SourceText.withOffsets('a"b', Uint32Array.from([10, 11, 13, 14]));
    const inner = SourceText.of('a"b', 1, 3, false).placedIn(outer);
    assert.deepEqual([inner.text, placesOf(inner), inner.range], ['"b', [[11, 13], [13, 14]], { start: 11, end: 14 }]);
    const empty = SourceText.of('a"b', 3, 3, false).placedIn(outer);
    assert.deepEqual(empty.range, { start: 14, end: 14 });
  });

  it('the first line break tells whether they are CRLF', () => {
    assert.deepEqual(['a\r\nb\n', 'a\nb\r\n', '\r\n', '\n', '', 'ab\r', '\n\r\n', 'a\r\rb\n'].map(usesCrlf), [true, false, true, false, false, false, false, false]);
  });
});

describe('reasoning in a text', () => {
  const split = (text: string) => {
    const { segments, closed } = splitReasoning(SourceText.of(text, 0, text.length, false));
    assert.equal(segments.map(({ source }) => source.text).join(''), text, 'nothing is lost');
    return [...segments.map(({ kind, source }) => `${kind}:${source.text}`), closed];
  };

  for (const [text, ...segments] of [
    ['a', 'text:a', true], ['', true], ['<think>r</think>a', 'markup:<think>', 'reasoning:r', 'markup:</think>', 'text:a', true], ['<thinking>r</thinking>a', 'markup:<thinking>', 'reasoning:r', 'markup:</thinking>', 'text:a', true], ['[THINK]r[/THINK]a', 'markup:[THINK]', 'reasoning:r', 'markup:[/THINK]', 'text:a', true],
    ['\n<think>\n r \n</think>\n\n a ', 'markup:\n', 'markup:<think>', 'markup:\n ', 'reasoning:r', 'markup: \n', 'markup:</think>\n\n ', 'text:a ', true],
    // An end alone, a beginning alone, an end before the beginning, text before.
    ['r</think>a', 'reasoning:r', 'markup:</think>', 'text:a', true], ['</think>a', 'markup:</think>', 'text:a', true], ['<think>', 'markup:<think>', false], ['<think>\n r \n', 'markup:<think>', 'markup:\n ', 'reasoning:r \n', false], ['<think> ', 'markup:<think>', 'markup: ', false],
    ['x<think>r</think>', 'text:x', 'markup:<think>', 'reasoning:r', 'markup:</think>', true], ['r</think>a<think>s', 'reasoning:r', 'markup:</think>', 'text:a<think>s', true], ['<think></think>', 'markup:<think>', 'markup:</think>', true], ['<think> </think>', 'markup:<think>', 'markup: ', 'markup:</think>', true],
    ['<think>r</think>a</think>b', 'markup:<think>', 'reasoning:r', 'markup:</think>', 'text:a</think>b', true], ['<thinking>r', 'markup:<thinking>', 'reasoning:r', false], ['r[/THINK]', 'reasoning:r', 'markup:[/THINK]', true], ['a < think', 'text:a < think', true],
  ] as const) {
    it(JSON.stringify(text), () => { assert.deepEqual(split(text), segments); });
  }

  // Families of their own: what stands around the answer is markup, too; an answer whose tag is not closed goes on.
  for (const [text, ...segments] of [
    ['<seed:think>r</seed:think>\na', 'markup:<seed:think>', 'reasoning:r', 'markup:</seed:think>\n', 'text:a', true],
    ['<think>\nr\n</think>\n<answer>\na\n</answer>\n', 'markup:<think>', 'markup:\n', 'reasoning:r', 'markup:\n', 'markup:</think>\n<answer>\n', 'text:a', 'markup:\n</answer>\n', true],
    ['<think>r</think> <response>a</response> b', 'markup:<think>', 'reasoning:r', 'markup:</think> <response>', 'text:a', 'markup:</response> ', 'text:b', true],
    ['<think>r</think><answer>a ', 'markup:<think>', 'reasoning:r', 'markup:</think><answer>', 'text:a ', false],
    ['<|START_THINKING|>r<|END_THINKING|><|START_RESPONSE|>a<|END_RESPONSE|>', 'markup:<|START_THINKING|>', 'reasoning:r', 'markup:<|END_THINKING|><|START_RESPONSE|>', 'text:a', 'markup:<|END_RESPONSE|>', true],
    ['<|START_TEXT|>a<|END_TEXT|>', 'markup:<|START_TEXT|>', 'text:a', 'markup:<|END_TEXT|>', true],
    ['a<|END_RESPONSE|><|END_OF_TURN_TOKEN|>', 'text:a', 'markup:<|END_RESPONSE|>', 'text:<|END_OF_TURN_TOKEN|>', true], ['a<|END_RESPONSE|> b', 'text:a<|END_RESPONSE|> b', true],
    ['<answer>a</answer>', 'markup:<answer>', 'text:a', 'markup:</answer>', true], ['<answer>a</answer> b', 'text:<answer>a</answer> b', true], ['<response>a</response>', 'text:<response>a</response>', true],
    ['Here is my thought process: r\n\nHere is my response: a', 'markup:Here is my thought process:', 'markup: ', 'reasoning:r', 'markup:\n\n', 'markup:Here is my response: ', 'text:a', true],
    ['Here is my thought process: r ', 'markup:Here is my thought process:', 'markup: ', 'reasoning:r ', false],
    ['Well. Here is my thought process: r Here is my response: a', 'text:Well. Here is my thought process: r Here is my response: a', true], ['Here is my response: a', 'text:Here is my response: a', true],
    ['<|channel>thought\nr<channel|>a', 'markup:<|channel>thought\n', 'reasoning:r', 'markup:<channel|>', 'text:a', true],
    // The tag that stands first counts.
    ['[THINK]Is <think> a tag? </think>[/THINK]a', 'markup:[THINK]', 'reasoning:Is <think> a tag? </think>', 'markup:[/THINK]', 'text:a', true],
    // Harmony: with the end of the prompt before it, and the token that ended it behind it; a header that is cut off.
    ['<|channel|>analysis<|message|>r<|end|><|start|>assistant<|channel|>final<|message|>a', 'markup:<|channel|>analysis<|message|>', 'reasoning:r', 'markup:<|end|><|start|>assistant<|channel|>final<|message|>', 'text:a', true],
    ['<|start|>assistant<|channel|>final<|message|>a<|return|>', 'markup:<|start|>assistant<|channel|>final<|message|>', 'text:a', 'markup:<|return|>', true],
    ['<|channel|>analysis<|message|>r', 'markup:<|channel|>analysis<|message|>', 'reasoning:r', false],
    ['<|channel|>analysis<|message|>r<|end|><|start|>assistant<|channel|>fin', 'markup:<|channel|>analysis<|message|>', 'reasoning:r', 'markup:<|end|><|start|>assistant<|channel|>fin', false],
    ['gpt-oss writes <|channel|>analysis', 'text:gpt-oss writes <|channel|>analysis', true],
  ] as const) {
    it(JSON.stringify(text), () => { assert.deepEqual(split(text), segments); });
  }
});

describe('role lines', () => {
  const roles = (text: string, marks: 1 | 6 = 1) => findRoleLines(text, 0, marks).map(({ role, start, end }) => [role, text.slice(start, end)]);

  it('are a role and a colon, with a number sign, attributes and blanks', () => {
    assert.deepEqual(roles('user:\n Assistant : \r\n# system:\n#tool:\ndeveloper[name="x"] :\nuser [a]:'), [['user', 'user:\n'], ['assistant', ' Assistant : \r\n'], ['system', '# system:\n'], ['tool', '#tool:\n'], ['developer', 'developer[name="x"] :\n'], ['user', 'user [a]:']]);
    assert.deepEqual(roles('user: Q\nusers:\nx user:\n- user:\n## user:\nuser[a\nb]:\nhuman:\nuser'), []);
    assert.deepEqual([roles('###### user:\n', 6).length, roles('####### user:\n', 6).length, roles('## user:\n', 1).length], [1, 0, 0]);
    assert.deepEqual(findRoleLines('user:\nQ\nassistant:\n', 3, 1).map(({ role }) => role), ['assistant']);
  });

  it('part turns, of which the last is the assistant\'s to the letter', () => {
    const turns = (text: string) => turnsBetweenRoleLines(text, 0, findRoleLines(text, 0, 1), 'system').map(({ role, content, complete }) => [role, content.map(({ source }) => source.text).join(''), complete]);
    assert.deepEqual(turns(' S \nuser:\n Q \n\nassistant:\n A \nuser:\nassistant:\n B \n\n'), [['system', 'S', true], ['user', 'Q', true], ['assistant', 'A', true], ['user', '', true], ['assistant', ' B \n', true]]);
    assert.deepEqual(turns('user:\r\nQ\r\nassistant:\r\nA\r\nB\r\n'), [['user', 'Q', true], ['assistant', 'A\nB', true]]);
    assert.deepEqual(turns('user:\nQ\nassistant:'), [['user', 'Q', true], ['assistant', '', false]]);
    assert.deepEqual(turns('user:\nQ\nassistant:\n\n'), [['user', 'Q', true], ['assistant', '', false]]);
    assert.deepEqual(turns('user:\nQ\nassistant:\n<think>R'), [['user', 'Q', true], ['assistant', '<think>R', false]]);
    assert.deepEqual(turns('user:\nQ\nassistant:\n\nuser:\nR'), [['user', 'Q', true], ['assistant', '', false], ['user', 'R', true]]);
    assert.deepEqual(turns('user:\nQ')[0], ['user', 'Q', true]);
  });

  it('end with their line breaks', () => {
    assert.deepEqual([0, 1, 2, 3, 4, 5].map((offset) => lineBreakAt('a\n\r\n\r', offset)), [0, 1, 2, 1, 0, 0]);
    assert.deepEqual((['a\n', 'a\r\n', 'a', 'a\n\n', '\n', '\r\n', ''] as const).map((text) => withoutFinalBreak(text, 0)), [1, 1, 1, 2, 0, 0, 0]);
    assert.deepEqual([withoutFinalBreak('a\r\n', 2), withoutFinalBreak('a\r\n', 3), withoutFinalBreak('a\n', 2), withoutFinalBreak('a\n', 1), withoutFinalBreak('a\r\n', 1)], [2, 3, 2, 1, 1]);
  });
});
