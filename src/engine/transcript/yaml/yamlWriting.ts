import { isMap, isScalar, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { DocumentInsertion } from '../turns/documentInsertion';
import { lineBreakAt } from '../turns/roleLines';
import { usesCrlf } from '../turns/sourceText';
import { resolved, type YamlText } from './readYaml';

type Writing = Pick<DocumentInsertion, 'point' | 'encodePiece'>;

/**
 * A new last message of the assistant. A literal block keeps all lines and blanks of a text whose ends are not known yet: its indentation
 * is said (`2`) and all line breaks count (`+`), the one that ends it apart.
 */
export function newMessage(text: string, { document, offset }: YamlText, list: YAMLSeq): Writing {
  const lineBreak = usesCrlf(text) ? '\r\n' : '\n';
  const last = resolved(document, list.items.at(-1))!;
  const end = offset + last.range![1];
  if (list.flow) {
    return { point: { offset: end, head: ', {"role": "assistant", "content": "', tail: '"}' }, encodePiece: quotedPieces(lineBreak, column(text, end)) };
  }
  const dash = ' '.repeat((list.srcToken as { indent?: number } | undefined)?.indent ?? 0);
  const at = behindBlankLines(text, end);
  const opening = at === text.length && !text.endsWith('\n') ? lineBreak : '';
  const indentation = `${dash}    `;
  return {
    point: { offset: at, head: `${opening}${dash}- role: assistant${lineBreak}${dash}  content: |2+${lineBreak}${indentation}`, tail: lineBreak },
    encodePiece: blockPieces(lineBreak, indentation),
  };
}

/** Blank lines behind a block with `+` would be its own: the message stands behind them. */
function behindBlankLines(text: string, end: number): number {
  let at = end > 0 && text[end - 1] === '\n' ? end : lineEnd(text, end);
  for (let match = blankLine(text, at); match; match = blankLine(text, at)) at += match;
  return at;
}

function blankLine(text: string, at: number): number {
  const stop = lineEnd(text, at);
  return stop > at && text.slice(at, stop).trim() === '' ? stop - at : 0;
}

function lineEnd(text: string, at: number): number {
  const lineFeed = text.indexOf('\n', at);
  return lineFeed < 0 ? text.length : lineFeed + 1;
}

/** Goes on in the content of a last message; null where its style cannot hold every text. */
export function withinScalar(text: string, { offset }: YamlText, message: YAMLMap, content: Scalar): Writing | null {
  const lineBreak = usesCrlf(text) ? '\r\n' : '\n';
  const parent = column(text, offset + firstKey(message));
  const [from, to] = content.range!.map((at) => offset + at);
  if (content.type === 'QUOTE_DOUBLE') return { point: { offset: to - 1, head: '', tail: '' }, encodePiece: quotedPieces(lineBreak, parent + 2) };
  if (content.value === null && from === to) {
    // Behind "content:" and its blanks, at a line's end alone.
    if (from < text.length && lineBreakAt(text, from) === 0) return null;
    return { point: { offset: from, head: /\s/.test(text[from - 1]) ? '"' : ' "', tail: '"' }, encodePiece: quotedPieces(lineBreak, parent + 2) };
  }
  return content.type === 'BLOCK_LITERAL' ? withinBlock(text, from, to, parent, lineBreak) : null;
}

function withinBlock(text: string, from: number, to: number, parent: number, lineBreak: string): Writing | null {
  if (!/^\|\d?\+/.test(text.slice(from, from + 3))) return null;
  const indent = blockIndent(text, from, to, parent);
  if (indent === null) return null;
  const indentation = ' '.repeat(indent);
  const offset = text.endsWith('\n') || to < text.length ? to - (text[to - 2] === '\r' ? 2 : 1) : to;
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  // A last line that is empty lacks its indentation; a block without any line, the line.
  const headerEnd = text.indexOf('\n', from);
  const head = headerEnd < 0 || offset <= headerEnd ? lineBreak + indentation : indentation.slice(Math.min(indent, offset - lineStart));
  return { point: { offset, head, tail: lineBreakAt(text, offset) > 0 ? '' : lineBreak }, encodePiece: blockPieces(lineBreak, indentation) };
}

/** Blanks before a literal block's text: as its header says, else as its first line that is not blank has. */
function blockIndent(text: string, from: number, to: number, parent: number): number | null {
  const said = /^\|[-+]?(\d)/.exec(text.slice(from, from + 3));
  if (said) return parent + Number(said[1]);
  return /^( *)[^ \r\n]/m.exec(text.slice(lineEnd(text, from), to))?.[1].length ?? null;
}

function firstKey(message: YAMLMap): number {
  const key: unknown = isMap(message) ? message.items[0]?.key : null;
  return isScalar(key) ? key.range![0] : message.range![0];
}

export function column(text: string, offset: number): number {
  return offset - text.lastIndexOf('\n', offset - 1) - 1;
}

function blockPieces(lineBreak: string, indentation: string): (piece: string) => string {
  return (piece) => piece.replace(/\r?\n/g, lineBreak + indentation);
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\b': '\\b', '\f': '\\f' };

/** A double-quoted text with a line for each of its lines: an escaped line break says nothing, and the escape before a line keeps its blanks. */
function quotedPieces(lineBreak: string, indent: number): (piece: string) => string {
  const goesOn = `\\${lineBreak}${' '.repeat(indent)}`;
  return (piece) => piece.replace(/["\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g, (unit) => (unit === '\n' ? goesOn : '') + (ESCAPES[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`));
}
