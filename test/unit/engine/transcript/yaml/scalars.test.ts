import assert from 'node:assert/strict';
import { Document, isScalar, parseDocument, Scalar } from 'yaml';
import { scalarSource, writtenSource } from '../../../../../src/engine/transcript/yaml/yamlScalar';
import { seededUniform } from '../../../../support/seededRandom';

const STYLES = ['PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED'] as const;
const PIECES = ['a', 'Oslo', ' ', '  ', '\n', '\n\n', '\n  ', "'", '"', '\\', ': ', ' #', '- ', 'é', '漢字', '👩‍👧', '\t', '{{x}}', ',', '0', 'lamp and chair', '\u2028'];

/** Reads the first scalar of the sequence, and holds every unit of its text to its place. */
function check(yaml: string): boolean {
  const document = parseDocument(yaml, { keepSourceTokens: true, logLevel: 'silent' });
  const scalar: unknown = document.getIn([0, 'content'], true);
  if (document.errors.length > 0 || !isScalar(scalar) || typeof scalar.value !== 'string') return false;
  const source = scalarSource(yaml, 0, scalar as Scalar);
  assert.equal(source.text, scalar.value, JSON.stringify(yaml));
  if (source.text === '') return true;
  const [from, to] = scalar.range!;
  assert.ok(source.range.start >= from && source.range.end <= to, JSON.stringify({ yaml, range: source.range, from, to }));
  for (let i = 0; i < source.text.length; i++) {
    const standing = yaml.slice(source.startOf(i), source.endOf(i));
    const unit = source.text[i];
    const label = JSON.stringify({ yaml, text: source.text, i, standing });
    assert.ok(i === 0 || source.startOf(i) >= source.startOf(i - 1), label);
    if (/\s/.test(unit) && !standing.startsWith('\\')) assert.match(standing, /^\s*(?:\\\r?\n\s*)*$/, label);
    else if (scalar.type === 'QUOTE_DOUBLE') assert.ok(standing.startsWith(unit) || standing.startsWith('\\') || standing === '', label);
    else assert.equal(standing[0], unit, label);
  }
  return true;
}

describe('scalarSource', () => {
  for (const style of STYLES) {
    it(`has the value of the yaml package and the place of every unit: ${style}`, () => {
      const random = seededUniform(7);
      let tried = 0;
      for (let round = 0; round < 1500; round++) {
        const text = Array.from({ length: 1 + Math.floor(random() * 12) }, () => PIECES[Math.floor(random() * PIECES.length)]).join('');
        const scalar = new Scalar(text);
        scalar.type = style;
        const document = new Document([{ role: 'user', content: scalar }]);
        const yaml = document.toString({ lineWidth: random() < 0.5 ? 20 : 0 });
        for (const version of [yaml, yaml.replaceAll('\n', '\r\n')]) if (check(version)) tried++;
      }
      assert.ok(tried > 2000, `${tried} were read`);
    });
  }

  it('reads blocks and folds as people write them', () => {
    const random = seededUniform(11);
    const lines = ['', ' ', '   ', 'a', 'b c ', ' more', '\ttab', '# none', '  {{x}}', '- item'];
    let tried = 0;
    for (let round = 0; round < 6000; round++) {
      const lineBreak = random() < 0.3 ? '\r\n' : '\n';
      const pick = () => lines[Math.floor(random() * lines.length)];
      const digit = random() < 0.4 ? String(1 + Math.floor(random() * 3)) : '';
      const header = ['|', '>'][Math.floor(random() * 2)] + digit + ['', '-', '+'][Math.floor(random() * 3)] + (random() < 0.2 ? ' # why' : '');
      const body = Array.from({ length: Math.floor(random() * 6) }, () => `    ${pick()}`.slice(random() < 0.2 ? 4 : 0));
      const flow = ['"', "'", ''][Math.floor(random() * 3)];
      const inner = Array.from({ length: 1 + Math.floor(random() * 4) }, () => `    ${pick()}${flow === '"' && random() < 0.3 ? '\\' : ''}`).join(lineBreak);
      const content = random() < 0.6 ? [header, ...body].join(lineBreak) : `${flow}x${inner}${flow}`;
      const behind = random() < 0.5 ? `${lineBreak}  role: user${lineBreak}` : random() < 0.5 ? lineBreak : '';
      if (check(`- content: ${content}${behind}`)) tried++;
    }
    assert.ok(tried > 2000, `${tried} were read`);
  });

  it('places escapes, folds and blocks exactly', () => {
    const places = (yaml: string) => {
      const scalar = parseDocument(yaml, { keepSourceTokens: true }).getIn([0, 'content'], true) as Scalar;
      const source = scalarSource(yaml, 0, scalar);
      return Array.from(source.text, (unit, i) => [unit, yaml.slice(source.startOf(i), source.endOf(i))]);
    };
    assert.deepEqual(places('- content: "a\\n\\x41\\\n    b  \n\n    c d"'), [['a', 'a'], ['\n', '\\n'], ['A', '\\x41\\\n    '], ['b', 'b'], ['\n', '  \n\n    '], ['c', 'c'], [' ', ' '], ['d', 'd']]);
    assert.deepEqual(places("- content: 'it''s'"), [['i', 'i'], ['t', 't'], ["'", "''"], ['s', 's']]);
    assert.deepEqual(places('- content: |\n    a\n\n      b\n'), [['a', 'a'], ['\n', '\n'], ['\n', '\n    '], [' ', ' '], [' ', ' '], ['b', 'b'], ['\n', '\n']]);
    assert.deepEqual(places('- content: >-\n    a\n    b\n'), [['a', 'a'], [' ', '\n    '], ['b', 'b']]);
  });

  // What stands for each unit of the value, and how many of them a model wrote.
  for (const [content, text, standing, written] of [
    ['|\n    a\n\n      b\n', 'a\n\n  b\n', ['a', '\n', '\n    ', ' ', ' ', 'b', '\n'], 6],
    ['|+\n    a\n\n', 'a\n\n', ['a', '\n', '\n'], 2],
    ['|2+\n       a\n', '   a\n', [' ', ' ', '     ', 'a', '\n'], 4],
    ['|\n    a', 'a\n', ['a', ''], 1],
    ['|2+\n', '', [], 0],
    ['>\n    a\n    b\n\n    c\n', 'a b\nc\n', ['a', '\n    ', 'b', '\n\n    ', 'c', '\n'], 5],
    ['>+\n    a\n\n\n', 'a\n\n\n', ['a', '\n', '\n', '\n'], 3],
    ['\'it\'\'s\n\n    so  \n    long\'', 'it\'s\nso long', ['i', 't', '\'\'', 's', '\n\n    ', 's', 'o', '  \n    ', 'l', 'o', 'n', 'g'], 12],
    ['a\n    b', 'a b', ['a', '\n    ', 'b'], 3],
    ['"a\\ud83d\\udca1b\\U0001F511"', 'a💡b🔑', ['a', '\\ud83d', '\\udca1', 'b', '', '\\U0001F511'], 6],
    ['\' a \'', ' a ', [' ', 'a', ' '], 3], ['\'it\'\'s \' # x', 'it\'s ', ['i', 't', '\'\'', 's', ' '], 5], ['\'a\n    \'', 'a ', ['a', '\n    '], 2], ['\'a\n\n    \' # x', 'a\n', ['a', '\n\n    '], 2], ['\'\n    a\'', ' a', ['\n    ', 'a'], 2],
    ['a\n\n    b', 'a\nb', ['a', '\n\n    ', 'b'], 3], ['|\n    a\n     b\n', 'a\n b\n', ['a', '\n    ', ' ', 'b', '\n'], 4], ['|-\n    a\n\n', 'a', ['a'], 1], ['|\n', '', [], 0], ['|\n\n', '', [], 0], ['|-\n  \n', '', [], 0], ['>\n', '', [], 0],
    ['~', '', [], 0], ['', '', [], 0], ['\'\'', '', [], 0], ['7', '7', ['7'], 1], ['0x1F', '0x1F', ['0', 'x', '1', 'F'], 4], ['true', 'true', ['t', 'r', 'u', 'e'], 4],
  ] as const) {
    it(`places every unit of ${JSON.stringify(content)}`, () => {
      for (const lineBreak of ['\n', '\r\n']) {
        const [yaml, ...pieces] = [`- content: ${content}`, ...standing].map((piece) => piece.replaceAll('\n', lineBreak));
        const scalar = parseDocument(yaml, { keepSourceTokens: true }).getIn([0, 'content'], true) as Scalar;
        const [source, own] = [scalarSource(yaml, 0, scalar), writtenSource(yaml, scalar)];
        assert.deepEqual([source.text, Array.from({ length: source.text.length }, (_, i) => yaml.slice(source.startOf(i), source.endOf(i)))], [text, pieces]);
        assert.deepEqual([own.text, own.range.end], [text.slice(0, written), written > 0 ? source.endOf(written - 1) : source.range.end]);
        // In the front matter of a file, further on.
        const placed = scalarSource(`---\n${yaml}`, 4, scalar);
        assert.deepEqual(placed.range, { start: source.range.start + 4, end: source.range.end + 4 });
      }
    });
  }

  it('needs no places where a text stands as it is', () => {
    const source = (content: string) => {
      const yaml = `- content: ${content}`;
      return scalarSource(yaml, 0, parseDocument(yaml, { keepSourceTokens: true }).getIn([0, 'content'], true) as Scalar);
    };
    for (const content of ['a b', "'a b'", "' a '", '7']) assert.equal(source(content).offsets, undefined, content);
    for (const content of ['"a b"', "'a''b'", '|\n    a\n    b\n', 'a\n    b']) assert.notEqual(source(content).offsets, undefined, content);
  });

  it('keeps blanks and line breaks that a model wrote, which the parser drops', () => {
    for (const [content, text, standing] of [
      ['|2+\n    \n      \n', '\n  ', ['\n    ', ' ', ' ']], ['|+2\n     \n', ' ', [' ']], ['|2+\n    \n\n    \n', '\n\n', ['\n', '\n    ']],
      ['|2+\n      ', '  ', [' ', ' ']], ['|+2\n     \n', ' ', [' ']], ['|1+\n     ', '  ', [' ', ' ']], ['|2+\n    ', '', []], ['|2+\n \n      ', '\n  ', ['\n    ', ' ', ' ']],
    ] as const) {
      for (const lineBreak of ['\n', '\r\n']) {
        const [yaml, ...pieces] = [`- content: ${content}`, ...standing].map((piece) => piece.replaceAll('\n', lineBreak));
        const source = writtenSource(yaml, parseDocument(yaml, { keepSourceTokens: true }).getIn([0, 'content'], true) as Scalar);
        assert.deepEqual([source.text, Array.from({ length: source.text.length }, (_, i) => yaml.slice(source.startOf(i), source.endOf(i)))], [text, pieces], JSON.stringify(yaml));
      }
    }
  });
});
