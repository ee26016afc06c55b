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
  const last = turns[turns.length - 1];
  const tailAt = (offset: number) => (lineBreakAt(text, offset) > 0 ? '' : encodePiece(finalBreak));
  // Encoding drops one space at the beginning of the turn (Llama 2); a model's own leading space must not be the one.
  const space = insertsLeadingSpace ? ' ' : '';
  const close = encodePiece(closingIn(text, turns, family));
  if (last.role === 'assistant') {
    const empty = last.end === last.start;
    const closed = last.closedAt !== null;
    const missing = empty ? encodePiece(missingBreaks(text, turns, family)) + space : '';
    return { point: { offset: whole.startOf(last.end), head: missing, tail: closed ? '' : tailAt(last.end) }, encodePiece, endOfTurn: closed ? '' : close };
  }
  // White space behind a closing marker is the template's and stays; an open turn is closed where its text ends.
  const closed = last.closedAt !== null && last.closedAt > last.end;
  const unit = closed ? text.length : last.end;
  const opening = closed ? openingBehind(text, turns, text.slice(last.closedAt!), family) : openingOf(text, turns, family);
  return { point: { offset: whole.startOf(unit), head: encodePiece(opening) + space, tail: tailAt(unit) }, encodePiece, endOfTurn: close };
}

/** From the end of the last turn's text to where the assistant's begins: as it stands earlier in this text, else as the family has it. */
function openingOf(text: string, turns: readonly RawTurn[], { trims, assistant }: MarkerFamily): string {
  const { role } = turns[turns.length - 1];
  const earlier = earlierExchange(turns, role);
  if (earlier) {
    const [asked, answered] = earlier;
    const end = trims ? asked.start + text.slice(asked.start, asked.end).trimEnd().length : asked.end;
    return prompted(text.slice(end, answered.start), assistant.open);
  }
  return role === 'tool' && assistant.openAfterTool !== undefined ? assistant.openAfterTool : assistant.userClose + assistant.between + assistant.open;
}

/** The same behind the last turn's closing marker and what stands behind that. */
function openingBehind(text: string, turns: readonly RawTurn[], standing: string, { assistant: { between, open } }: MarkerFamily): string {
  const earlier = earlierExchange(turns, turns[turns.length - 1].role);
  const opening = earlier ? prompted(text.slice(earlier[0].closedAt!, earlier[1].start), open) : '';
  if (opening.startsWith(standing) && opening !== '') return opening.slice(standing.length);
  return (standing.endsWith('\n') && between === '\n' ? '' : between) + open;
}

/** An opening without the line break that a model writes itself behind markers such as GLM's. */
function prompted(opening: string, open: string): string {
  return open.endsWith('\n') ? opening : opening.trimEnd();
}

/** The last turn of this role that an assistant's follows. */
function earlierExchange(turns: readonly RawTurn[], role: Role): readonly [RawTurn, RawTurn] | null {
  const index = turns.findLastIndex((turn, at) => turn.role === role && turns[at + 1]?.role === 'assistant');
  return index < 0 ? null : [turns[index], turns[index + 1]];
}

/** Line breaks that belong to an opening marker and do not stand behind it yet: editors take them away from a file's end. */
function missingBreaks(text: string, turns: readonly RawTurn[], { assistant: { open } }: MarkerFamily): string {
  const [before, last] = [turns.at(-2), turns[turns.length - 1]];
  const isWritten = text[last.start - 1] === '\n' || (before !== undefined && text[before.start - 1] !== '\n');
  return isWritten ? '' : /\n*$/.exec(open)![0];
}

/** What closes the assistant's turn: as earlier in this text. A generation of several messages ends otherwise than each of them. */
function closingIn(text: string, turns: readonly RawTurn[], { messages, assistant }: MarkerFamily): string {
  const earlier = messages ? undefined : turns.slice(0, -1).findLast(({ role }) => role === 'assistant');
  return earlier && text.slice(earlier.end, earlier.closedAt!) || assistant.close;
}
