import type { Arguments } from './arguments';
import { RenderError } from './errors';
import { braceFormat } from './formatting';
import { firstSpace, isSpace, length, splitLines, strip } from './builtins';
import { boolean, integer, isList, isText, list, text, tuple, typeName, undefinedValue, type Value } from './values';

type Method = (self: string, args: Arguments) => Value;

const isUpper = (self: string) => self !== self.toLowerCase() && self === self.toUpperCase();
const isLower = (self: string) => self !== self.toUpperCase() && self === self.toLowerCase();
const all = (pattern: RegExp): Method => (self) => boolean(self !== '' && pattern.test(self));
const stripping = (left: boolean, right: boolean): Method => (self, args) => text(strip(self, args.optionalText(0, 'chars'), left, right));

/** Methods of Python's str that templates call. What is not here is undefined, and calling it an error. */
export const TEXT_METHODS: Readonly<Record<string, Method>> = {
  upper: (self) => text(self.toUpperCase()),
  lower: (self) => text(self.toLowerCase()),
  casefold: (self) => text(self.toLowerCase().replaceAll('ß', 'ss')),
  swapcase: (self) => text(Array.from(self, (c) => (c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase())).join('')),
  capitalize: (self) => text(capitalize(self)),
  title: (self) => text(self.replace(/\p{L}+/gu, capitalize)),
  strip: stripping(true, true),
  lstrip: stripping(true, false),
  rstrip: stripping(false, true),
  startswith: (self, args) => boolean(affixes(args, 'prefix').some((affix) => self.startsWith(affix))),
  endswith: (self, args) => boolean(affixes(args, 'suffix').some((affix) => self.endsWith(affix))),
  removeprefix: (self, args) => text(self.startsWith(args.text(0, 'prefix')) ? self.slice(args.text(0, 'prefix').length) : self),
  removesuffix: (self, args) => text(args.text(0, 'suffix') !== '' && self.endsWith(args.text(0, 'suffix')) ? self.slice(0, -args.text(0, 'suffix').length) : self),
  split: (self, args) => list(split(self, args.optionalText(0, 'sep'), args.integer(1, 'maxsplit', -1)).map(text)),
  rsplit: (self, args) => list(rightSplit(self, args.optionalText(0, 'sep'), args.integer(1, 'maxsplit', -1)).map(text)),
  splitlines: (self) => list(splitLines(self).map(text)),
  partition: (self, args) => tuple(partition(self, args.text(0, 'sep'), self.indexOf(args.text(0, 'sep'))).map(text)),
  rpartition: (self, args) => {
    const at = self.lastIndexOf(args.text(0, 'sep'));
    return tuple((at < 0 ? ['', '', self] : partition(self, args.text(0, 'sep'), at)).map(text));
  },
  replace: (self, args) => text(replace(self, args.text(0, 'old'), args.text(1, 'new'), args.integer(2, 'count', -1))),
  join: (self, args) => text(joined(self, args.required(0, 'iterable'))),
  find: (self, args) => integer(place(self, self.indexOf(args.text(0, 'sub')))),
  rfind: (self, args) => integer(place(self, self.lastIndexOf(args.text(0, 'sub')))),
  index: (self, args) => {
    const at = self.indexOf(args.text(0, 'sub'));
    if (at < 0) throw new RenderError('substring not found');
    return integer(place(self, at));
  },
  count: (self, args) => integer(count(self, args.text(0, 'sub'))),
  isdigit: all(/^\p{Nd}+$/u),
  isdecimal: all(/^\p{Nd}+$/u),
  isnumeric: all(/^\p{N}+$/u),
  isalpha: all(/^\p{L}+$/u),
  isalnum: all(/^[\p{L}\p{N}]+$/u),
  isascii: (self) => boolean(/^[\0-\x7f]*$/.test(self)),
  isspace: (self) => boolean(isSpace(self)),
  isupper: (self) => boolean(isUpper(self)),
  islower: (self) => boolean(isLower(self)),
  zfill: (self, args) => {
    const sign = /^[+-]/.exec(self)?.[0] ?? '';
    return text(sign + self.slice(sign.length).padStart(args.width(0, 'width', 0) - sign.length, '0'));
  },
  ljust: (self, args) => text(self + filling(self, args)),
  rjust: (self, args) => text(filling(self, args) + self),
  center: (self, args) => text(center(self, args.width(0, 'width', 0), args.text(1, 'fillchar', ' '))),
  format: (self, args) => text(braceFormat(self, args)),
};

/** The first letter large, the rest small, as Python has it. */
export function capitalize(word: string): string {
  const [first = '', ...rest] = word;
  return first.toUpperCase() + rest.join('').toLowerCase();
}

export function center(self: string, width: number, fill = ' '): string {
  const missing = Math.max(0, width - length(text(self)));
  // CPython puts the odd one to the left where the width is odd, too.
  const left = Math.floor(missing / 2) + (missing & width & 1);
  return fill.repeat(left) + self + fill.repeat(missing - left);
}

function affixes(args: Arguments, name: string): string[] {
  const given = args.required(0, name);
  return (isList(given) ? given.value : [given]).map((affix) => {
    if (!isText(affix)) throw new RenderError(`a ${name} must be str or a tuple of str, not ${typeName(affix)}`);
    return affix.value;
  });
}

function split(self: string, separator: string | null, most: number): string[] {
  if (separator === '') throw new RenderError('empty separator');
  const parts: string[] = [];
  let rest = separator === null ? strip(self, null, true, false) : self;
  while (most < 0 || parts.length < most) {
    const end = separator === null ? firstSpace(rest) : rest.indexOf(separator);
    if (end < 0) break;
    parts.push(rest.slice(0, end));
    rest = separator === null ? strip(rest.slice(end), null, true, false) : rest.slice(end + separator.length);
  }
  return separator === null && rest === '' ? parts : [...parts, rest];
}

function rightSplit(self: string, separator: string | null, most: number): string[] {
  const reversed = (word: string) => Array.from(word).reverse().join('');
  return split(reversed(self), separator === null ? null : reversed(separator), most).map(reversed).reverse();
}

function partition(self: string, separator: string, at: number): string[] {
  return at < 0 ? [self, '', ''] : [self.slice(0, at), separator, self.slice(at + separator.length)];
}

export function replace(self: string, from: string, to: string, most: number): string {
  if (most < 0) return from === '' ? [to, ...Array.from(self).flatMap((c) => [c, to])].join('') : self.split(from).join(to);
  const parts = from === '' ? ['', ...Array.from(self)] : self.split(from);
  const cut = parts.slice(0, most + 1);
  return cut.slice(0, -1).map((part) => part + to).join('') + [cut.at(-1)!, ...parts.slice(most + 1)].join(from);
}

function joined(separator: string, items: Value): string {
  if (isText(items)) return Array.from(items.value).join(separator);
  if (!isList(items)) throw new RenderError(`can only join an iterable, not ${typeName(items)}`);
  return items.value.map((item, index) => {
    if (!isText(item)) throw new RenderError(`sequence item ${index}: expected str instance, ${typeName(item)} found`);
    return item.value;
  }).join(separator);
}

/** Place in characters of a place in UTF-16 units. */
function place(self: string, at: number): number {
  return at < 0 ? -1 : length(text(self.slice(0, at)));
}

function count(self: string, part: string): number {
  return part === '' ? length(text(self)) + 1 : self.split(part).length - 1;
}

function filling(self: string, args: Arguments): string {
  return args.text(1, 'fillchar', ' ').repeat(Math.max(0, args.width(0, 'width', 0) - length(text(self))));
}

/** By characters, from behind where `index` is negative. */
export function characterAt(self: string, index: number): Value {
  const character = Array.from(self).at(index);
  return character === undefined ? undefinedValue(`str object has no element ${index}`) : text(character);
}
