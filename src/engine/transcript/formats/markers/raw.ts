import type { Role, TranscriptDocument } from '../../../../concepts/transcript';
import { TranscriptError } from '../../../base/errors';
import type { DocumentInsertion } from '../../turns/documentInsertion';
import { makeTurn, type ParsedTranscript, type RawTurn } from '../../turns/parsedTranscript';
import { lineBreaks } from '../../turns/roleLineInsertion';
import { lineBreakAt, withoutFinalBreak } from '../../turns/roleLines';
import { SourceText, usesCrlf } from '../../turns/sourceText';
import { splitReasoning } from '../../turns/splitReasoning';
import { type RawFamily, rawFamilyOf } from './templateMarkers';
import type { EncodingFacts, FormatReader } from '../../turns/format';

export const raw: FormatReader = {
  format: 'raw',
  hasName: () => false,
  hasText: (text) => rawFamilyOf(text) !== null,
  parse: parseRaw,
  insertion,
};

/** Markers that open a sequence: no one's text. */
const BEGIN = /^\s*(?:<s>|<\|begin_of_text\|>|<bos>|<｜begin▁of▁sentence｜>|<\|endoftext\|>)?\s*/;

const OPENED = /^(?:<think>|<thinking>|\[THINK\])\r?\n$/;

/**
 * Text that holds a chat template's markers already. It is cut into turns to know whose text is what; the model gets it
 * as it stands (with LF for CRLF).
 * @throws TranscriptError when no known marker is found
 */
function parseRaw(name: string, text: string): ParsedTranscript {
  const family = rawFamilyOf(text);
  if (!family) {
    throw new TranscriptError(`${name} holds no turn markers of a known chat template (such as <|im_start|>user); add them, or open it as plain text.`);
  }
  const crlf = usesCrlf(text);
  const raw = cutTurns(text, family);
  const turns = raw.map(({ role, start, end, closedAt }, index) => {
    const source = SourceText.of(text, start, end, crlf);
    if (role !== 'assistant') {
      const own = family.trims ? source.trim() : source;
      return makeTurn(role, own.text.length > 0 ? [{ kind: 'text', source: own }] : []);
    }
    const { segments, closed } = splitReasoning(source);
    return makeTurn(role, segments, { complete: closed && (closedAt !== null || index < raw.length - 1) });
  });
  return { format: 'raw', turns, raw: { turns: raw, crlf } };
}

function cutTurns(text: string, family: RawFamily): RawTurn[] {
  const events = [
    ...[...text.matchAll(family.open)].map((match) => ({ at: match.index, end: match.index + match[0].length, role: family.role(match as RegExpExecArray) ?? ('tool' as const) })),
    ...[...text.matchAll(family.close)].map((match) => ({ at: match.index, end: match.index + match[0].length, role: null })),
    ...(family.systemClose ? [...text.matchAll(family.systemClose)].map((match) => ({ at: match.index, end: match.index + match[0].length, role: 'user' as const })) : []),
  ].sort((a, b) => a.at - b.at);

  const turns: RawTurn[] = [];
  let open: { role: Role; start: number } | null = null;
  let outside = BEGIN.exec(text)![0].length;
  for (const { at, end, role } of events) {
    if (open) turns.push({ role: open.role, start: open.start, end: at, closedAt: role === null ? end : at });
    // DeepSeek's system text stands before the first marker.
    else if (text.slice(outside, at).trim() !== '') turns.push({ role: turns.length === 0 ? 'system' : 'user', start: outside, end: at, closedAt: at });
    open = role === null ? null : { role, start: end };
    outside = end;
  }
  if (open) {
    // The break behind a lone opening tag is the tag's, as templates write it; any other final one is the file's.
    const end = OPENED.test(text.slice(open.start)) ? text.length : withoutFinalBreak(text, open.start);
    turns.push({ role: open.role, start: open.start, end, closedAt: null });
  }
  return turns;
}

/** Raw template text: before the closing marker of a final assistant turn, else behind a new opening marker. */
function insertion({ text }: TranscriptDocument, { raw: template }: ParsedTranscript, { insertsLeadingSpace }: EncodingFacts): DocumentInsertion {
  const { open, close, userClose, between } = rawFamilyOf(text)!.assistant;
  const last = template!.turns[template!.turns.length - 1];
  const encodePiece = lineBreaks(usesCrlf(text) ? '\r\n' : '\n');
  // Encoding drops one space at the beginning of the turn (Llama 2); a model's own leading space must not be the one.
  const space = insertsLeadingSpace ? ' ' : '';
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
