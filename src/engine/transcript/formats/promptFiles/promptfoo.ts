import { isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';
import { TranscriptError } from '../../../base/errors';
import { placeRuns } from '../../filling/filledBody';
import { fillingNotes } from '../../filling/fillingNotes';
import { fillJinja } from '../../filling/jinjaBody';
import type { FormatReader } from '../../turns/format';
import type { ParsedTranscript } from '../../turns/parsedTranscript';
import { entry, readYaml, resolved, stringValue, type YamlText } from '../../yaml/readYaml';
import { scalarSource } from '../../yaml/yamlScalar';
import { type Value, type Values, yamlValues } from '../../yaml/yamlValue';
import { chatTextTurns } from './chatText';

/** Configurations of promptfoo's evaluations. */
export const promptfoo: FormatReader = {
  format: 'promptfoo',
  hasName: (path) => /promptfooconfig[^/\\]*\.(?:ya?ml|json)$/.test(path),
  hasText: (text) => /^prompts[ \t]*:[ \t]*(?:\r?\n[ \t]*-[ \t]|[["'|>]|file:)/m.test(text) && /^(?:providers|targets|tests)[ \t]*:/m.test(text) && /^\s*(?:#.*\s+|---\s+)*(?:\$schema|description|prompts|providers|targets|tests|defaultTest|env|tags)[ \t]*:/.test(text),
  parse: parsePromptfoo,
  insertion: ({ name }) => {
    throw new TranscriptError(`${name} configures an evaluation and has no place for an answer; copy the prompt into a file of its own to generate there.`);
  },
};

const ELSEWHERE = /^(?:file|https?|langfuse|portkey|helicone|exec|vault):|^\S+\.(?:txt|md|jsonl?|ya?ml|csv|j2|py|[cm]?[jt]s)(?::\w+)?$/i;

/**
 * The first prompt of the list, filled in (Nunjucks) with the variables of the first test and of `defaultTest`.
 * @throws TranscriptError
 */
function parsePromptfoo(name: string, text: string): ParsedTranscript {
  const yaml = readYaml(text, 0, text.length, name);
  const { prompt, count } = firstPrompt(name, yaml);
  const written = stringValue(prompt)!;
  if (!written.includes('\n') && ELSEWHERE.test(written.trim())) throw new TranscriptError(`The first prompt of ${name} is in another file (${written.trim()}); open that file.`);
  const { values, elsewhere, tests } = variables(name, yaml);
  const names = new Set<string>();
  const where = `the first prompt of ${name}`;
  const turns = chatTextTurns(scalarSource(text, 0, prompt), where, (body) => {
    const filled = fillJinja(body.text, values, `A text in ${where}`, 'nunjucks');
    for (const input of filled.names) names.add(input);
    return placeRuns(body, filled.runs);
  });
  const from = tests > 1 ? `the first of ${tests} tests` : 'the test';
  return {
    format: 'promptfoo',
    turns,
    notes: [
      ...(count > 1 ? [`The first of ${count} prompts was taken.`] : []),
      ...fillingNotes([...names].filter((input) => !elsewhere.has(input)), { values, from: () => from }, 'promptfoo'),
      ...[...names].filter((input) => elsewhere.has(input)).map((input) => `The value of ${input} is elsewhere (${elsewhere.get(input)}) and is not read; its placeholder stands as {{${input}}}.`),
      ...(elsewhere.has('') ? [`The tests are in another file (${elsewhere.get('')}), which is not read.`] : []),
    ],
  };
}

function firstPrompt(name: string, { document }: YamlText): { readonly prompt: Scalar; readonly count: number } {
  const prompts = entry(document, document.contents, 'prompts');
  const first = isSeq(prompts) ? resolved(document, prompts.items[0]) : isMap(prompts) ? prompts.items[0]?.key as Node : prompts;
  const prompt = isMap(first) ? entry(document, first, 'raw') ?? entry(document, first, 'id') ?? entry(document, first, 'label') : first;
  if (!isScalar(prompt) || typeof prompt.value !== 'string') throw new TranscriptError(`${name} has no prompt that is a text; write one in a list under "prompts:".`);
  return { prompt, count: isSeq(prompts) || isMap(prompts) ? prompts.items.length : 1 };
}

/** The variables of the first test before those of all; of a list of values the first one, as in the first run. */
function variables(name: string, yaml: YamlText): { readonly values: Values; readonly elsewhere: ReadonlyMap<string, string>; readonly tests: number } {
  const { document } = yaml;
  const tests = entry(document, document.contents, 'tests');
  const first = isSeq(tests) ? resolved(document, tests.items[0]) : null;
  const elsewhere = new Map<string, string>();
  for (const node of [tests, first, entry(document, first, 'vars')]) {
    const place = stringValue(node);
    if (place !== null) elsewhere.set('', place);
  }
  const what = `the variables of ${name}`;
  const given = { ...yamlValues(yaml, entry(document, entry(document, document.contents, 'defaultTest'), 'vars'), what, false), ...yamlValues(yaml, entry(document, first, 'vars'), what, false) };
  const values: Record<string, Value> = Object.create(null) as Record<string, Value>;
  for (const [key, value] of Object.entries(given)) {
    const one = Array.isArray(value) ? (value as readonly Value[])[0] ?? '' : value;
    const isElsewhere = typeof one === 'string' && one.startsWith('file://');
    if (isElsewhere) elsewhere.set(key, one);
    values[key] = isElsewhere ? `{{${key}}}` : one;
  }
  // Values are templates themselves; those that name others get them as they stand.
  for (const [key, value] of Object.entries(values)) {
    if (typeof value === 'string' && value.includes('{{') && !elsewhere.has(key)) values[key] = fillJinja(value, values, `The variable ${key} of ${name}`, 'nunjucks').runs.map(({ text }) => text).join('');
  }
  return { values, elsewhere, tests: isSeq(tests) ? tests.items.length : 0 };
}
