import type { Node } from 'jsonc-parser';
import { usesCrlf } from '../../turns/sourceText';

/** How JSON is written: in one line, or with a line for every value. */
interface Style {
  readonly colon: string;
  /** Behind a comma, in one line. */
  readonly next: string;
  /** Inside the braces of an object, in one line. */
  readonly padding: string;
  /** The line break and the indentation of the value's own line, and what each level adds; null for one line. */
  readonly lines: { readonly own: string; readonly level: string } | null;
}

export const endOf = (node: Node): number => node.offset + node.length;

/** A new item for a list, from the comma before it on, written as the list's last one is: its brackets, gaps, colons and indentation. */
export function newItem(text: string, list: Node, item: unknown): string {
  // Messages on lines of their own are a list without brackets and commas.
  if (text[list.offset] !== '[') return newItemOfLines(text, list, item);
  const [last, before] = [list.children!.at(-1), list.children!.at(-2)];
  const [first, second] = last?.type === 'object' ? last.children! : [];
  if (!last || !first) {
    const next = text[list.offset - 1] === ':' ? '' : ' ';
    const style = { colon: `:${next}`, next, padding: '', lines: null };
    return (last ? `,${before ? gap(text, before, last) : ' '}` : '') + written(item, style);
  }
  const [opening, closing] = edges(text, last);
  const style = styleOf(text, last, opening, closing);
  const between = second ? gap(text, first, second) : opening || style.next;
  const fields = Object.entries(item as object).map(([key, value]) => field(key, value, style));
  const space = before ? gap(text, before, last) : spaceIn(text.slice(list.offset + 1, last.offset)) || (opening.includes('\n') ? '' : style.next);
  return `,${space}{${opening}${fields.join(`,${between}`)}${closing}}`;
}

function newItemOfLines(text: string, list: Node, item: unknown): string {
  const [last, before] = [list.children!.at(-1)!, list.children!.at(-2)];
  const gap = before ? text.slice(endOf(before), last.offset) : usesCrlf(text) ? '\r\n' : '\n';
  const [opening, closing] = last.children!.length > 0 ? edges(text, last) : ['', ''];
  const style = last.children!.length > 0 ? styleOf(text, last, opening, closing) : { colon: ': ', next: ' ', padding: '', lines: null };
  return gap + written(item, { ...style, lines: null });
}

/** A new field for an object, from the comma before it on, written as the object's last one is. */
export function newField(text: string, object: Node, key: string, value: unknown): string {
  const [last, before] = [object.children!.at(-1)!, object.children!.at(-2)];
  const [opening, closing] = edges(text, object);
  const style = styleOf(text, object, opening, closing);
  return `,${before ? gap(text, before, last) : opening || style.next}${field(key, value, style)}`;
}

function field(key: string, value: unknown, style: Style): string {
  return `${JSON.stringify(key)}${style.colon}${written(value, style)}`;
}

function written(value: unknown, style: Style): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const { lines, next, padding } = style;
  const inside = lines ? { ...style, lines: { ...lines, own: lines.own + lines.level } } : style;
  const isList = Array.isArray(value);
  const items = isList ? value.map((item) => written(item, inside)) : Object.entries(value).map(([key, item]) => field(key, item, inside));
  const [open, close] = isList ? '[]' : '{}';
  if (items.length === 0) return open + close;
  if (inside.lines) return `${open}${inside.lines.own}${items.join(`,${inside.lines.own}`)}${lines!.own}${close}`;
  return isList ? `${open}${items.join(`,${next}`)}${close}` : `${open}${padding}${items.join(`,${next}`)}${padding}${close}`;
}

/** The style of what an object's fields hold. Where the object has lines and its lists and objects have none, neither has a new one. */
function styleOf(text: string, object: Node, opening: string, closing: string): Style {
  const values = object.children!.map(({ children }) => children!);
  const [name, value] = values[0];
  const colon = text.slice(endOf(name), value.offset);
  const nested = values.map(([, held]) => held).find(({ type, children }) => (type === 'object' || type === 'array') && children!.length > 0);
  const hasLines = opening.includes('\n') && (!nested || text.slice(nested.offset, endOf(nested)).includes('\n'));
  const own = lastLine(opening);
  const level = own.slice(lastLine(closing).length) || '  ';
  return { colon, next: colon.endsWith(' ') ? ' ' : '', padding: opening.includes('\n') ? '' : opening, lines: hasLines ? { own, level } : null };
}

/** White space inside the braces of an object that has fields. */
function edges(text: string, object: Node): [opening: string, closing: string] {
  return [spaceIn(text.slice(object.offset + 1, object.children![0].offset)), spaceIn(text.slice(endOf(object.children!.at(-1)!), endOf(object) - 1))];
}

function lastLine(space: string): string {
  return /\r?\n[^\n]*$/.exec(space)?.[0] ?? '';
}

function gap(text: string, before: Node, behind: Node): string {
  return spaceIn(text.slice(endOf(before), behind.offset));
}

/** White space of a gap, its comma and comments left out. */
function spaceIn(gap: string): string {
  return gap.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|,/g, '');
}
