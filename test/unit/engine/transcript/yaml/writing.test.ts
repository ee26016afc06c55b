import assert from 'node:assert/strict';
import { isMap, isScalar, isSeq, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { entry, readYaml } from '../../../../../src/engine/transcript/yaml/readYaml';
import { column, newMessage, withinScalar } from '../../../../../src/engine/transcript/yaml/yamlWriting';

const PIECES = ['A "b"\n', 'c'];

function messagesOf(text: string): YAMLSeq {
  const { document } = readYaml(text, 0, text.length, 'It');
  const list: unknown = isSeq(document.contents) ? document.contents : entry(document, document.contents, 'messages');
  assert.ok(isSeq(list));
  return list;
}

/** The document with a new message in it. */
function withMessage(text: string): string {
  const { point: { offset, head, tail }, encodePiece } = newMessage(text, readYaml(text, 0, text.length, 'It'), messagesOf(text));
  return text.slice(0, offset) + head + PIECES.map(encodePiece).join('') + tail + text.slice(offset);
}

/** The document with more in the content of its last message; null where it takes none. */
function goingOn(text: string, pieces: readonly string[] = PIECES): string | null {
  const message = messagesOf(text).items.at(-1) as YAMLMap;
  const content: unknown = message.get('content', true);
  assert.ok(isMap(message) && isScalar(content));
  const writing = withinScalar(text, readYaml(text, 0, text.length, 'It'), message, content as Scalar);
  if (!writing) return null;
  const { point: { offset, head, tail }, encodePiece } = writing;
  return text.slice(0, offset) + head + pieces.map(encodePiece).join('') + tail + text.slice(offset);
}

/** With CRLF, too, where there are lines. */
function assertWrites(write: (text: string) => string | null, text: string, right: string): void {
  assert.equal(write(text), right);
  if (/\n./s.test(text)) assert.equal(write(text.replaceAll('\n', '\r\n')), right.replaceAll('\n', '\r\n'), 'with CRLF');
}

describe('a new message in YAML', () => {
  for (const [text, right] of [
    ['messages:\n  - role: user\n    content: Q\n', 'messages:\n  - role: user\n    content: Q\n  - role: assistant\n    content: |2+\n      A "b"\n      c\n'],
    ['messages:\n- role: user\n  content: Q\nmodel: x\n', 'messages:\n- role: user\n  content: Q\n- role: assistant\n  content: |2+\n    A "b"\n    c\nmodel: x\n'],
    ['messages:\n  - role: user\n    content: Q', 'messages:\n  - role: user\n    content: Q\n  - role: assistant\n    content: |2+\n      A "b"\n      c\n'],
    // Behind comments on the line, and behind blank lines, which a block with "+" would have for its own.
    ['messages:\n  - role: user\n    content: Q # why\n\n  \n\nmodel: x\n', 'messages:\n  - role: user\n    content: Q # why\n\n  \n\n  - role: assistant\n    content: |2+\n      A "b"\n      c\nmodel: x\n'],
    ['messages:\n  - role: user\n    content: |\n      Q\nmodel: x\n', 'messages:\n  - role: user\n    content: |\n      Q\n  - role: assistant\n    content: |2+\n      A "b"\n      c\nmodel: x\n'],
    ['messages:\n  - role: user\n    content: |+\n      Q\n\n\n', 'messages:\n  - role: user\n    content: |+\n      Q\n\n\n  - role: assistant\n    content: |2+\n      A "b"\n      c\n'],
    ['messages:\n  - {role: user, content: Q}\nmodel: x\n', 'messages:\n  - {role: user, content: Q}\n  - role: assistant\n    content: |2+\n      A "b"\n      c\nmodel: x\n'],
    ['- role: user\n  content: Q\n', '- role: user\n  content: Q\n- role: assistant\n  content: |2+\n    A "b"\n    c\n'],
    ['messages:\n    -   role: user\n        content: Q\n', 'messages:\n    -   role: user\n        content: Q\n    - role: assistant\n      content: |2+\n        A "b"\n        c\n'],
    // In a list between brackets, in double quotes; the lines go on in the column where the message begins.
    ['messages: [{role: user, content: Q}]\n', `messages: [{role: user, content: Q}, {"role": "assistant", "content": "A \\"b\\"\\\n${' '.repeat(35)}\\nc"}]\n`],
    ['[{role: user, content: Q}]', `[{role: user, content: Q}, {"role": "assistant", "content": "A \\"b\\"\\\n${' '.repeat(25)}\\nc"}]`],
    ['{"messages": [\n  {"role": "user", "content": "Q"}\n]}\n', `{"messages": [\n  {"role": "user", "content": "Q"}, {"role": "assistant", "content": "A \\"b\\"\\\n${' '.repeat(34)}\\nc"}\n]}\n`],
  ] as const) {
    it(`is written as the list is: ${JSON.stringify(text)}`, () => { assertWrites(withMessage, text, right); });
  }
});

describe('what goes on in a message in YAML', () => {
  const answer = (content: string) => `- role: user\n  content: Q\n- role: assistant\n  content:${content}`;
  for (const [before, after] of [
    [' "So"\n', ' "SoA \\"b\\"\\\n    \\nc"\n'], [' ""', ' "A \\"b\\"\\\n    \\nc"'], [' "So" # x\n', ' "SoA \\"b\\"\\\n    \\nc" # x\n'],
    // Nothing stands there: quotes do.
    ['', ' "A \\"b\\"\\\n    \\nc"'], ['\n', ' "A \\"b\\"\\\n    \\nc"\n'], [' ', ' "A \\"b\\"\\\n    \\nc"'], ['  \n- role: user\n  content: R\n'.slice(0, 3), '  "A \\"b\\"\\\n    \\nc"\n'], ['\t\n', '\t"A \\"b\\"\\\n    \\nc"\n'],
    [' |+\n    So\n', ' |+\n    SoA "b"\n    c\n'], [' |2+\n    So\n', ' |2+\n    SoA "b"\n    c\n'], [' |+2\n    So\n', ' |+2\n    SoA "b"\n    c\n'], [' |+\n    So', ' |+\n    SoA "b"\n    c\n'],
    [' |+\n      So\n', ' |+\n      SoA "b"\n      c\n'], [' |4+\n      So\n', ' |4+\n      SoA "b"\n      c\n'], [' |1+\n   So\n', ' |1+\n   SoA "b"\n   c\n'],
    [' |+\n    So\n\n', ' |+\n    So\n    A "b"\n    c\n'], [' |+\n    So\n  \n', ' |+\n    So\n    A "b"\n    c\n'], [' |+\n\n    So\n', ' |+\n\n    SoA "b"\n    c\n'],
    // A block without any line gets one.
    [' |2+\n', ' |2+\n    A "b"\n    c\n'], [' |2+', ' |2+\n    A "b"\n    c\n'], [' |2+\n    ', ' |2+\n    A "b"\n    c\n'],
  ] as const) {
    it(`stands behind ${JSON.stringify(before)}`, () => { assertWrites(goingOn, answer(before), answer(after)); });
  }

  it('keeps what stands behind the message', () => {
    const behind = 'model: x\n';
    const list = (content: string) => `messages:\n  - role: assistant\n    content: ${content}\n${behind}`;
    assertWrites(goingOn, list('|+\n      So'), list('|+\n      SoA "b"\n      c'));
    assertWrites(goingOn, list('|+\n      So\n\n'), list('|+\n      So\n\n      A "b"\n      c'));
    assertWrites(goingOn, list('"So"'), list('"SoA \\"b\\"\\\n      \\nc"'));
    assertWrites(goingOn, list(''), list('"A \\"b\\"\\\n      \\nc"'));
    // The first key tells the column, whichever it is.
    assertWrites(goingOn, 'messages:\n  - content: |2+\n      So\n    role: assistant\n', 'messages:\n  - content: |2+\n      SoA "b"\n      c\n    role: assistant\n');
  });

  it('has no place in a style that cannot hold every text', () => {
    for (const content of [' So', " 'So'", ' >+\n    So\n', ' >-\n    So\n', ' |-\n    So\n', ' |\n    So\n', ' |2\n    So\n', ' |2-\n    So\n', ' |-2\n    So\n', ' ~', ' null', ' # why\n', ' |+\n', ' |+']) assert.equal(goingOn(answer(content)), null, content);
    assert.equal(goingOn('[{role: assistant, content: }]'), null);
    assert.equal(goingOn('- {role: assistant, content: }\n'), null);
  });

  it('is escaped in double quotes', () => {
    const written = (piece: string) => goingOn(answer(' ""'), [piece])!.slice(answer(' "').length, -1);
    for (const [piece, right] of [
      ['"', '\\"'], ['\\', '\\\\'], ['\t', '\\t'], ['\r', '\\r'], ['\b', '\\b'], ['\f', '\\f'], ['\n', '\\\n    \\n'], ['\n\n', '\\\n    \\n\\\n    \\n'], ['\r\n', '\\r\\\n    \\n'],
      ['\0', '\\u0000'], ['\u001f', '\\u001f'], [' ', ' '], ['~', '~'], ['\u007f', '\\u007f'], ['\u009f', '\\u009f'], ['\u00a0', '\u00a0'], ['\u2028', '\\u2028'], ['\u2029', '\\u2029'], ['\ufeff', '\\ufeff'], ['é🙂', 'é🙂'],
    ]) assert.equal(written(piece), right, JSON.stringify(piece));
  });
});

describe('column', () => {
  it('counts from the line\'s beginning', () => {
    assert.deepEqual([[0, 0], [2, 2], [3, 0], [5, 2]].map(([offset]) => column('ab\ncd', offset)), [0, 2, 0, 2]);
  });
});
