import type { Role } from '../../../../concepts/transcript';
import type { DocumentInsertion } from '../../turns/documentInsertion';
import type { EncodingFacts } from '../../turns/format';
import type { ParsedTranscript, RawTurn } from '../../turns/parsedTranscript';
import { lineBreakAt } from '../../turns/roleLines';
import type { MarkerFamily } from './families/markerFamily';

/**
 * Raw template text: before the closing marker of a final assistant turn, else behind a new opening marker.
 * @param encodePiece text as the document writes it
 * @param finalBreak what a document ends in behind the last turn
 */
export function rawInsertion(
  { text: whole, turns }: NonNullable<ParsedTranscript['raw']>, family: MarkerFamily, { insertsLeadingSpace }: EncodingFacts, encodePiece: (text: string) => string, finalBreak: string,
): DocumentInsertion {
  const { text } = whole;
  const { open, openAfterTool, between, ...closings } = family.assistant;
  const last = turns[turns.length - 1];
  const tailAt = (offset: number) => (lineBreakAt(text, offset) > 0 ? '' : encodePiece(finalBreak));
  // Encoding drops one space at the beginning of the turn (Llama 2); a model's own leading space must not be the one.
  const space = insertsLeadingSpace ? ' ' : '';
  // A generation of several messages ends otherwise than each of them.
  const close = (family.messages ? null : closingIn(text, turns, 'assistant')) || closings.close;
  if (last.role === 'assistant') {
    const empty = last.end === last.start;
    const closed = last.closedAt !== null;
    // An opening marker whose line break is missing yet.
    const missing = empty && open.endsWith('\n') && text[last.end - 1] !== '\n' ? encodePiece(/\n+$/.exec(open)![0]) : '';
    return { point: { offset: whole.startOf(last.end), head: missing + (empty ? space : ''), tail: closed ? '' : tailAt(last.end) }, encodePiece, endOfTurn: closed ? '' : encodePiece(close) };
  }
  // White space behind a closing marker is the template's and stays; an open turn is closed where its text ends.
  const closed = last.closedAt !== null && last.closedAt > last.end;
  const unit = closed ? text.length : last.end;
  if (last.role === 'tool' && openAfterTool !== undefined && !closed) {
    return { point: { offset: whole.startOf(unit), head: encodePiece(openAfterTool + space), tail: tailAt(unit) }, encodePiece, endOfTurn: encodePiece(close) };
  }
  const closing = closed ? '' : closingIn(text, turns, last.role) ?? closings.userClose;
  const standing = closed ? text.slice(last.closedAt!) : '';
  const gap = standing.endsWith('\n') && between === '\n' ? '' : between;
  return { point: { offset: whole.startOf(unit), head: encodePiece(closing + gap + open + space), tail: tailAt(unit) }, encodePiece, endOfTurn: encodePiece(close) };
}

/** What closes the turns of a role in this text; null where there are none before the last. */
function closingIn(text: string, turns: readonly RawTurn[], role: Role): string | null {
  const earlier = turns.slice(0, -1).findLast((turn) => turn.role === role);
  return earlier ? text.slice(earlier.end, earlier.closedAt!) : null;
}
