import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import { TranscriptError } from '../../base/errors';
import type { Values } from '../yaml/yamlValue';
import { type FilledBody, literalRun, MAX_OUTPUT, MAX_STEPS, reasonOf, type Run } from './filledBody';
import { type JinjaTag, type JinjaTags, namesIn, readJinjaTags } from './jinjaTags';

/** The function that writes a literal text: each text of a template is a call of it. */
const WRITE = 'flashtrace_text';

/**
 * A Jinja2 template filled in, run by run. Every literal text is a call that writes it, or a unique word in its place: what a rendering
 * with words holds between two of them is what the tag between them wrote. The texts themselves in the words' places must give the true
 * rendering: a template that reads its own text (`{% filter upper %}`) is refused.
 * @param what the template is, to begin a sentence with
 * @throws TranscriptError for a template that does not parse, fails, goes round too often or writes too much
 */
export function fillJinja(template: string, values: Values, what: string): FilledBody {
  if (!/\{[{%#]/.test(template)) return literalRun(template);
  try {
    const cut = readJinjaTags(template);
    const program = programOf(cut);
    const stem = uniqueStem(template + JSON.stringify(values));
    const texts = cut.texts.map(({ start, end }) => template.slice(start, end));
    const rendered = renderBody(program, values, (index) => texts[index]);
    const runs = runsBetweenWords(renderBody(program, values, (index) => `${stem}${index}q`), stem, cut, template);
    if (runs.map(({ text }) => text).join('') !== rendered) throw new Error('it changes or reads text of its own');
    return { runs, names: namesIn(cut.tags) };
  } catch (error) {
    throw new TranscriptError(`${what} cannot be rendered as a Jinja2 template (${reasonOf(error)}); correct it, or put text that is none between {% raw %} and {% endraw %}.`, { cause: error });
  }
}

/** Whether the template is whole: no block begins in it and ends behind it. */
export function isWholeJinja(template: string): boolean {
  try {
    programOf(readJinjaTags(template));
    return true;
  } catch {
    return false;
  }
}

/** The inputs that a template asks for; none where its tags cannot be told. */
export function jinjaNames(template: string): string[] {
  try {
    return namesIn(readJinjaTags(template).tags);
  } catch {
    return [];
  }
}

type Program = ReturnType<typeof parse>;

function programOf({ texts, tags }: JinjaTags): Program {
  const source = (tag: JinjaTag | undefined) => (tag?.kind === 'output' ? `{{${tag.inner}}}` : tag?.kind === 'statement' ? `{%${tag.inner}%}` : '');
  return parse(tokenize(texts.map((_, index) => `{{${WRITE}(${index})}}${source(tags[index])}`).join('')));
}

/** What the program writes: the one place that knows the engine. */
function renderBody(program: Program, values: Values, write: (index: number) => string): string {
  const environment = new Environment();
  let steps = 0;
  for (const [name, value] of Object.entries({ ...GLOBALS, ...values })) environment.set(name, value);
  environment.set(WRITE, (index: number) => {
    if (++steps > MAX_STEPS) throw new Error(`more than ${MAX_STEPS} steps`);
    return write(index);
  });
  const rendered = String(new Interpreter(environment).run(program).value);
  if (rendered.length > MAX_OUTPUT) throw new Error(`more than ${MAX_OUTPUT} characters`);
  return rendered;
}

const GLOBALS = {
  true: true, True: true, false: false, False: false, none: null, None: null,
  range: (start: number, stop?: number, step = 1) => {
    const [from, to] = stop === undefined ? [0, start] : [start, stop];
    const length = Math.max(0, Math.ceil((to - from) / step));
    if (!(length <= MAX_STEPS)) throw new Error(`a range of more than ${MAX_STEPS}`);
    return Array.from({ length }, (_, i) => from + i * step);
  },
};

function runsBetweenWords(marked: string, stem: string, { texts, tags }: JinjaTags, template: string): Run[] {
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

/** Letters only, so that no escaping or JSON form changes the words. */
function uniqueStem(text: string): string {
  for (let n = 0; ; n++) {
    const stem = `zqy${'x'.repeat(n)}text`;
    if (!text.includes(stem)) return stem;
  }
}
