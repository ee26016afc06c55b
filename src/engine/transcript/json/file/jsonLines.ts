import { type Node, printParseErrorCode } from 'jsonc-parser';
import { move } from '../jsonTree';
import { readJson } from '../readJson';

export interface JsonLine {
  /** From 1. */
  readonly number: number;
  /** The text ends in the middle of its value, as a file does that is still written. */
  readonly isCutOff: boolean;
  /** Its value in offsets of the document; null for what is no JSON. */
  readonly node: () => Node | null;
  /** What is wrong with it, and in which column. */
  readonly problem: () => string;
}

/**
 * The lines of a text with a JSON value on each, blank ones left out; null for any other text: its first line is a whole value, and more follow.
 * The name decides where a first line is none and the text is no JSON as a whole.
 */
export function jsonLines(name: string, text: string): JsonLine[] | null {
  const lines: JsonLine[] = [];
  for (let start = 0, number = 1; start < text.length; number++) {
    const lineFeed = text.indexOf('\n', start);
    const end = lineFeed < 0 ? text.length : lineFeed;
    if (/\S/.test(text.slice(start, end))) {
      // Documents over many lines are told by their first one, so that no other is looked at.
      if (lines.length === 1 && !isOfLines(name, text, lines[0])) return null;
      lines.push(jsonLine(text, start, end, number));
    }
    start = end + 1;
  }
  return lines.length > 1 ? lines : null;
}

function isOfLines(name: string, text: string, first: JsonLine): boolean {
  const node = first.node();
  if (node) return node.type === 'object' || node.type === 'array';
  return /\.(?:jsonl|ndjson)$/i.test(name) && readJson(text, { allowTrailingComma: true }).root === null;
}

function jsonLine(text: string, start: number, end: number, number: number): JsonLine {
  const read = () => readJson(text.slice(start, end), { allowTrailingComma: true });
  return {
    number,
    isCutOff: end === text.length && /^\s*[[{]/.test(text.slice(start, end)) && read().root === null,
    node: () => {
      const { root } = read();
      return root && move(root, start);
    },
    problem: () => {
      const found = read();
      const error = found.root ? null : found.error;
      return error ? `${printParseErrorCode(error.error)} in column ${error.offset + 1}` : 'it nests its objects and lists deeper than any chat does';
    },
  };
}

/** Messages on lines of their own are one conversation. */
export function lineList(lines: Node[]): Node {
  const last = lines[lines.length - 1];
  return { type: 'array', offset: lines[0].offset, length: last.offset + last.length - lines[0].offset, children: lines };
}
