import { RenderError } from './errors';
import { floatText, numberText } from './builtins';
import { isBoolean, isDict, isFloat, isInteger, isList, isNone, isText, typeName, type Value } from './values';

export interface JsonOptions {
  /** Spaces or text before each level; null for one line. */
  readonly indent: string | null;
  readonly separators: readonly [item: string, key: string];
  readonly ensureAscii: boolean;
  readonly sortKeys: boolean;
}

/** Python's json.dumps, which transformers' `tojson` is. @throws RenderError for what JSON has no form for, such as an undefined value */
export function toJson(value: Value, options: JsonOptions, depth = 0): string {
  if (isText(value)) return quoted(value.value, options.ensureAscii);
  if (isFloat(value) && value.written === undefined && !Number.isFinite(value.value)) return floatText(value.value).replace('inf', 'Infinity').replace('nan', 'NaN');
  if (isInteger(value) || isFloat(value)) return numberText(value);
  if (isBoolean(value)) return String(value.value);
  if (isNone(value)) return 'null';
  if (isList(value) && !value.isGenerator) return bracketed('[]', value.value.map((item) => toJson(item, options, depth + 1)), options, depth);
  if (isDict(value)) {
    const entries = options.sortKeys ? [...value.value].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)) : [...value.value];
    return bracketed('{}', entries.map(([key, item]) => quoted(String(key), options.ensureAscii) + options.separators[1] + toJson(item, options, depth + 1)), options, depth);
  }
  throw new RenderError(`Object of type ${typeName(value)} is not JSON serializable`);
}

function bracketed([open, close]: string, items: readonly string[], { indent, separators: [separator] }: JsonOptions, depth: number): string {
  if (items.length === 0 || indent === null) return open + items.join(separator) + close;
  const line = (level: number) => `\n${indent.repeat(level)}`;
  return open + line(depth + 1) + items.join(separator + line(depth + 1)) + line(depth) + close;
}

function quoted(text: string, ensureAscii: boolean): string {
  // Python leaves lone surrogates as they are; JSON.stringify escapes them.
  const json = JSON.stringify(text);
  return ensureAscii ? json.replace(/[\x7f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`) : json;
}
