import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getNodeValue, parseTree } from 'jsonc-parser';
import { TemplateError } from '../../../../src/engine/base/errors';
import { ChatTemplate } from '../../../../src/engine/template/chatTemplate';
import { templateValue } from '../../../../src/engine/transcript/json/templateJson';
import { DATA } from '../../../support/folders';
import { seededUniform } from '../../../support/seededRandom';

interface Recorded {
  readonly template: string;
  /** What it gives, or the class of what Python raises. */
  readonly expected?: string;
  readonly error?: string;
}

/** The day of tools/cases/template_values.py. */
const DATE = new Date(2026, 6, 4, 13, 5, 9);

describe('templates as Jinja2 3.1.6 and transformers 5.24 render them', () => {
  const source = readFileSync(join(DATA, 'templates', 'expressions.json'), 'utf8');
  const [variablesNode, casesNode] = parseTree(source)!.children!.map((property) => property.children![1]);
  const variables = Object.fromEntries(templateValue(source, variablesNode) as Map<string, unknown>);
  for (const { template, expected, error } of getNodeValue(casesNode) as Recorded[]) {
    const render = () => new ChatTemplate(template, {}, 'M').render([], { addGenerationPrompt: false, date: DATE, variables });
    if (error === undefined) it(template, () => assert.equal(render(), expected));
    else it(`${template} is refused (${error})`, () => assert.throws(render, TemplateError));
  }
});

describe('templates that would stop the engine', () => {
  const render = (template: string) => new ChatTemplate(template, {}, 'M').render([{ role: 'user', content: 'q' }], { addGenerationPrompt: true, date: DATE });
  for (const [about, template] of [
    ['a range beyond the sandbox\'s', '{% for i in range(1000000000) %}x{% endfor %}'],
    ['loops in loops', '{% for i in range(99999) %}{% for j in range(99999) %}{% set x = i * j %}{% endfor %}{% endfor %}'],
    ['a text that is repeated', "{{ 'abcdefgh' * 1000000000 }}"],
    ['a list that is repeated', '{{ ([1] * 100000000)|length }}'],
    ['a text that doubles', "{% set ns = namespace(t='abcdefgh') %}{% for i in range(60) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}{{ ns.t }}"],
    ['a macro that calls itself', '{% macro f(x) %}{{ f(x + 1) }}{% endmacro %}{{ f(0) }}'],
    ['brackets without end', `{{ ${'('.repeat(100_000)} }}`],
    ['blocks without end', '{% if x %}'.repeat(20_000)],
    ['a wide field', "{{ 'a'.ljust(1000000000) }}{{ 'a'|center(1000000000) }}"],
    ['an indent', "{{ 'a\\nb'|indent(1000000000) }}"],
    ['an empty list that is repeated', '{{ ([] * 1000000000)|length }}{{ [1]|batch(0)|list }}'],
    ['a list that doubles', '{% set ns = namespace(l=[1]) %}{% for i in range(60) %}{% set ns.l = ns.l + ns.l %}{% endfor %}{{ ns.l|length }}'],
    ['rows of a billion', "{{ [1]|batch(1000000000, 'x')|list|length }}"],
    ['digits that a pattern goes over again and again', "{{ ('1' * 40000000 ~ 'x')|float }}"],
    ['a format of a billion', "{{ '%999999999d' % 1 }}{{ 'x'.zfill(999999999) }}"],
    ['the characters of a long text', "{{ dict(strftime_now('%9999999Y'), b='x') }}"],
    ['a test that is none', "{{ [1]|select('constructor')|list }}"],
  ] as const) {
    it(about, () => assert.throws(() => render(template), TemplateError));
  }

  it('are refused in a sentence however a template is damaged', () => {
    const random = seededUniform(12);
    const sound = readFileSync(join(DATA, 'templates', 'expressions.json'), 'utf8');
    const templates = (getNodeValue(parseTree(sound)!.children![1].children![1]) as Recorded[]).map(({ template }) => template);
    for (let round = 0; round < 3000; round++) {
      const [a, b] = [templates[Math.floor(random() * templates.length)], templates[Math.floor(random() * templates.length)]];
      const at = Math.floor(random() * a.length);
      const damaged = random() < 0.5 ? a.slice(0, at) + b.slice(Math.floor(random() * b.length)) : a.slice(0, at) + '{}%#()[]|.,\'"\\-~ \n'[Math.floor(random() * 19)] + a.slice(at + (random() < 0.5 ? 1 : 0));
      try {
        assert.equal(typeof render(damaged), 'string');
      } catch (error) {
        assert.ok(error instanceof TemplateError, `${JSON.stringify(damaged)}: ${(error as Error).stack}`);
        assert.match(error.message, /^[^\n]+\.$/);
      }
    }
  });
});
