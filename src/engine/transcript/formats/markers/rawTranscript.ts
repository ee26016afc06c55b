import { makeTurn, type ParsedTranscript, type ParsedTurn, type RawTurn, type Segment } from '../../turns/parsedTranscript';
import type { SourceText } from '../../turns/sourceText';
import { splitReasoning } from '../../turns/splitReasoning';
import { cutTurns, strayTurn } from './cutTurns';
import { secondFamily } from './families/familyRegistry';
import type { MarkerFamily } from './families/markerFamily';

/**
 * Text that holds a chat template's markers already. It is cut into turns to know whose text is what; the model gets it
 * as it stands (with LF for CRLF).
 */
export function rawTranscript(name: string, text: SourceText, family: MarkerFamily): Pick<ParsedTranscript, 'turns' | 'raw' | 'notes'> {
  const turns = cutTurns(text.text, family);
  return {
    turns: turns.map((turn, index) => parsedTurn(turn, text.slice(turn.start, turn.end), family, index === turns.length - 1)),
    raw: { text, turns },
    notes: notes(name, text.text, family, turns.at(-1)),
  };
}

function notes(name: string, text: string, family: MarkerFamily, last: RawTurn | undefined): string[] {
  const second = secondFamily(text, family);
  const [stray] = strayTurn(text, last?.closedAt ?? text.length, text.length, false);
  return [
    ...(second === null ? [] : [`${name} holds markers of ${family.name} and of ${second}; its turns were cut at those of ${family.name}, and the others are part of their text: take them out if they are not meant.`]),
    ...(stray ? [`${name} ends in text behind its last closing marker, which is no one's turn; write a marker before it, or take it out.`] : []),
  ];
}

function parsedTurn({ role, closedAt }: RawTurn, source: SourceText, family: MarkerFamily, last: boolean): ParsedTurn {
  if (role !== 'assistant') return makeTurn(role, withMarkup([{ kind: 'text', source: family.trims ? source.trim() : source }], family));
  const content = family.trims && !last ? source.trim() : source;
  const { segments, closed } = family.messages?.(content, closedAt !== null) ?? splitReasoning(content);
  return makeTurn(role, withMarkup(segments, family), { complete: closed && (closedAt !== null || !last) });
}

/** Segments without the family's markers inside turns, which are markup. */
function withMarkup(segments: readonly Segment[], { inner }: MarkerFamily): Segment[] {
  const cut = inner ? segments.flatMap((segment) => (segment.kind === 'text' ? cutAt(segment.source, inner) : [segment])) : segments;
  return cut.filter(({ source }) => source.text.length > 0);
}

function cutAt(source: SourceText, inner: RegExp): Segment[] {
  let done = 0;
  const segments: Segment[] = [];
  for (const { index, 0: marker } of source.text.matchAll(inner)) {
    segments.push({ kind: 'text', source: source.slice(done, index) }, { kind: 'markup', source: source.slice(index, index + marker.length) });
    done = index + marker.length;
  }
  return [...segments, { kind: 'text', source: source.slice(done) }];
}
