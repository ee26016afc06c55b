import type { Role } from '../../../concepts/transcript';
import { makeTurn, type ParsedTurn } from './parsedTranscript';
import { SourceText, usesCrlf } from './sourceText';
import { splitReasoning } from './splitReasoning';

/** Number signs that a line which opens a turn may begin with: a heading of any depth, or one as Prompty allows it (its parsers/prompty.py). */
export type Marks = 1 | 6;

/** A line that opens a turn: `user:`, `# Assistant:`, `user[name="x"]:`. No two runs of blanks stand side by side: lines of blanks alone would take quadratic time. */
const roleLine = (marks: Marks) => new RegExp(String.raw`^[^\S\r\n]*(?:#{1,${marks}}[^\S\r\n]*)?(system|user|assistant|tool|developer)[^\S\r\n]*(?:\[[^\]\r\n]*\][^\S\r\n]*)?:[^\S\r\n]*$`, 'gim');

interface RoleLine {
  readonly role: Role;
  readonly start: number;
  /** Behind the line and its break. */
  readonly end: number;
}

export function findRoleLines(text: string, from: number, marks: Marks): RoleLine[] {
  const pattern = roleLine(marks);
  pattern.lastIndex = from;
  const lines: RoleLine[] = [];
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const lineEnd = match.index + match[0].length;
    lines.push({ role: match[1].toLowerCase() as Role, start: match.index, end: lineEnd + lineBreakAt(text, lineEnd) });
  }
  return lines;
}

/**
 * Turns between role lines. Turns of the prompt lose the white space around their text. The final assistant turn is
 * what a model generated: it is kept to the letter, from behind the role line to the end without one final line break.
 *
 * @param firstRole role of text before the first role line
 */
export function turnsBetweenRoleLines(text: string, from: number, lines: readonly RoleLine[], firstRole: Role): ParsedTurn[] {
  const crlf = usesCrlf(text);
  const turns: ParsedTurn[] = [];
  const preamble = SourceText.of(text, from, lines[0]?.start ?? text.length, crlf).trim();
  if (preamble.text.length > 0) turns.push(makeTurn(firstRole, [{ kind: 'text', source: preamble }]));
  lines.forEach(({ role, end }, index) => {
    const last = index === lines.length - 1;
    const stop = lines[index + 1]?.start ?? text.length;
    if (role !== 'assistant') {
      const source = SourceText.of(text, end, stop, crlf).trim();
      turns.push(makeTurn(role, source.text.length > 0 ? [{ kind: 'text', source }] : []));
      return;
    }
    const source = last ? SourceText.of(text, end, Math.max(end, withoutFinalBreak(text, end)), crlf) : SourceText.of(text, end, stop, crlf).trim();
    const { segments, closed } = splitReasoning(source);
    turns.push(makeTurn(role, segments, { complete: closed && source.text.length > 0 }));
  });
  return turns;
}

/** Length of the line break at `offset`, 0 if there is none. */
export function lineBreakAt(text: string, offset: number): number {
  if (text[offset] === '\n') return 1;
  return text.startsWith('\r\n', offset) ? 2 : 0;
}

/** End of the text without one final line break, not before `from`. */
export function withoutFinalBreak(text: string, from: number): number {
  if (text.endsWith('\r\n') && text.length - 2 >= from) return text.length - 2;
  return text.endsWith('\n') && text.length - 1 >= from ? text.length - 1 : text.length;
}
