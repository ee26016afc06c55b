import { type Node, printParseErrorCode } from 'jsonc-parser';
import { TranscriptError } from '../../base/errors';
import { SourceText } from '../turns/sourceText';
import { jsonStringSource } from './jsonString';
import { readJson } from './readJson';

/** A JSON text: the document, or what a string in it holds. */
export interface JsonText {
  readonly text: string;
  /** Where the text stands, when a string of another JSON text holds it. */
  readonly within?: SourceText;
}

/** @throws TranscriptError for what is no JSON (comments and trailing commas may be there) */
export function jsonTree(name: string, text: string): Node {
  const read = readJson(text, { allowTrailingComma: true });
  if (read.root) return read.root;
  const { error, tooDeep } = read;
  if (tooDeep) throw new TranscriptError(`${name} nests its objects and lists deeper than any chat does; give a file that holds the chat alone.`);
  const place = error ? ` (${printParseErrorCode(error.error)} at ${lineAndColumn(text, error.offset)})` : '';
  throw new TranscriptError(`${name} is not readable JSON${place}; correct it there.`);
}

/** The tree of a JSON value that stands at `offset` of the document and was readable there. */
export function movedTree(text: string, offset: number): Node {
  return move(readJson(text, { allowTrailingComma: true }).root!, offset);
}

/** The same node with its places that much further on. */
export function move(node: Node, by: number): Node {
  (node as { offset: number }).offset += by;
  node.children?.forEach((child) => move(child, by));
  return node;
}

/** The node of an object's field; undefined for what is no object or has none. Of two with one name the last counts, as for every reader of JSON. */
export function field(node: Node | undefined, key: string): Node | undefined {
  return node?.type === 'object' ? node.children!.findLast((property) => property.children?.[0].value === key)?.children?.[1] : undefined;
}

/** The fields of an object; none of what is no object. */
export function fieldsOf(node: Node): (readonly [name: string, value: Node])[] {
  return node.type === 'object' ? node.children!.map(({ children }) => [String(children![0].value), children![1]] as const) : [];
}

/** An object with no other fields than these. */
export function withFields(node: Node, names: readonly string[]): Node {
  return node.type === 'object' ? { ...node, children: node.children!.filter(({ children }) => names.includes(String(children![0].value))) } : node;
}

/** A field's text; undefined where it is none. */
export function textOf(node: Node | undefined, key: string): string | undefined {
  const value: unknown = field(node, key)?.value;
  return typeof value === 'string' ? value : undefined;
}

/** A string node's text with the place of every unit in the document. */
export function stringSource({ text, within }: JsonText, node: Node): SourceText {
  const source = jsonStringSource(text, node.offset, node.offset + node.length);
  return within ? source.placedIn(within) : source;
}

/** A number or a word with its place. */
export function literalSource({ text, within }: JsonText, node: Node): SourceText {
  const source = SourceText.of(text, node.offset, node.offset + node.length, false);
  return within ? source.placedIn(within) : source;
}

/** Offsets at which the lines of a text begin. A sentence about each of ten thousand messages is made before one is wrong. */
let latest: { readonly text: string; readonly starts: readonly number[] } = { text: '', starts: [0] };

export function lineAndColumn(text: string, offset: number): string {
  if (latest.text !== text) latest = { text, starts: [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)] };
  const { starts } = latest;
  let [from, to] = [0, starts.length];
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if (starts[middle] <= offset) from = middle;
    else to = middle;
  }
  return `line ${from + 1}, column ${offset - starts[from] + 1}`;
}
