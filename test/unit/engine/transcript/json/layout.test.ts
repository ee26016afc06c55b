import assert from 'node:assert/strict';
import { parseTree, type Node } from 'jsonc-parser';
import { newField, newItem } from '../../../../../src/engine/transcript/json/writing/layout';

const tree = (text: string): Node => parseTree(text)!;
const ITEM = { role: 'a', parts: [{ type: 't' }] };

/** The list with one item more, and the object with one field more, to the letter; what is written is JSON of the right value. */
function withItem(text: string, item: unknown = ITEM): string {
  const list = tree(text);
  const end = list.children!.length > 0 ? list.children!.at(-1)!.offset + list.children!.at(-1)!.length : list.offset + 1;
  return text.slice(0, end) + newItem(text, list, item) + text.slice(end);
}

function withField(text: string, value: unknown): string {
  const object = tree(text);
  const end = object.children!.at(-1)!.offset + object.children!.at(-1)!.length;
  return text.slice(0, end) + newField(text, object, 'k', value) + text.slice(end);
}

describe('a new item of a JSON list', () => {
  for (const indent of [undefined, 1, 2, 4, '\t']) {
    it(`is written as JSON.stringify writes the others: ${JSON.stringify(indent)}`, () => {
      for (const list of [[ITEM], [ITEM, ITEM], [{ role: 'u', parts: [{ type: 't', list: [1, { a: 'b' }] }] }]]) {
        for (const lineBreak of ['\n', '\r\n']) {
          const written = (value: unknown) => JSON.stringify(value, null, indent).replaceAll('\n', lineBreak);
          assert.equal(withItem(written(list)), written([...list, ITEM]));
        }
      }
    });
  }

  // What the list's last item is like, and what the new one is like then.
  for (const [list, item] of [
    ['[{"a": 1}]', ', {"role": "a", "parts": [{"type": "t"}]}'],
    ['[ {"a":1} ]', ', {"role":"a","parts":[{"type":"t"}]}'],
    ['[{ "a": 1, "b": 2 }]', ', { "role": "a", "parts": [{ "type": "t" }] }'],
    ['[{"a": 1,"b": 2}]', ', {"role": "a","parts": [{"type": "t"}]}'],
    ['[{"a":1},{"a":1}]', ',{"role":"a","parts":[{"type":"t"}]}'],
    ['[{"a":1},  {"a" : 1}]', ',  {"role" : "a", "parts" : [{"type" : "t"}]}'],
    ['[\n  {"a": 1}\n]', ',\n  {"role": "a", "parts": [{"type": "t"}]}'],
    ['[{\n  "a": 1\n}]', ',{\n  "role": "a",\n  "parts": [\n    {\n      "type": "t"\n    }\n  ]\n}'],
    ['[\n{\n"a": 1\n}\n]', ',\n{\n"role": "a",\n"parts": [\n  {\n    "type": "t"\n  }\n]\n}'],
    // Where lists and objects within lines are in one line, new ones are, too; an empty one says nothing of that.
    ['[\n  {\n    "a": [1, 2]\n  }\n]', ',\n  {\n    "role": "a",\n    "parts": [{"type": "t"}]\n  }'],
    ['[\n  {\n    "a": {"b": 2}\n  }\n]', ',\n  {\n    "role": "a",\n    "parts": [{"type": "t"}]\n  }'],
    ['[\n  {\n    "a": [],\n    "b": {}\n  }\n]', ',\n  {\n    "role": "a",\n    "parts": [\n      {\n        "type": "t"\n      }\n    ]\n  }'],
    ['[\n  {\n    "a": [],\n    "b": [1]\n  }\n]', ',\n  {\n    "role": "a",\n    "parts": [{"type": "t"}]\n  }'],
    ['[\n  {\n    "a": [\n      1\n    ]\n  }\n]', ',\n  {\n    "role": "a",\n    "parts": [\n      {\n        "type": "t"\n      }\n    ]\n  }'],
    // Comments stay the others'.
    ['[{"a": 1}, /* x,\ny */ {"a": 1, // why, so\n"b": 2}]', ',  {"role": "a", \n"parts": [{"type": "t"}]}'],
    // Lists without an item to go by.
    ['[]', '{"role": "a", "parts": [{"type": "t"}]}'], ['[ 1]', ', {"role": "a", "parts": [{"type": "t"}]}'], ['[1,2]', ',{"role": "a", "parts": [{"type": "t"}]}'], ['[{}]', ', {"role": "a", "parts": [{"type": "t"}]}'],
  ] as const) {
    it(`has the layout of ${JSON.stringify(list)}`, () => {
      const root = tree(list);
      assert.equal(newItem(list, root, ITEM), item);
      if (!list.includes('//')) assert.deepEqual((JSON.parse(withItem(list).replace(/\/\*[^]*?\*\//g, '')) as unknown[]).at(-1), ITEM);
    });
  }

  it('in an empty list has no blanks where the file has none behind its colons', () => {
    const at = (text: string) => newItem(text, tree(text).children![0].children![1], ITEM);
    assert.equal(at('{"messages":[]}'), '{"role":"a","parts":[{"type":"t"}]}');
    assert.equal(at('{"messages": []}'), '{"role": "a", "parts": [{"type": "t"}]}');
  });

  it('holds values of every kind', () => {
    assert.equal(newItem('[{"a":1}]', tree('[{"a":1}]'), { s: 'x"', n: null, b: true, i: 7, l: [], o: {}, m: [1, 'y'] }), ',{"s":"x\\"","n":null,"b":true,"i":7,"l":[],"o":{},"m":[1,"y"]}');
    assert.equal(withItem('[\n  {\n    "a": 1\n  }\n]', { l: [], o: {}, m: [1, 2] }), '[\n  {\n    "a": 1\n  },\n  {\n    "l": [],\n    "o": {},\n    "m": [\n      1,\n      2\n    ]\n  }\n]');
  });
});

describe('a new item of messages on lines of their own', () => {
  // A list without brackets, as a file of JSON lines is read.
  const lines = (text: string): Node => {
    const children = [...text.matchAll(/\{.*\}/g)].map((match) => ({ ...tree(match[0]), offset: match.index }));
    for (const child of children) for (const property of child.children ?? []) for (const node of [property, ...property.children!]) (node as { offset: number }).offset += child.offset;
    return { type: 'array', offset: children[0].offset, length: text.length, children };
  };
  for (const [text, item] of [
    ['{"a": 1}', '\n{"role": "a", "parts": [{"type": "t"}]}'], ['{"a":1}\n', '\n{"role":"a","parts":[{"type":"t"}]}'], ['{"a": 1}\r\n', '\r\n{"role": "a", "parts": [{"type": "t"}]}'],
    ['{ "a": 1 }\n\n{ "b": 2 }\n', '\n\n{ "role": "a", "parts": [{ "type": "t" }] }'], ['{"a": 1}\n{}\n', '\n{"role": "a", "parts": [{"type": "t"}]}'],
  ] as const) {
    it(`is a line: ${JSON.stringify(text)}`, () => { assert.equal(newItem(text, lines(text), ITEM), item); });
  }
});

describe('a new field of a JSON object', () => {
  for (const indent of [undefined, 1, 2, '\t']) {
    it(`is written as JSON.stringify writes the others: ${JSON.stringify(indent)}`, () => {
      for (const object of [{ a: 1 }, { a: 1, b: [{ c: 2 }] }]) {
        for (const value of ['v', '', [], [{ x: 1 }], { y: ['z'] }]) assert.equal(withField(JSON.stringify(object, null, indent), value), JSON.stringify({ ...object, k: value }, null, indent));
      }
    });
  }

  for (const [object, field] of [
    ['{"a": 1}', ', "k": "v"'], ['{"a":1}', ',"k":"v"'], ['{ "a": 1 }', ', "k": "v"'], ['{"a": 1,  "b": 2}', ',  "k": "v"'], ['{\n  "a": 1\n}', ',\n  "k": "v"'], ['{\n  "a": 1, // x\n  "b": 2 }', ', \n  "k": "v"'],
  ] as const) {
    it(`has the layout of ${JSON.stringify(object)}`, () => { assert.equal(newField(object, tree(object), 'k', 'v'), field); });
  }
});
