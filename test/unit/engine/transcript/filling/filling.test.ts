import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Handlebars from 'handlebars';
import { TranscriptError } from '../../../../../src/engine/base/errors';
import { str } from '../../../../../src/engine/template/jinja/python/builtins';
import { toValue } from '../../../../../src/engine/template/jinja/toValue';
import type { Run } from '../../../../../src/engine/transcript/filling/filledBody';
import { fillBraces } from '../../../../../src/engine/transcript/filling/bracesBody';
import { fillHandlebars } from '../../../../../src/engine/transcript/filling/handlebarsBody';
import { fillJinja } from '../../../../../src/engine/transcript/filling/jinjaBody';
import { fillMustache } from '../../../../../src/engine/transcript/filling/mustacheBody';
import type { Values } from '../../../../../src/engine/transcript/yaml/yamlValue';
import { DATA } from '../../../../support/folders';
import { seededUniform } from '../../../../support/seededRandom';

/** The rendering, after checking that literal runs stand in the template and others at a tag of it. */
function rendered(template: string, runs: readonly Run[]): string {
  for (const { text, start, end, literal } of runs) {
    const standing = template.slice(start, end);
    if (literal) assert.equal(standing, text, JSON.stringify(template));
    else assert.match(standing, /^\{[{%][^]*[%}]\}$/, JSON.stringify({ template, text }));
  }
  return runs.map(({ text }) => text).join('');
}

const refuses = (fill: () => unknown, words: RegExp) => assert.throws(fill, (error: Error) => error instanceof TranscriptError && words.test(error.message) && !error.message.includes('\n'));

describe('fillJinja', () => {
  const { by, values, renderings } = JSON.parse(readFileSync(join(DATA, 'prompts', 'jinja-renderings.json'), 'utf8')) as { by: string; values: Values; renderings: [string, string][] };

  it(`writes what ${by} does, every text in its place`, () => {
    for (const [template, right] of renderings) assert.equal(rendered(template, fillJinja(template, values, 'It').runs), right, JSON.stringify(template));
  });

  it('has the words of Nunjucks for promptfoo', () => {
    const values: Values = { t: true, f: false, n: null, list: [true, null, 1] };
    const words = (dialect: 'jinja2' | 'nunjucks') => fillJinja('{{t}} {{f}} {{n}} {% for i in list %}{{i}},{% endfor %}{% if f or n %}x{% endif %}', values, 'It', dialect).runs.map(({ text }) => text).join('');
    assert.deepEqual([words('jinja2'), words('nunjucks')], ['True False None True,None,1,', 'true false  true,,1,']);
  });

  it('says which placeholder wrote what, and which inputs are asked for', () => {
    const template = '{% set k = a %}{{k}}{{ b | default("x") }}{% for i in c.d %}{{ i.e }}{% endfor %}{% if f is defined and g == "h" %}{% endif %}{{ m(n=o) }}'.replace('{{ m(n=o) }}', '');
    const { runs, names } = fillJinja(template, { a: 'A', b: 'B', c: { d: [{ e: 1 }, { e: 2 }] } }, 'It');
    assert.deepEqual(names, ['a', 'b', 'c', 'f', 'g']);
    assert.deepEqual(runs.filter(({ text }) => text !== '').map(({ text, start, end }) => [text, template.slice(start, end)]), [['A', '{{k}}'], ['B', '{{ b | default("x") }}'], ['1', '{{ i.e }}'], ['2', '{{ i.e }}']]);
  });

  it('is refused in one sentence for what does not parse, fails, reads its own text or has no end', () => {
    for (const template of ['{{ a', '{% if a %}', '{% endfor %}', '{# a', '{{ "a }}', '{% raw %}', '{{ a | nosuch }}', '{% include "b" %}', '{% filter upper %}abc{% endfilter %}', '{% set x %}abc{% endset %}{{ x | length }}', `${'{{ ('.repeat(1)}${'('.repeat(20000)}`]) {
      refuses(() => fillJinja(template, {}, 'The body of a'), /^The body of a cannot be rendered as a Jinja2 template \(.+\); correct it, or put text that is none between \{% raw %\} and \{% endraw %\}\.$/);
    }
    const many = Array.from({ length: 300 }, (_, i) => i);
    const nested = (depth: number): string => (depth === 0 ? 'x' : `{% for a in m %}${nested(depth - 1)}{% endfor %}`);
    refuses(() => fillJinja(nested(5), { m: many }, 'It'), /more than 100000 steps/);
    refuses(() => fillJinja('{% for i in range(10000000000) %}{% endfor %}', {}, 'It'), /cannot be rendered/);
    refuses(() => fillJinja(`{% set x = "aaaaaaaaaa" %}${'{% set x = x ~ x %}'.repeat(25)}{{ x }}`, {}, 'It'), /a text is made longer than any context/);
    refuses(() => fillJinja('{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}', {}, 'It'), /cannot be rendered/);
  });
});

describe('fillMustache', () => {
  it('writes values as Python does, escaped as Chevron does', () => {
    const template = '{{a}}|{{&a}}|{{{a}}}|{{b}}|{{c}}|{{d}}|{{#e}}{{x}}{{/e}}|{{^b}}no{{/b}}|{{f.g}}|{{nothing}}';
    const { runs, names } = fillMustache(template, { a: '<"&\'>', b: false, c: true, d: null, e: [{ x: 1 }, { x: 2 }], f: { g: ['h', 1] } }, 'It');
    assert.equal(rendered(template, runs), '&lt;&quot;&amp;\'&gt;|<"&\'>|<"&\'>|False|True||12|no|[\'h\', 1]|');
    assert.deepEqual(names, ['a', 'b', 'c', 'd', 'e', 'f', 'nothing']);
  });

  it('takes lines of a tag alone out', () => {
    const template = 'a\n  {{#b}}\n  c\n{{/b}}  \n{{! d }}\nf';
    assert.equal(rendered(template, fillMustache(template, { b: true }, 'It').runs), 'a\n  c\nf');
  });

  it('is refused in one sentence', () => {
    for (const template of ['{{a', '{{#a}}', '{{/a}}', '{{#a}}{{/b}}', '{{> other}}']) refuses(() => fillMustache(template, { a: 1 }, 'The body of a'), /^The body of a cannot be rendered as a Mustache template \(.+\); correct it\.$/);
    const nested = (depth: number): string => (depth === 0 ? '' : `{{#m}}${nested(depth - 1)}{{/m}}`);
    refuses(() => fillMustache(nested(5), { m: Array.from({ length: 300 }, () => 1) }, 'It'), /steps/);
    assert.equal(rendered('', fillMustache('{{constructor}}{{toString}}', {}, 'It').runs.filter(({ text }) => text !== '')), '');
  });

  it('writes values as Python writes them', () => {
    assert.deepEqual([null, true, 'a', ["it's", 'say "a"', `'"`, 1, { k: null }]].map((value) => str(toValue(value))), ['None', 'True', 'a', `["it's", 'say "a"', '\\'"', 1, {'k': None}]`]);
  });
});

describe('fillBraces', () => {
  it('leaves what has no value as it stands', () => {
    const template = '{{a}} {{ a }} {{b}} {{c}}{{d}}';
    const { runs, names } = fillBraces(template, { a: 1, c: { x: 1 }, d: 'D{{a}}' });
    assert.equal(rendered(template, runs), '1 {{ a }} {{b}} {{c}}D{{a}}');
    assert.deepEqual(names, ['a', 'b', 'c', 'd']);
  });
});

describe('fillHandlebars', () => {
  const VALUES = { a: 'A', n: 0, t: true, f: false, empty: [], list: ['x', { y: 'Y', list: ['1', '2'] }, '7'], o: { k: 'v', o: { k: 'w' } }, html: '<&>', nothing: null };
  const engine = Handlebars.create();
  engine.registerHelper('json', (value: unknown, { hash }: { hash: { indent?: number } }) => new Handlebars.SafeString(JSON.stringify(value, null, hash.indent ?? 0)));
  engine.registerHelper('ifEquals', function (this: unknown, a: unknown, b: unknown, options: Handlebars.HelperOptions) { return a === b ? options.fn(this) : options.inverse(this); });
  engine.registerHelper('unlessEquals', function (this: unknown, a: unknown, b: unknown, options: Handlebars.HelperOptions) { return a !== b ? options.fn(this) : options.inverse(this); });
  const known = { json: true, ifEquals: true, unlessEquals: true };
  const plain = (template: string) => fillHandlebars(template, VALUES, 'It').pieces as Run[];

  const TEXTS = ['', ' ', '\n', '\n  ', 'a', 'lamp\n', '{ }', '\\{{a}}', '🙂', "'"];
  // Numbers with a text at both sides: without one, Handlebars' compiled code adds them up.
  const SIMPLE = ['{{a}}', '{{~a~}}', '{{{html}}}', '{{html}}', '.{{n}}.', '.{{t}}.', '{{nothing}}', '{{missing}}', '{{o.k}}', '{{o.o.k}}', '{{this.a}}', '{{../a}}', '.{{@index}}.{{@key}}.{{@first}}.{{@last}}.', '{{@root.a}}', '{{json o}}', '{{json list indent=2}}',
    '{{lookup o "k"}}', '{{lookup list n}}', '{{json (lookup o a)}}', '{{! c }}', '{{~!-- }} --~}}', '{{y}}', '{{k}}', '{{this}}', '{{.}}', '.{{list.length}}.', '{{list.1.y}}', '{{[a]}}', '{{a.constructor}}', '{{o.[k]}}', '{{#if @last}}L{{/if}}', '{{{{raw}}}} {{x}} {{{{/raw}}}}', '{{{{a}}}} {{x}} {{{{/a}}}}'];
  const BLOCKS = [['{{#if a}}', '{{else}}', '{{/if}}'], ['{{#if n}}', '{{else if t}}', '{{/if}}'], ['{{#if n includeZero=true}}', '{{^}}', '{{/if}}'], ['{{#unless empty}}', '{{else}}', '{{/unless}}'], ['{{#each list}}', '{{else}}', '{{/each}}'], ['{{~#each o as |v k|~}}{{k}}{{v}}', '', '{{~/each~}}'],
    ['{{#each empty}}', '{{else}}', '{{/each}}'], ['{{#with o}}', '{{else}}', '{{/with}}'], ['{{#with nothing}}', '{{else}}', '{{/with}}'], ['{{#list}}', '{{else}}', '{{/list}}'], ['{{#o}}', '{{else}}', '{{/o}}'], ['{{^f}}', '', '{{/f}}'], ['{{#t}}', '', '{{/t}}'], ['{{#ifEquals a "A"}}', '{{else}}', '{{/ifEquals}}'],
    ['{{#unlessEquals a o.k}}', '{{else}}', '{{/unlessEquals}}'], ['\n  {{#if t}}  \n', '\n{{else}}\n', '\n{{/if}}\n']];

  const right = (template: string) => engine.compile(template, { knownHelpers: known, knownHelpersOnly: true, noEscape: true })(VALUES);

  for (const [open, otherwise, close] of [['', '', ''], ...BLOCKS]) {
    it(`writes what Handlebars itself does: ${JSON.stringify(open)}`, () => {
      const body = `|${SIMPLE.join('|')}|`;
      const inner = BLOCKS.map(([begin, , end]) => `${begin}.{{this}}.{{a}}.{{k}}.{{@index}}.{{@last}}.{{../a}}.${end}`).join('|');
      for (const source of [open + body + (otherwise && `${otherwise}b{{a}}`) + close, open + inner + close]) assert.equal(rendered(source, plain(source)), right(source), JSON.stringify(source));
    });
  }

  it('writes what Handlebars itself does, whatever is put together', () => {
    const uniform = seededUniform(9);
    const pick = <T>(items: readonly T[]) => items[Math.floor(uniform() * items.length)];
    const template = (depth: number): string => Array.from({ length: 1 + Math.floor(uniform() * 4) }, () => {
      if (uniform() < 0.6 || depth > 2) return pick(TEXTS) + pick(SIMPLE);
      const [open, otherwise, close] = pick(BLOCKS);
      return pick(TEXTS) + open + template(depth + 1) + (otherwise !== '' && uniform() < 0.5 ? otherwise + template(depth + 1) : '') + close;
    }).join('') + pick(TEXTS);
    for (let round = 0; round < 1000; round++) {
      const source = template(0);
      assert.equal(rendered(source, plain(source)), right(source), JSON.stringify(source));
    }
  });

  it('is refused in one sentence', () => {
    for (const template of ['{{a', '{{#if a}}', '{{/if}}', '{{> other}}', '{{#nosuch a}}{{/nosuch}}', '{{nosuch a}}', '{{media url="x"}}', '{{#if}}{{/if}}', '{{* d}}', '{{json (role "user")}}']) {
      refuses(() => plain(template), /^It cannot be rendered as a Handlebars template \(.+\); correct it\.$/);
    }
    const nested = (depth: number): string => (depth === 0 ? '' : `{{#each @root.list}}${nested(depth - 1)}{{/each}}`);
    refuses(() => plain(nested(14)), /steps/);
    refuses(() => plain('{{#if a}}'.repeat(30000)), /cannot be rendered/);
  });
});
