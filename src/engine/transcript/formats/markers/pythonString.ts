import { SourceText } from '../../turns/sourceText';

const SIMPLE: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', '\'': '\'', '"': '"' };
const DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/**
 * A string literal as Python's repr writes it, with the place of every unit of its value.
 * @param start offset of the opening quote
 * @returns null for one that its line does not close
 */
export function pythonStringSource(document: string, start: number): SourceText | null {
  const quote = document[start];
  const runs: string[] = [];
  const offsets: number[] = [];
  for (let i = start + 1; i < document.length && document[i] !== '\n';) {
    if (document[i] === quote) {
      offsets.push(i);
      return SourceText.withOffsets(runs.join(''), Uint32Array.from(offsets));
    }
    const { text, length } = document[i] === '\\' ? escapeAt(document, i) : { text: document[i], length: 1 };
    runs.push(text);
    // A code point beyond U+FFFF is two units: the first stands for the whole escape.
    for (let unit = 0; unit < text.length; unit++) offsets.push(unit === 0 ? i : i + length);
    i += length;
  }
  return null;
}

function escapeAt(document: string, at: number): { readonly text: string; readonly length: number } {
  const kind = document[at + 1];
  const digits = DIGITS[kind] ?? 0;
  const hex = document.slice(at + 2, at + 2 + digits);
  const code = parseInt(hex, 16);
  if (/^[\da-f]+$/i.test(hex) && code <= 0x10ffff) return { text: String.fromCodePoint(code), length: 2 + digits };
  const text = SIMPLE[kind];
  // Python keeps the backslash of what is no escape.
  return text === undefined ? { text: '\\', length: 1 } : { text, length: 2 };
}

/** Text inside a literal of Python with that quote. */
export function pythonEscapes(quote: string): (text: string) => string {
  const names: Readonly<Record<string, string>> = { '\n': '\\n', '\t': '\\t', '\r': '\\r', '\\': '\\\\', [quote]: `\\${quote}` };
  return (text) => Array.from(text, (unit) => names[unit] ?? (unit < ' ' || unit === '\x7f' ? `\\x${unit.charCodeAt(0).toString(16).padStart(2, '0')}` : unit)).join('');
}
