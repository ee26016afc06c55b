import { type Document, isMap, isScalar, isSeq, type Scalar } from 'yaml';
import { TranscriptError } from '../../base/errors';
import { resolved, type YamlText } from './readYaml';

/** What templates are filled with. Objects have no prototype: a template finds nothing in them but what was written. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
export type Values = Readonly<Record<string, Value>>;

/** Aliases multiply: a few lines can stand for billions of values. */
const MAX_NODES = 100_000;
const MAX_DEPTH = 100;

/**
 * What a node holds. Scalars that JavaScript has no equal for (dates, numbers beyond 2^53, 1.0 in Python) are their text.
 * @param python whether text is what Python's str gives
 * @throws TranscriptError for too many or too deeply nested values
 */
export function yamlValue({ document }: YamlText, node: unknown, what: string, python: boolean): Value {
  let left = MAX_NODES;
  const value = (item: unknown, depth: number): Value => {
    if (--left < 0 || depth > MAX_DEPTH) throw new TranscriptError(`The values in ${what} are more than ${MAX_NODES} or nested deeper than ${MAX_DEPTH}; make them fewer.`);
    const found = resolved(document, item);
    if (isSeq(found)) return found.items.map((child) => value(child, depth + 1));
    if (isMap(found)) {
      const object: Record<string, Value> = Object.create(null) as Record<string, Value>;
      for (const { key, value: child } of found.items) object[keyText(document, key)] = value(child, depth + 1);
      return object;
    }
    return isScalar(found) ? scalarValue(found, python) : null;
  };
  return value(node, 0);
}

/** The values of a mapping by name; none where the node is no mapping. */
export function yamlValues(text: YamlText, node: unknown, what: string, python: boolean): Values {
  const value = yamlValue(text, node, what, python);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value as Values : {};
}

/** PyYAML takes single letters for text, and numbers with an exponent but no point or no sign. */
const PYTHON_TEXT = /^(?:[yYnN]|[-+]?[\d_]+[eE][-+]?\d+|[-+]?[\d_]*\.[\d_]*[eE]\d+)$/;

function keyText(document: Document.Parsed, key: unknown): string {
  const node = resolved(document, key);
  return isScalar(node) ? node.source ?? String(node.value) : '';
}

function scalarValue({ value, source = '' }: Scalar, python: boolean): Value {
  if (value === null || value === undefined) return null;
  if (python && PYTHON_TEXT.test(source)) return source;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return exactly(value, source, python);
  if (value instanceof Date) return /^\d{4}-\d\d-\d\d$/.test(source) ? source : value.toISOString().replace('T', ' ').replace(/(?:\.000)?Z$/, '+00:00');
  return source;
}

function exactly(value: number, source: string, python: boolean): number | string {
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return /^[-+]?\d+$/.test(source) ? source.replace(/^\+/, '') : String(value);
  return python && Number.isInteger(value) && /^[-+]?\d*\.\d*$/.test(source) ? `${value}.0` : value;
}
