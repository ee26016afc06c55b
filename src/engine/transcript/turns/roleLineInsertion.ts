import type { TranscriptDocument } from '../../../concepts/transcript';
import type { DocumentInsertion } from './documentInsertion';
import { generationTurn, type ParsedTranscript } from './parsedTranscript';
import { findRoleLines, lineBreakAt, withoutFinalBreak, type Marks } from './roleLines';
import { usesCrlf } from './sourceText';

/** Prompty and plain text: behind the text of a final assistant turn, else under an `assistant:` line of its own. */
export function roleLineInsertion(marks: Marks): (document: TranscriptDocument, parsed: ParsedTranscript) => DocumentInsertion {
  return ({ text }, { turns }) => insertion(text, turns, marks);
}

function insertion(text: string, turns: ParsedTranscript['turns'], marks: Marks): DocumentInsertion {
  const lineBreak = usesCrlf(text) ? '\r\n' : '\n';
  const encodePiece = lineBreaks(lineBreak);
  if (!generationTurn(turns)) {
    const head = text.endsWith('\n') ? `${lineBreak}assistant:${lineBreak}` : `${lineBreak}${lineBreak}assistant:${lineBreak}`;
    return { point: { offset: text.length, head, tail: lineBreak }, encodePiece, endOfTurn: '' };
  }
  const body = findRoleLines(text, 0, marks).at(-1)!.end;
  const offset = withoutFinalBreak(text, body);
  const head = body === text.length && !text.endsWith('\n') ? lineBreak : '';
  return { point: { offset, head, tail: lineBreakAt(text, offset) > 0 ? '' : lineBreak }, encodePiece, endOfTurn: '' };
}

/** Pieces with the document's line breaks. The model's LF becomes CRLF in a CRLF document, and is LF again when parsed. */
export function lineBreaks(lineBreak: string): (text: string) => string {
  return lineBreak === '\n' ? (text) => text : (text) => text.replace(/\r?\n/g, lineBreak);
}
