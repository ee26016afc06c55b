import type { Role } from '../../../concepts/transcript';
import { TranscriptError } from '../../base/errors';
import { makeTurn, type ParsedTranscript, type RawTurn } from '../turns/parsedTranscript';
import { type RawFamily, rawFamilyOf } from '../turns/templateMarkers';
import { withoutFinalBreak } from '../turns/roleLines';
import { SourceText, usesCrlf } from '../turns/sourceText';
import { splitReasoning } from '../turns/splitReasoning';

/** Markers that open a sequence: no one's text. */
const BEGIN = /^\s*(?:<s>|<\|begin_of_text\|>|<bos>|<｜begin▁of▁sentence｜>|<\|endoftext\|>)?\s*/;

const OPENED = /^(?:<think>|<thinking>|\[THINK\])\r?\n$/;

/**
 * Text that holds a chat template's markers already. It is cut into turns to know whose text is what; the model gets it
 * as it stands (with LF for CRLF).
 * @throws TranscriptError when no known marker is found
 */
export function parseRaw(name: string, text: string): ParsedTranscript {
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
