import { failUndefined, RenderError } from './errors';
import { asNumber, isBoolean, isDict, isFloat, isInteger, isList, isNone, isText, isTuple, isUndefined, keyOf, typeName, type Value } from './values';

/** What Python's str.strip() and str.isspace() take for white space; JavaScript's trim() takes U+FEFF, too, and leaves the separators U+001C to U+001F. */
const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000';
const LEADING = new RegExp(`^[${SPACE}]+`);
const ONLY_SPACE = new RegExp(`^[${SPACE}]$`);
const ANY_SPACE = new RegExp(`[${SPACE}]`);
/** As str.splitlines() knows them. */
const LINE_BREAK = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/;
/** Characters that repr() writes as escapes: control and format characters, separators but the space, what is unassigned. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u;

/** Python's float.__repr__: the shortest digits that give the number back, an exponent below 1e-4 and from 1e16 on. */
export function floatText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** How a number is printed, in text and in JSON. */
export function numberText(value: Value): string {
  const { value: number, written } = value as { value: number; written?: string };
  return written ?? (isFloat(value) ? floatText(number) : BigInt(number).toString());
}

/** Python's str(). */
export function str(value: Value): string {
  return isText(value) ? value.value : isUndefined(value) ? '' : repr(value);
}

/** Python's repr(). */
export function repr(value: Value): string {
  if (isText(value)) return stringRepr(value.value);
  if (isInteger(value) || isFloat(value)) return numberText(value);
  if (isBoolean(value)) return value.value ? 'True' : 'False';
  if (isNone(value)) return 'None';
  if (isUndefined(value)) return 'Undefined';
  if (isList(value) && value.isGenerator) throw new RenderError('a generator is written out as text');
  if (isTuple(value)) return `(${value.value.map(repr).join(', ')}${value.value.length === 1 ? ',' : ''})`;
  if (isList(value)) return `[${value.value.map(repr).join(', ')}]`;
  if (isDict(value)) return `{${[...value.value].map(([key, item]) => `${typeof key === 'string' ? stringRepr(key) : key}: ${repr(item)}`).join(', ')}}`;
  // Python would write an address here, another one every time.
  throw new RenderError(`a ${typeName(value)} is written out as text`);
}

function stringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\', [quote]: `\\${quote}` };
  const escaped = Array.from(text, (character) => short[character] ?? (UNPRINTABLE.test(character) ? escape(character.codePointAt(0)!) : character));
  return `${quote}${escaped.join('')}${quote}`;
}

function escape(code: number): string {
  const [letter, digits] = code < 0x100 ? ['x', 2] : code < 0x10000 ? ['u', 4] : ['U', 8];
  return `\\${letter}${code.toString(16).padStart(digits as number, '0')}`;
}

/** Python's `==`. */
export function equal(a: Value, b: Value): boolean {
  const [left, right] = [asNumber(a), asNumber(b)];
  if (left !== null || right !== null) return left !== null && right !== null && left === right && numbersWritten(a, b);
  if (isText(a) || isText(b)) return isText(a) && isText(b) && a.value === b.value;
  if (isList(a) && isList(b)) return isTuple(a) === isTuple(b) && a.value.length === b.value.length && a.value.every((item, i) => equal(item, b.value[i]));
  if (isDict(a) && isDict(b)) {
    const other = b.value;
    return a.value.size === other.size && [...a.value].every(([key, item]) => other.has(key) && equal(item, other.get(key)!));
  }
  if (isNone(a) || isUndefined(a)) return a.type === b.type;
  return a === b;
}

/** Integers that one double stands for may still differ. */
function numbersWritten(a: Value, b: Value): boolean {
  return !(isInteger(a) && isInteger(b)) || numberText(a) === numberText(b);
}

/** Python's order: below 0, 0 or above. @throws RenderError for values that have none */
export function compare(a: Value, b: Value): number {
  if (isUndefined(a)) failUndefined(a);
  if (isUndefined(b)) failUndefined(b);
  const [left, right] = [asNumber(a), asNumber(b)];
  if (left !== null && right !== null) return left - right;
  if (isText(a) && isText(b)) return compareTexts(a.value, b.value);
  if (isList(a) && isList(b)) {
    const at = a.value.findIndex((item, i) => i >= b.value.length || !equal(item, b.value[i]));
    return at < 0 ? a.value.length - b.value.length : at >= b.value.length ? 1 : compare(a.value[at], b.value[at]);
  }
  throw new RenderError(`'<' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`);
}

/** By code points, which UTF-16 units are not in the order of. */
function compareTexts(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  for (let i = 0; i < left.length && i < right.length; i++) {
    if (left[i] !== right[i]) return left[i].codePointAt(0)! - right[i].codePointAt(0)!;
  }
  return left.length - right.length;
}

/** Python's `in`. */
export function contains(container: Value, item: Value): boolean {
  if (isUndefined(container)) return false;
  if (isText(container)) {
    if (!isText(item)) throw new RenderError(`'in <string>' requires string as left operand, not ${typeName(item)}`);
    return container.value.includes(item.value);
  }
  if (isList(container)) return container.value.some((other) => equal(other, item));
  if (isDict(container)) return container.value.has(keyOf(item) ?? NaN);
  throw new RenderError(`argument of type '${typeName(container)}' is not iterable`);
}

/** Characters, not UTF-16 units. */
export function length(value: Value): number {
  if (isText(value)) return Array.from(value.value).length;
  if (isList(value) && !value.isGenerator) return value.value.length;
  if (isDict(value)) return value.value.size;
  if (isUndefined(value)) return 0;
  throw new RenderError(`object of type '${typeName(value)}' has no len()`);
}

/** Python's str.strip(): white space, or any of `characters`. */
export function strip(text: string, characters: string | null, left: boolean, right: boolean): string {
  const isTaken = characters === null ? (character: string) => ONLY_SPACE.test(character) : (character: string) => characters.includes(character);
  let start = 0;
  let end = text.length;
  if (characters === null && left) start = LEADING.exec(text)?.[0].length ?? 0;
  else while (left && start < end && isTaken(text[start])) start++;
  while (right && end > start && isTaken(text[end - 1])) end--;
  return text.slice(start, end);
}

export function isSpace(text: string): boolean {
  return text !== '' && strip(text, null, true, false) === '';
}

/** Place of the first white space, -1 without any. */
export function firstSpace(text: string): number {
  return text.search(ANY_SPACE);
}

/** Python's str.splitlines(). */
export function splitLines(text: string): string[] {
  const lines = text.split(LINE_BREAK);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
