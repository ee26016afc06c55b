import assert from 'node:assert/strict';
import type { Scalar } from 'yaml';
import { TranscriptError } from '../../../../../src/engine/base/errors';
import { hasFrontMatter, readFrontMatter } from '../../../../../src/engine/transcript/yaml/frontMatter';
import { entry, isNull, readYaml, stringValue } from '../../../../../src/engine/transcript/yaml/readYaml';
import { yamlMessages } from '../../../../../src/engine/transcript/yaml/yamlMessages';
import { type Value, yamlValue, yamlValues } from '../../../../../src/engine/transcript/yaml/yamlValue';

const PYTHON = { version: '1.1' } as const;
const read = (text: string, dialect?: typeof PYTHON) => readYaml(text, 0, text.length, 'It', dialect);
const plain = (value: Value): unknown => JSON.parse(JSON.stringify(value));
const refuses = (run: () => unknown, message: RegExp) => assert.throws(run, (error: Error) => error instanceof TranscriptError && message.test(error.message));

/** A value as JavaScript's reader of YAML 1.2 has it, and as Python's of 1.1. */
function values(text: string): [unknown, unknown] {
  const [script, python] = [read(text), read(text, PYTHON)];
  return [plain(yamlValue(script, script.document.contents, 'It', false)), plain(yamlValue(python, python.document.contents, 'It', true))];
}

describe('values of YAML', () => {
  for (const [text, script, python] of [
    ['x', 'x', 'x'], ['"7"', '7', '7'], ['7', 7, 7], ['-7', -7, -7], ['1.5', 1.5, 1.5], ['true', true, true], ['yes', 'yes', true], ['no', 'no', false], ['~', null, null], ['', null, null], ['null', null, null],
    // Numbers that JavaScript has no equal for are their text.
    ['1.0', 1, '1.0'], ['10.', 10, '10.0'], ['-2.00', -2, '-2.0'], ['+3.0', 3, '3.0'], ['.5', 0.5, 0.5], ['1.25', 1.25, 1.25],
    ['9007199254740993', '9007199254740993', '9007199254740993'], ['-9007199254740993', '-9007199254740993', '-9007199254740993'], ['+9007199254740993', '9007199254740993', '9007199254740993'], ['9007199254740991', 9007199254740991, 9007199254740991],
    ['0x20000000000001', '9007199254740992', '9007199254740992'],
    // What PyYAML takes for text.
    ['y', 'y', 'y'], ['N', 'N', 'N'], ['1e3', 1000, '1e3'], ['-1E3', -1000, '-1E3'], ['1.5e3', 1500, '1.5e3'], ['1.e3', 1000, '1.e3'], ['.5e1', 5, '.5e1'], ['1.5e+3', 1500, 1500], ['1_0e3', '1_0e3', '1_0e3'], ['yy', 'yy', 'yy'], ['x1e3', 'x1e3', 'x1e3'], ['1e3x', '1e3x', '1e3x'],
    // Dates.
    ['2024-01-31', '2024-01-31', '2024-01-31'], ['2024-01-31T10:20:30Z', '2024-01-31T10:20:30Z', '2024-01-31 10:20:30+00:00'], ['2024-01-31 10:20:30.250 +01:00', '2024-01-31 10:20:30.250 +01:00', '2024-01-31 09:20:30.250+00:00'],
    ['[1, [x], {a: b}]', [1, ['x'], { a: 'b' }], [1, ['x'], { a: 'b' }]], ['{7: a, 1.0: b, true: c, ~: d, "e f": g}', { 7: 'a', '1.0': 'b', true: 'c', '~': 'd', 'e f': 'g' }, { 7: 'a', '1.0': 'b', true: 'c', '~': 'd', 'e f': 'g' }],
    ['? [a]\n: b', { '': 'b' }, { '': 'b' }], ['a: &x 1\nb: *x\n*x : c', { a: 1, b: 1, 1: 'c' }, { a: 1, b: 1, 1: 'c' }], ['{a: , b: }', { a: null, b: null }, { a: null, b: null }],
  ] as const) {
    it(`are read: ${JSON.stringify(text)}`, () => { assert.deepEqual(values(text), [script, python]); });
  }

  it('have no prototype, and those of what is no mapping are none', () => {
    const text = read('{a: {b: 1}}');
    const value = yamlValue(text, text.document.contents, 'It', false) as Record<string, object>;
    assert.deepEqual([Object.getPrototypeOf(value), Object.getPrototypeOf(value.a)], [null, null]);
    for (const other of ['[1]', 'x', '', '7']) assert.deepEqual(yamlValues(read(other), read(other).document.contents, 'It', false), {}, other);
    assert.deepEqual({ ...yamlValues(text, entry(text.document, text.document.contents, 'a'), 'It', false) }, { b: 1 });
  });

  const message = /^The values in the sample are more than 100000 or nested deeper than 100; make them fewer\.$/;
  const value = (text: string) => yamlValue(read(text), read(text).document.contents, 'the sample', false);

  it('are 100 deep at most', () => {
    const deep = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    assert.ok(value(deep(101)));
    refuses(() => value(deep(102)), message);
    refuses(() => value(`${'{a: '.repeat(101)}x${'}'.repeat(101)}`), message);
  });

  it('are 100,000 at most: aliases stand for their values again and again', () => {
    const rows = (last: number) => `[&a [${Array(99).fill('x').join(',')}], ${Array(998).fill('*a').join(',')}, &b [${Array(last).fill('x').join(',')}]]`;
    assert.equal((value(rows(98)) as unknown[]).length, 1000);
    refuses(() => value(rows(99)), message);
  });
});

describe('readYaml', () => {
  it('says the line of what is no YAML, in the whole text', () => {
    for (const [text, line] of [['a: b: c\n', 1], ['a: 1\nb: [1\n', 3], ['a: 1\n- b\n', 2], ['a: "x\n', 2]] as const) {
      const given = `---\n${text}---\n`;
      refuses(() => readYaml(given, 4, 4 + text.length, 'The front matter of a'), new RegExp(`^The front matter of a is not readable YAML \\(line ${line + 1}: [A-Z][^\\n.:]*[^.:]\\); correct it\\.$`));
    }
    refuses(() => read('a: b: c'), /^It is not readable YAML \(line 1: Nested mappings are not allowed in compact mappings\); correct it\.$/);
    refuses(() => read('a: 1\na: 2'), /^It is not readable YAML \(line 2: Map keys must be unique\); correct it\.$/);
  });

  it('takes a million characters and no more', () => {
    assert.equal(readYaml(`#${' '.repeat(1 << 20)}`, 1, 1 + (1 << 20), 'It').offset, 1);
    refuses(() => readYaml(`#${' '.repeat(1 << 20)}`, 0, 1 + (1 << 20), 'It'), /^It holds 1048577 characters, more than a prompt file's 1048576; shorten it\.$/);
  });

  it('finds fields, texts and nulls', () => {
    const { document } = read('a: &x {b: t}\nc: *x\nn:\ni: 7\nl: [a]\n');
    const at = (key: string) => entry(document, document.contents, key);
    assert.equal(stringValue(entry(document, at('c'), 'b')), 't');
    assert.deepEqual([stringValue(at('i')), stringValue(at('l')), stringValue(null), stringValue(at('n'))], [null, null, null, null]);
    assert.deepEqual([entry(document, at('i'), 'b'), entry(document, null, 'b'), entry(document, at('l'), '0'), at('missing')], [null, null, null, null]);
    assert.deepEqual(['n', 'i', 'a', 'missing'].map((key) => isNull(at(key))), [true, false, false, false]);
  });
});

describe('front matter', () => {
  for (const [text, held, body] of [
    ['---\na: 1\n---\nB', 'a: 1\n', 'B'], ['---\na: 1\n---', 'a: 1\n', ''], ['---\na: 1\n---  \nB', 'a: 1\n', 'B'], ['---  \r\na: 1\r\n---\t\r\nB', 'a: 1\r\n', 'B'], ['\n\n---\na: 1\n---\nB', 'a: 1\n', 'B'], ['+++\na: 1\n+++\nB', 'a: 1\n', 'B'], ['---\n---\nB', '', 'B'],
    ['---\na: --- b\n# ---\n---\nB\n---\n', 'a: --- b\n# ---\n', 'B\n---\n'], ['---\na: 1\n---\n\n B', 'a: 1\n', '\n B'], ['---\na: |\n  x\n  ---\n---\nB', 'a: |\n  x\n  ---\n', 'B'], ['---\na: 1\n+++\nB', 'a: 1\n', 'B'],
  ] as const) {
    it(`stands between its lines: ${JSON.stringify(text)}`, () => {
      const { yaml, bodyStart } = readFrontMatter('a', text);
      assert.deepEqual([hasFrontMatter(text), text.slice(yaml!.offset, yaml!.offset + held.length), text.slice(bodyStart)], [true, held, body]);
      assert.deepEqual(yaml!.document.toJS(), readYaml(held, 0, held.length, 'It').document.toJS());
    });
  }

  it('is none without its lines, and has an end', () => {
    for (const text of ['', 'a: 1\n---\n', 'x\n---\na: 1\n---\n', '----\na: 1\n---\n', '--- a: 1\n---\n', '---']) assert.deepEqual([hasFrontMatter(text), readFrontMatter('a', text)], [false, { yaml: null, bodyStart: 0 }], JSON.stringify(text));
    for (const [text, line] of [['---\na: 1\n', 1], ['\n\n---\na: 1\n --- \n', 3], ['---\na: 1\n---x\n', 1], ['---\na: 1\n----\n', 1]] as const) {
      assert.equal(hasFrontMatter(text), false);
      refuses(() => readFrontMatter('a.prompty', text), new RegExp(`^The front matter of a\\.prompty begins in line ${line} and has no end; add a line "---" behind it\\.$`));
    }
  });
});

describe('messages of YAML', () => {
  const messages = (text: string) => yamlMessages(read(text), read(text).document.contents as never, 'a');

  it('have roles under several names', () => {
    for (const [name, role] of [['system', 'system'], ['developer', 'developer'], ['user', 'user'], ['human', 'user'], ['assistant', 'assistant'], ['model', 'assistant'], ['ai', 'assistant'], ['tool', 'tool'], ['User', 'user']]) {
      assert.deepEqual(messages(`- {role: ${name}, content: x}`).map((message) => [message.role, (message.content as Scalar).value]), [[role, 'x']], name);
    }
    assert.deepEqual(messages('- role: user').map(({ content }) => content), [null]);
  });

  it('are refused in one sentence', () => {
    refuses(() => messages('- {role: user}\n- x'), /^Message 2 of a is no mapping with a role and a content; write it as "- role: user" with "content:" below\.$/);
    refuses(() => messages('- {content: x}'), /^Message 1 of a has no "role"; use one of system, developer, user, assistant, tool\.$/);
    refuses(() => messages('- {role: 7, content: x}'), /^Message 1 of a has no "role"/);
    refuses(() => messages('- {role: critic, content: x}'), /^Message 1 of a has the role "critic"; use one of/);
    refuses(() => messages('- {role: user, content: [x]}'), /^Message 1 of a has a content that is a list; only text can be traced: write it as one text\.$/);
    refuses(() => messages('- {role: user, content: {x: y}}'), /has a content that is a mapping; only text/);
  });
});
