import { isMap, isScalar, isSeq } from 'yaml';
import type { Given } from '../../filling/fillingNotes';
import { entry, stringValue, type YamlText } from '../../yaml/readYaml';
import { type Value, type Values, yamlValue, yamlValues } from '../../yaml/yamlValue';

export interface PromptyInputs extends Given {
  /** Inputs whose value stands elsewhere, with what is written for it; '' names all of them. */
  readonly elsewhere: ReadonlyMap<string, string>;
}

export type PromptyEngine = 'jinja2' | 'mustache' | 'none';

const NOWHERE = /^\$\{(?:env|file):[^}]*\}$/i;
const SAMPLE = 'the sample';
const DEFAULTS = 'the default values';

/**
 * The values that Prompty runs a file with: `sample` (versions 0 and 1), the defaults of its `inputs` (version 2) or `inputSchema`, then
 * the examples that stand there. Version 0 strips all texts of a sample.
 */
export function promptyInputs(yaml: YamlText | null, what: string): PromptyInputs {
  const values: Record<string, Value> = Object.create(null) as Record<string, Value>;
  const origins = new Map<string, string>();
  const elsewhere = new Map<string, string>();
  const add = (from: string, found: Values) => {
    for (const [name, value] of Object.entries(found)) {
      if (name in values || elsewhere.has(name)) continue;
      const known = typeof value === 'string' ? environmentDefault(value) : value;
      if (typeof known === 'string' && NOWHERE.test(known)) {
        elsewhere.set(name, known);
        continue;
      }
      values[name] = known;
      origins.set(name, from);
    }
  };
  if (yaml) {
    const { document } = yaml;
    const sample = entry(document, document.contents, 'sample');
    if (isScalar(sample) && typeof sample.value === 'string') elsewhere.set('', sample.value);
    add(SAMPLE, stripped(yamlValues(yaml, sample, what, true)));
    for (const key of ['inputs', 'inputSchema']) {
      const node = entry(document, document.contents, key);
      const examples = entry(document, node, 'examples');
      const properties = entry(document, node, 'properties') ?? node;
      for (const [from, fields] of [[DEFAULTS, ['default']], [SAMPLE, ['sample', 'example']]] as const) add(from, declared(yaml, properties, fields, what));
      if (isSeq(examples)) add(SAMPLE, yamlValues(yaml, examples.items[0], what, true));
    }
  }
  return { values, from: (name) => origins.get(name) ?? SAMPLE, elsewhere };
}

/** What the engine cannot know, with the value that stands for it there. */
function environmentDefault(value: string): string {
  return /^\$\{env:[^:}]*:([^}]+)\}$/i.exec(value)?.[1] ?? value;
}

function stripped(values: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, strip(value)]));
}

function strip(value: Value): Value {
  if (typeof value === 'string') return value.trim();
  if (Array.isArray(value)) return (value as readonly Value[]).map(strip);
  if (typeof value !== 'object' || value === null) return value;
  const object: Record<string, Value> = Object.create(null) as Record<string, Value>;
  for (const [key, item] of Object.entries(value)) object[key] = strip(item as Value);
  return object;
}

/** Inputs by name or in a list, each a description with one of these fields; a bare value is its example. */
function declared(yaml: YamlText, node: unknown, fields: readonly string[], what: string): Values {
  const found: Record<string, Value> = {};
  const put = (name: string | null, description: unknown) => {
    if (name === null) return;
    const own = isMap(description) ? fields.map((field) => entry(yaml.document, description, field)).find((value) => value !== null)
      : isScalar(description) && fields.includes('example') ? description : null;
    const value = own ? yamlValue(yaml, own, what, true) : null;
    if (value !== null) found[name] = value;
  };
  if (isMap(node)) for (const { key } of node.items) put(isScalar(key) ? String(key.value) : null, isScalar(key) ? entry(yaml.document, node, key.value as string) : null);
  if (isSeq(node)) for (const item of node.items) put(stringValue(entry(yaml.document, item, 'name')), item);
  return found;
}

/** `template: mustache`, `template: {type: mustache}` (versions 0 and 1) or `template: {format: mustache}`, `{format: {kind: mustache}}` (version 2). */
export function promptyEngine(yaml: YamlText | null): PromptyEngine | null {
  if (!yaml) return 'jinja2';
  const { document } = yaml;
  const template = entry(document, document.contents, 'template');
  const format = entry(document, template, 'format');
  const name = stringValue(template) ?? stringValue(entry(document, template, 'type')) ?? stringValue(format) ?? stringValue(entry(document, format, 'kind')) ?? 'jinja2';
  const known: Readonly<Record<string, PromptyEngine>> = { jinja2: 'jinja2', '*': 'jinja2', '': 'jinja2', mustache: 'mustache', none: 'none', noop: 'none' };
  return known[name.toLowerCase()] ?? null;
}
