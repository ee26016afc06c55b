import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getNodeValue, parseTree } from 'jsonc-parser';
import { TemplateError } from '../../../../src/engine/base/errors';
import { ChatTemplate } from '../../../../src/engine/template/chatTemplate';
import { templateValue } from '../../../../src/engine/transcript/json/templateJson';
import { DATA } from '../../../support/folders';

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
