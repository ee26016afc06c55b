import type { Scalar } from 'yaml';
import { SourceText } from '../turns/sourceText';
import { doubleQuotedOffsets } from './doubleQuoted';
import { writtenBlock } from './writtenBlock';

const SPACE = /[ \t\r\n]/;

/**
 * The text of a scalar with the place of every unit of it. A folded or indented line break stands for all white space up to the next
 * line's text.
 * @param offset of the YAML in the document
 */
export function scalarSource(document: string, offset: number, scalar: Scalar): SourceText {
  const [from, to] = scalar.range!.map((at) => offset + at);
  const text = typeof scalar.value === 'string' ? scalar.value : scalar.value === null || scalar.value === undefined ? '' : scalar.source ?? String(scalar.value);
  if (scalar.type === 'QUOTE_DOUBLE') {
    const offsets = doubleQuotedOffsets(document, from, to);
    // What the parser read otherwise stands for the whole of it.
    return offsets.length === text.length + 1 ? SourceText.withOffsets(text, offsets) : SourceText.filledIn(text, from, to);
  }
  const quoted = scalar.type === 'QUOTE_SINGLE';
  const body = quoted ? from + 1 : scalar.type === 'PLAIN' ? from : lineBehind(document, from, to);
  const end = quoted ? to - 1 : to;
  if (document.slice(body, end) === text) return SourceText.of(document, body, end, false);
  const offsets = alignedOffsets(document, body, end, text, quoted);
  const stands = [...offsets.subarray(0, text.length)].every((at, i) => SPACE.test(text[i]) || document[at] === text[i]);
  return stands ? SourceText.withOffsets(text, offsets) : SourceText.filledIn(text, from, to);
}

/** What a model wrote into a scalar: in a block, all but the line break that ends it. @param document YAML from its beginning on */
export function writtenSource(document: string, scalar: Scalar): SourceText {
  const source = (scalar.type === 'BLOCK_LITERAL' && writtenBlock(document, scalar)) || scalarSource(document, 0, scalar);
  return scalar.type?.startsWith('BLOCK') && source.text.endsWith('\n') ? source.slice(0, source.text.length - 1) : source;
}

function lineBehind(document: string, from: number, to: number): number {
  const lineFeed = document.indexOf('\n', from);
  return lineFeed < 0 || lineFeed >= to ? to : lineFeed + 1;
}

/**
 * In all styles but the double-quoted one, everything but white space stands in the document as in the value, in the same order. Runs
 * of white space are matched from their outer ends, their line breaks one to one.
 */
function alignedOffsets(document: string, from: number, to: number, text: string, quoted: boolean): Uint32Array {
  const offsets = new Uint32Array(text.length + 1);
  let at = from;
  for (let i = 0; i < text.length;) {
    if (!SPACE.test(text[i])) {
      while (SPACE.test(document[at])) at++;
      offsets[i++] = at++;
      if (quoted && text[i - 1] === "'") at++;
      continue;
    }
    let stop = i;
    while (stop < text.length && SPACE.test(text[stop])) stop++;
    let end = at;
    while (end < to && SPACE.test(document[end])) end++;
    alignSpace(document, at, end, text, i, stop, offsets);
    // Up to a closing quote all is text; behind a block stand line breaks that are not its own.
    at = stop < text.length || quoted ? end : Math.min(to, afterBreak(document, offsets[stop - 1], text[stop - 1], end));
    i = stop;
  }
  offsets[text.length] = at;
  return offsets;
}

function afterBreak(document: string, at: number, unit: string, end: number): number {
  if (at >= end) return end;
  return unit === '\n' && document.startsWith('\r\n', at) ? at + 2 : at + 1;
}

function alignSpace(document: string, from: number, to: number, text: string, start: number, stop: number, offsets: Uint32Array): void {
  const breaks: number[] = [];
  for (let at = from; at < to; at++) if (document[at] === '\n') breaks.push(at > from && document[at - 1] === '\r' ? at - 1 : at);
  const last = text.lastIndexOf('\n', stop - 1);
  let at = from;
  let seen = 0;
  for (let i = start; i < stop; i++) {
    if (text[i] === '\n') at = Math.max(at, breaks[seen++] ?? at);
    // Behind the last line break the document has the indentation besides.
    else if (last >= start && i > last) at = Math.max(at, to - (stop - i));
    offsets[i] = Math.min(at, to);
    at = Math.min(at + 1, to);
  }
}
