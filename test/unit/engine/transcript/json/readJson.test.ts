import assert from 'node:assert/strict';
import { readJson } from '../../../../../src/engine/transcript/json/readJson';
import { jsonTree, lineAndColumn } from '../../../../../src/engine/transcript/json/jsonTree';
import { TranscriptError } from '../../../../../src/engine/base/errors';

const lists = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const objects = (depth: number) => '{"a":'.repeat(depth - 1) + '{}' + '}'.repeat(depth - 1);
const both = (depth: number) => '[{"a":'.repeat(depth / 2) + '1' + '}]'.repeat(depth / 2);

describe('readJson', () => {
  it('gives the tree of what is JSON', () => {
    for (const text of ['{"a": [1]}', '[]', '"x"', '7', 'null', ' {} ']) assert.ok(readJson(text).root !== null, text);
    assert.equal(readJson('[1,]', { allowTrailingComma: true }).root!.children!.length, 1);
    assert.equal(readJson('[1] // x').root!.children!.length, 1);
  });

  it('says where a text is none', () => {
    for (const [text, offset] of [['{"a": }', 6], ['[1,]', 3], ['[1', 2], ['x', 0]] as const) {
      const read = readJson(text);
      assert.deepEqual([read.root, 'error' in read && read.error!.offset, 'tooDeep' in read && read.tooDeep], [null, offset, false], text);
    }
    assert.equal(readJson('[1] // x', { disallowComments: true }).root, null);
    assert.deepEqual(readJson(''), { root: null, error: { error: 4, offset: 0, length: 0 }, tooDeep: false });
  });

  it('nests 200 brackets deep and no deeper, whatever they are', () => {
    for (const nested of [lists, objects, both]) {
      assert.ok(readJson(nested(200)).root !== null);
      assert.deepEqual(readJson(nested(202)), { root: null, error: null, tooDeep: true });
    }
    assert.deepEqual([readJson(lists(201)).root, readJson(objects(201)).root], [null, null]);
    // Beside others that are flat, and as the last of two fields of one object.
    assert.equal(readJson(`{"a": 1, "b": [2, ${lists(199)}], "c": {}}`).root, null);
    assert.ok(readJson(`{"a": 1, "b": [2, ${lists(198)}], "c": {}}`).root !== null);
    // What the parser itself cannot follow.
    assert.deepEqual(readJson('['.repeat(100_000)), { root: null, error: null, tooDeep: true });
  });
});

describe('jsonTree', () => {
  const refuses = (text: string, message: RegExp) => assert.throws(() => jsonTree('a.json', text), (error: Error) => error instanceof TranscriptError && message.test(error.message));

  it('takes comments and trailing commas', () => {
    assert.equal(jsonTree('a.json', '[1, /* x */ 2,]').children!.length, 2);
  });

  it('says the line and the column of what is wrong', () => {
    refuses('{\n  "a": 1\n  "b": 2\n}', /^a\.json is not readable JSON \(CommaExpected at line 3, column 3\); correct it there\.$/);
    refuses('x', /^a\.json is not readable JSON \(InvalidSymbol at line 1, column 1\); correct it there\.$/);
    refuses(lists(201), /^a\.json nests its objects and lists deeper than any chat does; give a file that holds the chat alone\.$/);
  });
});

describe('lineAndColumn', () => {
  it('count from one, also at the ends of lines', () => {
    const text = 'ab\n\ncd\n';
    assert.deepEqual([0, 1, 2, 3, 4, 6, 7].map((offset) => lineAndColumn(text, offset)), ['line 1, column 1', 'line 1, column 2', 'line 1, column 3', 'line 2, column 1', 'line 3, column 1', 'line 3, column 3', 'line 4, column 1']);
    assert.equal(lineAndColumn('', 0), 'line 1, column 1');
    assert.equal(lineAndColumn('abc', 2), 'line 1, column 3');
    assert.equal(lineAndColumn(text, 4), 'line 3, column 1');
  });
});
