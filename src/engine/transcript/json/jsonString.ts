import { SourceText } from '../turns/sourceText';

const SIMPLE: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/**
 * A JSON string with the place of every unit of its value.
 * @param start offset of the opening quote
 * @param end offset behind the closing quote
 */
export function jsonStringSource(document: string, start: number, end: number): SourceText {
  const from = start + 1;
  const to = end - 1;
  if (!document.slice(from, to).includes('\\')) return SourceText.of(document, from, to, false);
  let text = '';
  const offsets: number[] = [];
  for (let i = from; i < to;) {
    offsets.push(i);
    if (document[i] !== '\\') {
      text += document[i++];
      continue;
    }
    const escape = document[i + 1];
    if (escape === 'u') {
      text += String.fromCharCode(parseInt(document.slice(i + 2, i + 6), 16));
      i += 6;
    } else {
      text += SIMPLE[escape] ?? escape;
      i += 2;
    }
  }
  offsets.push(to);
  return SourceText.withOffsets(text, Uint32Array.from(offsets));
}
