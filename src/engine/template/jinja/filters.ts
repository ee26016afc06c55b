import type { Arguments } from './python/arguments';
import { failUndefined, RenderError } from './python/errors';
import { toJson } from './python/json';
import { attributeOf, itemOf } from './members';
import { compare, equal, floatText, length, splitLines, str, strip } from './python/builtins';
import { TESTS } from './tests';
import { capitalize, center, replace } from './python/textMethods';
import { checkedItems } from './python/limits';
import { percentFormat } from './python/formatting';
import { asNumber, dict, FloatValue, integer, isDict, isFloat, isInteger, isList, isNamespace, isNone, isText, isUndefined, keyValue, generator, list, markup, none, text, tuple, typeName, undefinedValue, type Value } from './python/values';

type Filter = (operand: Value, args: Arguments, apply: ApplyFilter) => Value;
export type ApplyFilter = (name: string, operand: Value, args: readonly Value[]) => Value;

/** What Python's iter() gives. @throws RenderError for what has no items */
export function iterate(value: Value): readonly Value[] {
  if (isList(value)) return value.value;
  if (isText(value)) {
    checkedItems(value.value.length);
    return Array.from(value.value, text);
  }
  if (isDict(value)) return [...value.value.keys()].map(keyValue);
  if (isUndefined(value)) return [];
  throw new RenderError(`'${typeName(value)}' object is not iterable`);
}

/** A field by its path, as `map(attribute='function.name')` takes it; undefined where there is none, unless `fallback` stands for it. */
function attribute(item: Value, path: string, fallback?: Value): Value {
  return path.split('.').reduce((value, key): Value => {
    const found = itemOf(value, /^\d+$/.test(key) ? integer(Number(key)) : text(key));
    return isUndefined(found) && fallback ? fallback : found;
  }, item);
}

const lowered = (value: Value): Value => (isText(value) ? text(value.value.toLowerCase()) : value);

function sorted(items: readonly Value[], key: (item: Value) => Value, reverse: boolean): Value[] {
  // Python keeps equal items in their order when it sorts backwards, too.
  return items.map((item) => ({ item, by: key(item) })).sort((a, b) => (reverse ? compare(b.by, a.by) : compare(a.by, b.by))).map(({ item }) => item);
}

function keyOf(args: Arguments, caseIndex: number, attributeIndex: number): (item: Value) => Value {
  const caseSensitive = args.isTrue(caseIndex, 'case_sensitive');
  const path = args.at(attributeIndex, 'attribute');
  const paths = path && !isNone(path) ? str(path).split(',') : null;
  const of = (item: Value, one: string) => (caseSensitive ? attribute(item, one) : lowered(attribute(item, one)));
  if (paths && paths.length > 1) return (item) => tuple(paths.map((one) => of(item, one)));
  return paths ? (item) => of(item, paths[0]) : caseSensitive ? (item) => item : lowered;
}

/** Filters that walk over items take whatever is false for none. */
function itemsIfTrue(operand: Value): readonly Value[] {
  return operand.__bool__().value ? iterate(operand) : [];
}

/** `select`, `reject` and their forms for a field. */
function selecting(isKept: boolean, byAttribute: boolean): Filter {
  return (operand, args) => {
    const [path, rest] = byAttribute ? [args.text(0, 'attribute'), args.all.slice(1)] : [null, args.all];
    const name = rest.length > 0 ? str(rest[0]) : null;
    const test = name === null ? (value: Value) => value.__bool__().value : Object.hasOwn(TESTS, name) ? TESTS[name] : null;
    if (!test) throw new RenderError(`No test named '${name}'.`);
    return generator(itemsIfTrue(operand).filter((item) => test(path === null ? item : attribute(item, path), ...rest.slice(1)) === isKept));
  };
}

function extreme(sign: 1 | -1): Filter {
  return (operand, args) => {
    const key = keyOf(args, 0, 1);
    const items = iterate(operand);
    if (items.length === 0) return undefinedValue('No aggregated item, sequence was empty.');
    return items.reduce((best, item) => (sign * compare(key(item), key(best)) > 0 ? item : best));
  };
}

function indent(operand: Value, args: Arguments): Value {
  const width = args.at(0, 'width');
  const by = width && isText(width) ? width.value : ' '.repeat(args.width(0, 'width', 4));
  const lines = splitLines(`${str(operand)}\n`);
  const [first, ...rest] = lines;
  const blank = args.isTrue(2, 'blank');
  const written = [first, ...rest.map((line) => (line === '' && !blank ? line : by + line))].join('\n');
  return text(args.isTrue(1, 'first') ? by + written : written);
}

function toInteger(operand: Value, args: Arguments): Value {
  if (isUndefined(operand)) failUndefined(operand);
  const number = asNumber(operand);
  if (number !== null) return isInteger(operand) ? operand : integer(Math.trunc(number));
  const written = isText(operand) ? strip(operand.value, null, true, true).replace(/(?<=\d)_(?=\d)/g, '') : '';
  const base = args.integer(1, 'base', 10);
  if (base === 10 && /^[+-]?\d+$/.test(written)) return integer(Number(written));
  if (base === 16 && /^(?:0x)?[\da-f]+$/i.test(written)) return integer(parseInt(written, 16));
  if (base === 10 && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(written)) return integer(Math.trunc(Number(written)));
  return args.at(0, 'default') ?? integer(0);
}

function toFloat(operand: Value, args: Arguments): Value {
  if (isUndefined(operand)) failUndefined(operand);
  const number = asNumber(operand);
  if (number !== null) return new FloatValue(number);
  const written = isText(operand) ? strip(operand.value, null, true, true) : '';
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(written)) return new FloatValue(Number(written));
  return args.at(0, 'default') ?? new FloatValue(0);
}

function round(operand: Value, args: Arguments): Value {
  const number = asNumber(operand);
  if (number === null) throw new RenderError(`type ${typeName(operand)} doesn't define __round__ method`);
  const scale = 10 ** args.integer(0, 'precision', 0);
  const method = args.text(1, 'method', 'common');
  if (method === 'common' && isInteger(operand) && scale >= 1) return operand;
  if (method !== 'common') return new FloatValue((method === 'ceil' ? Math.ceil : Math.floor)(number * scale) / scale);
  // Python rounds the number as written, halves to even.
  const scaled = Number(floatText(Number((number * scale).toPrecision(15))));
  const below = Math.floor(scaled);
  const nearest = scaled - below === 0.5 ? below + (below % 2 === 0 ? 0 : 1) : Math.round(scaled);
  return isInteger(operand) ? integer(nearest / scale) : new FloatValue(nearest / scale);
}

function tojson(operand: Value, args: Arguments): Value {
  const [given, separators] = [args.at(1, 'indent') ?? none(), args.at(2, 'separators') ?? none()];
  const indentText = isNone(given) ? null : isText(given) ? given.value : ' '.repeat(args.width(1, 'indent', 0));
  const [item, key] = isList(separators) && separators.value.length === 2 ? separators.value.map(str) : [indentText === null ? ', ' : ',', ': '];
  return text(toJson(operand, { indent: indentText, separators: [item, key], ensureAscii: args.isTrue(0, 'ensure_ascii'), sortKeys: args.isTrue(3, 'sort_keys') }));
}

function mapped(operand: Value, args: Arguments, apply: ApplyFilter): Value {
  const path = args.keywords.get('attribute');
  if (!path) return generator(itemsIfTrue(operand).map((item) => apply(args.text(0, 'filter'), item, args.all.slice(1))));
  const fallback = args.keywords.get('default');
  return generator(itemsIfTrue(operand).map((item) => attribute(item, str(path), fallback)));
}

function batch(operand: Value, args: Arguments): Value {
  const [size, fill, items] = [args.integer(0, 'linecount', 1), args.at(1, 'fill_with'), iterate(operand)];
  if (size < 1) throw new RenderError('batch() needs at least one item a row');
  const rows = Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
  const last = rows.at(-1);
  if (fill && last) while (last.length < checkedItems(size)) last.push(fill);
  return list(rows.map(list));
}

function sum(operand: Value, args: Arguments): Value {
  const path = args.at(0, 'attribute');
  const values = iterate(operand).map((item) => (path && !isNone(path) ? attribute(item, str(path)) : item));
  const numbers = [args.at(1, 'start') ?? integer(0), ...values].map((value) => asNumber(value) ?? failNumber(value));
  const total = numbers.reduce((a, b) => a + b, 0);
  return values.some(isFloat) ? new FloatValue(total) : integer(total);
}

function failNumber(value: Value): never {
  throw new RenderError(`unsupported operand type(s) for +: 'int' and '${typeName(value)}'`);
}

/** As Markup writes them. */
export const HTML_ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };

/** As Markup is escaped: what is Markup stays. */
export function escapeHtml(value: Value): string {
  return isText(value) && value.isMarkup ? value.value : str(value).replace(/[&<>"']/g, (character) => HTML_ESCAPES[character]);
}

const escaped: Filter = (operand) => markup(escapeHtml(operand));
const like = (operand: Value) => (isText(operand) && operand.isMarkup ? markup : text);
const ofText = (change: (written: string) => string): Filter => (operand) => like(operand)(change(str(operand)));
const counted: Filter = (operand) => integer(length(operand));
const orDefault: Filter = (operand, args) => (isUndefined(operand) || (args.isTrue(1, 'boolean') && !operand.__bool__().value) ? args.at(0, 'default_value') ?? text('') : operand);

/** Jinja2's filters and transformers' `tojson`. What is not here is an error, as an unknown filter is there. */
export const FILTERS: Readonly<Record<string, Filter>> = {
  abs: (operand) => (isFloat(operand) ? new FloatValue(Math.abs(operand.value)) : integer(Math.abs(asNumber(operand) ?? failNumber(operand)))),
  // An attribute is no key of a dict.
  attr: (operand, args) => (isNamespace(operand) ? attributeOf(operand, args.text(0, 'name')) : undefinedValue(`'${typeName(operand)} object' has no attribute '${args.text(0, 'name')}'`)),
  batch,
  capitalize: ofText(capitalize),
  center: (operand, args) => text(center(str(operand), args.width(0, 'width', 80))),
  count: counted,
  d: orDefault,
  default: orDefault,
  dictsort: (operand, args) => {
    if (!isDict(operand)) throw new RenderError(`'${typeName(operand)}' object has no attribute 'items'`);
    const at = args.text(1, 'by', 'key') === 'key' ? 0 : 1;
    const pairs = [...operand.value].map(([key, value]) => tuple([keyValue(key), value]));
    const key = (pair: Value) => (isList(pair) ? args.isTrue(0, 'case_sensitive') ? pair.value[at] : lowered(pair.value[at]) : pair);
    return list(sorted(pairs, key, args.isTrue(2, 'reverse')));
  },
  e: escaped,
  escape: escaped,
  first: (operand) => iterate(operand)[0] ?? undefinedValue('No first item, sequence was empty.'),
  float: toFloat,
  format: (operand, args) => text(percentFormat(str(operand), args.keywords.size > 0 ? dict(args.keywords) : tuple([...args.all]))),
  indent,
  int: toInteger,
  items: (operand) => {
    if (isUndefined(operand)) return list([]);
    if (!isDict(operand)) throw new RenderError('Can only get item pairs from a mapping.');
    return list([...operand.value].map(([key, value]) => tuple([keyValue(key), value])));
  },
  join: (operand, args) => {
    const path = args.at(1, 'attribute');
    return text(iterate(operand).map((item) => str(path && !isNone(path) ? attribute(item, str(path)) : item)).join(str(args.at(0, 'd') ?? text(''))));
  },
  last: (operand) => iterate(operand).at(-1) ?? undefinedValue('No last item, sequence was empty.'),
  length: counted,
  list: (operand) => list([...iterate(operand)]),
  lower: ofText((written) => written.toLowerCase()),
  map: mapped,
  max: extreme(1),
  min: extreme(-1),
  reject: selecting(false, false),
  rejectattr: selecting(false, true),
  replace: (operand, args) => text(replace(str(operand), str(args.required(0, 'old')), str(args.required(1, 'new')), args.integer(2, 'count', -1))),
  reverse: (operand) => (isText(operand) ? text(Array.from(operand.value).reverse().join('')) : list([...iterate(operand)].reverse())),
  round,
  safe: (operand) => markup(str(operand)),
  select: selecting(true, false),
  selectattr: selecting(true, true),
  sort: (operand, args) => list(sorted(iterate(operand), keyOf(args, 1, 2), args.isTrue(0, 'reverse'))),
  string: ofText((written) => written),
  sum,
  title: ofText((written) => written.split(/([-\s({[<]+)/).filter((item) => item !== '').map(capitalize).join('')),
  tojson,
  trim: (operand, args) => like(operand)(strip(str(operand), args.optionalText(0, 'chars'), true, true)),
  unique: (operand, args) => {
    const key = keyOf(args, 0, 1);
    const seen: Value[] = [];
    return list(iterate(operand).filter((item) => !seen.some((other) => equal(other, key(item))) && seen.push(key(item))));
  },
  upper: ofText((written) => written.toUpperCase()),
  wordcount: (operand) => integer(str(operand).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0),
};
