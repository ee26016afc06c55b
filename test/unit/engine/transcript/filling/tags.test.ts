import assert from 'node:assert/strict';
import { TranscriptError } from '../../../../../src/engine/base/errors';
import { fillBraces } from '../../../../../src/engine/transcript/filling/bracesBody';
import { fillingNotes, unfilledNotes } from '../../../../../src/engine/transcript/filling/fillingNotes';
import { fillJinja, isWholeJinja, jinjaNames } from '../../../../../src/engine/transcript/filling/jinjaBody';
import { fillMustache, isWholeMustache } from '../../../../../src/engine/transcript/filling/mustacheBody';

const refuses = (run: () => unknown, message: RegExp) => assert.throws(run, (error: Error) => error instanceof TranscriptError && message.test(error.message));
const runsOf = (template: string, { runs }: ReturnType<typeof fillBraces>) => runs.map(({ text, start, end, literal }) => [text, template.slice(start, end), literal]);

describe('the names that a Jinja2 template asks for', () => {
  for (const [template, names] of [
    ['{{ a }}{{b}}{{ a.c }}{{ d["e"] }}{{ f[g] }}', ['a', 'b', 'd', 'f', 'g']], ['{{ a | upper }}{{ b|default(c) }}{{ d | join(", ") }}', ['a', 'b', 'c', 'd']], ['{{ "x y" }}{{ \'z\' }}{{ "a\\"b" }}{{ c ~ "d" }}', ['c']],
    ['{% if a is defined and b is not none or not c %}{{ d if e else f }}{% elif g in h %}{% endif %}', ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']], ['{{ a == b }}{{ c != d }}{{ f(g=h) }}{{ range(i) }}', ['a', 'b', 'c', 'd', 'h', 'i']], ['{{ a . b }}{{ c.d.e }}', ['a', 'c']],
    ['{% for x in a %}{{ x }}{{ loop.index }}{{ b }}{% else %}{{ c }}{% endfor %}', ['a', 'b', 'c']], ['{% for k, v in a.items() %}{{ k }}{{ v }}{% endfor %}', ['a']], ['{%- for x in a recursive -%}{{ loop(x) }}{% endfor %}', ['a']], ['{% for\n  x\n  in a %}{{ x }}{% endfor %}', ['a']],
    ['{% set x = a %}{{ x }}{{ y }}', ['a', 'y']], ['{% set x, y = a %}{{ x }}{{ y }}', ['a']], ['{% set n.x = a %}{{ n.x }}', ['a']], ['{% set x %}{{ a }}{% endset %}{{ x }}', ['a']], ['{% set x == a %}', ['a']],
    ['{% macro m(p, q=r) %}{{ p }}{{ q }}{{ a }}{% endmacro %}{{ m(b) }}', ['a', 'b']], ['{% with x = a %}{{ x }}{% endwith %}', []], ['{# a #}{{ b }}{% raw %}{{ c }}{% endraw %}', ['b']], ['{{ True }}{{ none }}{{ 7 }}{{ a_1 }}{{ _b }}{{ 2c }}', ['a_1', '_b']],
    ['{{ for_x }}{{ x.set }}', ['for_x', 'x']], ['{{ a }', []], ['{% if a', []], ['no tags', []],
    ['{{ a | b | c }}{{ d is e }}{{ f is not g }}{{ island }}', ['a', 'd', 'f', 'island']], ['{{ "for x in y" }}{{ x }}', ['x']],
  ] as const) {
    it(JSON.stringify(template), () => { assert.deepEqual(jinjaNames(template), names); });
  }

  it('stand in a tag\'s first 2,000 characters', () => {
    assert.deepEqual(jinjaNames(`{{ a ~${' '.repeat(1900)}b }}{{ c ~${' '.repeat(2000)}d }}`), ['a', 'b', 'c']);
  });
});

describe('what Jinja2 writes', () => {
  it('stands at its tags, and texts where they are', () => {
    const template = 'x{{ a }}\n{%- if b %}y{% else %}z{% endif %}{# c #}w';
    assert.deepEqual(runsOf(template, fillJinja(template, { a: 'A', b: false }, 'It')).filter(([text]) => text !== ''), [['x', 'x', true], ['A', '{{ a }}', false], ['z', 'z', true], ['w', 'w', true]]);
    assert.deepEqual(fillJinja('no { tag }', {}, 'It'), { runs: [{ text: 'no { tag }', start: 0, end: 10, literal: true }], names: [] });
    for (const text of ['{', '{ {', '}}', '%}']) assert.deepEqual(fillJinja(text, {}, 'It').runs.map((run) => run.text), [text]);
  });

  it('has measures', () => {
    const tag = (length: number) => `{{${' '.repeat(length - 5)}a}}`;
    assert.equal(fillJinja(tag(10_000), { a: 'A' }, 'It').runs.map(({ text }) => text).join(''), 'A');
    refuses(() => fillJinja(tag(10_001), { a: 'A' }, 'It'), /^It cannot be rendered as a Jinja2 template \(a tag of more than 10000 characters\); correct it, or put text that is none between \{% raw %\} and \{% endraw %\}\.$/);
    refuses(() => fillJinja('{{ a', {}, 'It', 'nunjucks'), /^It cannot be rendered as a Nunjucks template \(.+\); correct it/);
    refuses(() => fillJinja('{% filter upper %}x{% endfilter %}', {}, 'It'), /\(it changes or reads text of its own\)/);
    assert.deepEqual(['{% if a %}x{% endif %}', '{{ a }}', 'x', '{% if a %}x', '{% endif %}', '{{ a', tag(10_001)].map(isWholeJinja), [true, true, true, false, false, false, false]);
  });
});

describe('what Mustache writes', () => {
  it('stands at its tags', () => {
    const template = '{{a}} {{{b}}}{{&b}}{{#c}}{{d}}{{/c}}{{^e}}f{{/e}}{{! g }}{{none}}';
    assert.deepEqual(runsOf(template, fillMustache(template, { a: '<', b: '&', c: [{ d: 1 }, { d: 2 }], e: [], none: null }, 'It')).filter(([text]) => text !== ''),
      [['&lt;', '{{a}}', false], [' ', ' ', true], ['&', '{{{b}}}', false], ['&', '{{&b}}', false], ['1', '{{d}}', false], ['2', '{{d}}', false], ['f', 'f', true]]);
    assert.deepEqual(fillMustache('{ a }', {}, 'It'), { runs: [{ text: '{ a }', start: 0, end: 5, literal: true }], names: [] });
  });

  it('asks for names at the top, and in a section for those that the top has', () => {
    const names = (template: string) => fillMustache(template, { a: [{ b: 1 }], c: 'C', d: false, t: [1] }, 'It').names;
    assert.deepEqual(names('{{c}}{{x.y}}{{#a}}{{b}}{{c}}{{z}}{{/a}}{{^d}}{{c}}{{/d}}{{.}}'), ['c', 'x', 'a', 'd']);
    assert.deepEqual(names('{{#t}}{{.}}{{/t}}'), ['t']);
  });

  it('has measures', () => {
    const text = 'x'.repeat(1000);
    refuses(() => fillMustache(`{{#m}}{{#m}}${text}{{/m}}{{/m}}`, { m: Array.from({ length: 300 }, () => 1) }, 'It'), /^It cannot be rendered as a Mustache template \(more than 100000 steps or \d+ characters\); correct it\.$/);
    refuses(() => fillMustache('{{#m}}{{#m}}{{{t}}}{{/m}}{{/m}}', { m: Array.from({ length: 300 }, () => 1), t: text }, 'It'), /steps or \d+ characters/);
    refuses(() => fillMustache('{{> x}}', {}, 'It'), /\(the partial "x" is in another file\)/);
    assert.deepEqual(['{{#a}}x{{/a}}', 'x', '{{a}}', '{{#a}}x', '{{/a}}', '{{a'].map(isWholeMustache), [true, true, true, false, false, false]);
  });
});

describe('what braces stand for', () => {
  it('are the values of their names, but for null and what is no text', () => {
    const template = 'x{{a}}{{b-c.d}}{{n}}{{f}}{{none}}{{o}}{{l}}{{toString}}{{ a }}{{}}y';
    const filled = fillBraces(template, { 'a': 'A', 'b-c.d': 1.5, 'n': 0, 'f': false, 'none': null, 'o': {}, 'l': [] });
    assert.deepEqual(runsOf(template, filled), [['x', 'x', true], ['A', '{{a}}', false], ['1.5', '{{b-c.d}}', false], ['0', '{{n}}', false], ['false', '{{f}}', false], ['{{none}}{{o}}{{l}}{{toString}}{{ a }}{{}}y', '{{none}}{{o}}{{l}}{{toString}}{{ a }}{{}}y', true]]);
    assert.deepEqual(filled.names, ['a', 'b-c.d', 'n', 'f', 'none', 'o', 'l', 'toString']);
    assert.deepEqual([fillBraces('', {}).runs, fillBraces('{{a}}', { a: '' }).runs], [[], [{ text: '', start: 0, end: 5, literal: false }]]);
  });
});

describe('notes of filling', () => {
  const names = (count: number) => Array.from({ length: count }, (_, i) => `n${i}`);
  const values = (given: readonly string[]) => Object.fromEntries(given.map((name) => [name, 'x']));

  it('say where each value is from, and what stays empty', () => {
    const from = (name: string) => (name === 'a' || name === 'c' ? 'the sample' : 'the default values');
    assert.deepEqual(fillingNotes(['a', 'b', 'c', 'd', 'e'], { values: values(['a', 'b', 'c']), from }, 'Prompty'), ['Filled in from the sample: a, c.', 'Filled in from the default values: b.', 'The inputs d, e have no value and are left empty, as Prompty does.']);
    assert.deepEqual(fillingNotes(['a'], { values: {}, from }, 'promptfoo'), ['The input a has no value and is left empty, as promptfoo does.']);
    assert.deepEqual([fillingNotes([], { values: {}, from }, 'x'), fillingNotes(['a'], { values: values(['a']), from }, 'x'), fillingNotes(['toString'], { values: {}, from }, 'x')], [[], ['Filled in from the sample: a.'], ['The input toString has no value and is left empty, as x does.']]);
  });

  it('or stands as written', () => {
    assert.deepEqual(unfilledNotes(['a', 'b', 'n', 'o'], { a: 'x', n: null, o: {} }, 'testData'), ['Filled in from testData: a.', 'The inputs b, n, o have no value and stand as written.']);
    assert.deepEqual(unfilledNotes(['b'], {}, 'testData'), ['The input b has no value and stands as written.']);
    assert.deepEqual([unfilledNotes(['a'], { a: 0 }, 'testData'), unfilledNotes([], { a: 'x' }, 'testData')], [['Filled in from testData: a.'], []]);
  });

  it('name twelve at most', () => {
    assert.deepEqual(unfilledNotes(names(12), {}, 'x'), [`The inputs ${names(12).join(', ')} have no value and stand as written.`]);
    assert.deepEqual(unfilledNotes(names(14), values(names(14)), 'x'), [`Filled in from x: ${names(12).join(', ')} and 2 more.`]);
    assert.deepEqual(fillingNotes(names(13), { values: {}, from: () => 'x' }, 'y'), [`The inputs ${names(12).join(', ')} and 1 more have no value and are left empty, as y does.`]);
  });
});
