import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tokenizerOf } from '../../../src/engine/tokenizer/openTokenizer';
import type { Tokenizer } from '../../../src/engine/tokenizer/tokenizer';
import { DATA, ROOT } from '../folders';

const FAMILIES = join(DATA, 'cases', 'families');

/** case.json: what a family's template is given, and what its models generate behind the prompt. */
export interface FamilyCase {
  readonly name: string;
  readonly about: string;
  readonly origin: string;
  readonly licence: string;
  readonly tokens: Readonly<Record<string, string>>;
  readonly special: readonly string[];
  /** Tokens that generation_config.json names as ends, beside `eos_token`. */
  readonly ends?: readonly string[];
  readonly messages: readonly unknown[];
  readonly variables?: Readonly<Record<string, unknown>>;
  /** What the sentence must say, where the template refuses the turns. */
  readonly refused?: readonly string[];
  readonly generation: string;
  readonly end: string;
  readonly reasoning: string | null;
  readonly answer: string;
  /** False where a field cannot say what the model wrote: white space or tags that no one writes for it. */
  readonly fields?: false;
  /** What notes must say. */
  readonly notes?: readonly string[];
  readonly expected: FamilyValues;
}

/** expected.json, by tools/cases/family_values.py. */
export interface FamilyValues {
  readonly prompt: string;
  readonly promptIds: readonly [count: number, sha256: string];
  readonly generation: readonly string[];
  readonly reasoning: readonly [start: number, end: number] | null;
  readonly answer: readonly [start: number, end: number];
  /** Whether the template writes the generation so when it gets the reasoning in a field. */
  readonly written: boolean;
}

export function familyCases(): FamilyCase[] {
  return readdirSync(FAMILIES).sort().map((name) => {
    const read = (file: string): unknown => JSON.parse(readFileSync(join(FAMILIES, name, file), 'utf8'));
    return { name, ...(read('case.json') as Omit<FamilyCase, 'name' | 'expected'>), expected: read('expected.json') as FamilyValues };
  });
}

/** The included model's vocabulary with the family's special tokens behind it, as the script has it, and the family's chat template. */
export function familyTokenizer({ name, tokens, special, ends = [] }: Pick<FamilyCase, 'name' | 'tokens' | 'special' | 'ends'>): Tokenizer {
  const path = join(ROOT, 'models', 'tracelet-1m', 'tokenizer.json');
  const tokenizerJson = JSON.parse(readFileSync(path, 'utf8')) as { added_tokens: { id: number; content: string }[] };
  const known = new Set(tokenizerJson.added_tokens.map(({ content }) => content));
  let next = Math.max(...tokenizerJson.added_tokens.map(({ id }) => id));
  const own = special.filter((content) => !known.has(content)).map((content) => ({ id: ++next, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }));
  const template = join(FAMILIES, name, 'chat_template.jinja');
  return tokenizerOf({
    path, tokenizerJson: { ...tokenizerJson, added_tokens: [...tokenizerJson.added_tokens, ...own] }, config: { ...tokens }, specialMap: null, generation: { eos_token_id: own.filter(({ content }) => ends.includes(content)).map(({ id }) => id) }, model: null,
    templates: existsSync(template) ? { default: readFileSync(template, 'utf8') } : {},
  }, join(FAMILIES, name));
}
