import type { TranscriptDocument } from '../../../concepts/transcript';
import type { Tokenizer } from '../../tokenizer/tokenizer';
import type { DocumentInsertion } from '../turns/documentInsertion';
import type { ParsedTranscript } from '../turns/parsedTranscript';
import { rawFamilyOf } from '../turns/templateMarkers';
import { lineBreakAt } from '../turns/roleLines';
import { lineBreaks } from '../turns/roleLineInsertion';
import { usesCrlf } from '../turns/sourceText';

/** Raw template text: before the closing marker of a final assistant turn, else behind a new opening marker. */
export function rawInsertion({ text }: TranscriptDocument, { raw }: ParsedTranscript, tokenizer: Tokenizer): DocumentInsertion {
  const { open, close, userClose, between } = rawFamilyOf(text)!.assistant;
  const last = raw!.turns[raw!.turns.length - 1];
  const encodePiece = lineBreaks(usesCrlf(text) ? '\r\n' : '\n');
  // Encoding drops one space at the beginning of the turn (Llama 2); a model's own leading space must not be the one.
  const space = tokenizer.insertsLeadingSpace ? ' ' : '';
  if (last.role === 'assistant') {
    const empty = last.end === last.start;
    const closed = last.closedAt !== null;
    const tail = closed || lineBreakAt(text, last.end) > 0 ? '' : encodePiece('\n');
    // An opening marker whose line break is missing yet.
    const missing = empty && open.endsWith('\n') && text[last.end - 1] !== '\n' ? encodePiece(/\n+$/.exec(open)![0]) : '';
    return { point: { offset: last.end, head: missing + (empty ? space : ''), tail }, encodePiece, endOfTurn: closed ? '' : close };
  }
  // White space behind a closing marker is the template's and stays; an open turn is closed where its text ends.
  const closed = last.closedAt !== null && last.closedAt > last.end;
  const offset = closed ? text.length : last.end;
  const closing = closed ? '' : userClose;
  const standing = closed ? text.slice(last.closedAt!) : '';
  const gap = encodePiece(standing.endsWith('\n') && between === '\n' ? '' : between);
  return { point: { offset, head: closing + gap + encodePiece(open) + space, tail: lineBreakAt(text, offset) > 0 ? '' : encodePiece('\n') }, encodePiece, endOfTurn: close };
}
