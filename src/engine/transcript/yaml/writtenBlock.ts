import type { Scalar } from 'yaml';
import { SourceText } from '../turns/sourceText';

/**
 * A literal block of blanks alone whose indentation is said and whose line breaks all count, by the YAML specification (8.1.1.1: more blanks than the
 * indentation are text). The `yaml` package drops them; null for every other block.
 */
export function writtenBlock(document: string, { value, range, srcToken }: Scalar): SourceText | null {
  const header = /^\|(?:(\d)\+|\+(\d))/.exec(document.slice(range![0], range![0] + 3));
  if (!header || typeof value !== 'string' || /[^\n]/.test(value)) return null;
  const start = document.indexOf('\n', range![0]) + 1;
  if (start === 0 || start > range![1]) return null;
  const indent = ((srcToken as { indent?: number } | undefined)?.indent ?? 0) + Number(header[1] ?? header[2]);
  const offsets: number[] = [];
  let text = '';
  for (let at = start; at < range![1];) {
    const stop = document.indexOf('\n', at) < 0 ? range![1] : Math.min(document.indexOf('\n', at) + 1, range![1]);
    const lineBreak = document.startsWith('\r\n', stop - 2) ? 2 : document[stop - 1] === '\n' ? 1 : 0;
    for (let unit = Math.min(at + indent, stop - lineBreak); unit < stop - lineBreak; unit++) {
      offsets.push(unit);
      text += document[unit];
    }
    if (lineBreak > 0) {
      offsets.push(stop - lineBreak);
      text += '\n';
    }
    at = stop;
  }
  return SourceText.withOffsets(text, Uint32Array.from([...offsets, range![1]]));
}
