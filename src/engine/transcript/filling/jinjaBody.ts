import { TranscriptError } from '../../base/errors';
import { globalScope } from '../../template/jinja/globals';
import { JinjaInterpreter } from '../../template/jinja/interpreter';
import { parseTemplate, type Program } from '../../template/jinja/parseTemplate';
import { FunctionValue, text, type Value as TemplateValue } from '../../template/jinja/python/values';
import type { Tag, Tags } from '../../template/jinja/tags';
import { toValue } from '../../template/jinja/toValue';
import { uniqueStem } from '../../base/uniqueStem';
import type { Values } from '../yaml/yamlValue';
import { asNunjucksWrites } from './nunjucksValues';
import { type FilledBody, literalRun, MAX_OUTPUT, MAX_STEPS, reasonOf, type Run } from './filledBody';
import { bodyTags, namesIn } from './jinjaTags';

/** The function that writes a literal text: each text of a template is a call of it. */
const WRITE = 'flashtrace_text';

/** Whose words values have: Python's (`True`), or JavaScript's (Nunjucks renders the same language). */
export type JinjaDialect = 'jinja2' | 'nunjucks';

/**
 * A Jinja2 template filled in, run by run. Every literal text is a call that writes it, or a unique word in its place: what a rendering
 * with words holds between two of them is what the tag between them wrote. The texts themselves in the words' places must give the true
 * rendering: a template that reads its own text (`{% filter upper %}`) is refused.
 * @param what the template is, to begin a sentence with
 * @throws TranscriptError for a template that does not parse, fails, goes round too often or writes too much
 */
export function fillJinja(template: string, values: Values, what: string, dialect: JinjaDialect = 'jinja2'): FilledBody {
  if (!/\{[{%#]/.test(template)) return literalRun(template);
  try {
    const cut = bodyTags(template);
    const program = programOf(cut);
    const stem = uniqueStem([template, JSON.stringify(values)]);
    const texts = cut.texts.map(({ start, end }) => template.slice(start, end));
    const rendered = renderBody(program, values, dialect, (index) => texts[index]);
    const runs = runsBetweenWords(renderBody(program, values, dialect, (index) => `${stem}${index}q`), stem, cut, template);
    if (runs.map(({ text }) => text).join('') !== rendered) throw new Error('it changes or reads text of its own');
    return { runs, names: namesIn(cut.tags) };
  } catch (error) {
    throw new TranscriptError(`${what} cannot be rendered as a ${dialect === 'jinja2' ? 'Jinja2' : 'Nunjucks'} template (${reasonOf(error)}); correct it, or put text that is none between {% raw %} and {% endraw %}.`, { cause: error });
  }
}

/** Whether the template is whole: no block begins in it and ends behind it. */
export function isWholeJinja(template: string): boolean {
  try {
    programOf(bodyTags(template));
    return true;
  } catch {
    return false;
  }
}

/** The inputs that a template asks for; none where its tags cannot be told. */
export function jinjaNames(template: string): string[] {
  try {
    return namesIn(bodyTags(template).tags);
  } catch {
    return [];
  }
}

function programOf({ texts, tags }: Tags): Program {
  const source = (tag: Tag | undefined) => (tag?.kind === 'output' ? `{{${tag.inner}}}` : tag?.kind === 'statement' ? `{%${tag.inner}%}` : '');
  return parseTemplate(texts.map((_, index) => `{{${WRITE}(${index})}}${source(tags[index])}`).join(''));
}

/** What the program writes: the one place that knows the engine. */
function renderBody(program: Program, values: Values, dialect: JinjaDialect, write: (index: number) => string): string {
  // No template of a prompt file knows the functions that chat templates have besides Jinja2's.
  const scope = globalScope(new Date(0));
  const set = (name: string, value: TemplateValue) => scope.setVariable(name, value as never);
  for (const [name, value] of Object.entries(values)) set(name, dialect === 'jinja2' ? toValue(value) : asNunjucksWrites(value));
  let steps = 0;
  set(WRITE, new FunctionValue(([index]) => {
    if (++steps > MAX_STEPS) throw new Error(`more than ${MAX_STEPS} steps`);
    return text(write(index.value as number));
  }));
  const rendered = String(new JinjaInterpreter(scope).run(program).value);
  if (rendered.length > MAX_OUTPUT) throw new Error(`more than ${MAX_OUTPUT} characters`);
  return rendered;
}

function runsBetweenWords(marked: string, stem: string, { texts, tags }: Tags, template: string): Run[] {
  const pieces = marked.split(new RegExp(`${stem}(\\d+)q`));
  const runs: Run[] = [];
  for (let i = 1; i < pieces.length; i += 2) {
    const index = Number(pieces[i]);
    const { start, end } = texts[index];
    runs.push({ text: template.slice(start, end), start, end, literal: true });
    const tag = tags[index];
    if (pieces[i + 1] !== '') runs.push({ text: pieces[i + 1], start: tag.start, end: tag.end, literal: false });
  }
  return runs;
}
