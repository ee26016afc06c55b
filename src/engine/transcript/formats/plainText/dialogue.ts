import type { TranscriptDocument } from '../../../../concepts/transcript';
import { TranscriptError } from '../../../base/errors';
import type { DocumentInsertion } from '../../turns/documentInsertion';
import type { FormatReader } from '../../turns/format';
import { makeTurn, type ParsedTurn } from '../../turns/parsedTranscript';
import { lineBreaks } from '../../turns/roleLineInsertion';
import { lineBreakAt, withoutFinalBreak } from '../../turns/roleLines';
import { SourceText, usesCrlf } from '../../turns/sourceText';
import { splitReasoning } from '../../turns/splitReasoning';
import { dialogueLabels, type Label } from './labels';
import { unknownMarkersNotes } from './unknownMarkers';

/** Plain text whose turns begin with labels on the same line (`User: Hi`); they go through the model's own chat template. */
export const dialogue: FormatReader = {
  format: 'dialogue',
  hasName: () => false,
  hasText: (text) => dialogueLabels(text.replaceAll('\r\n', '\n')).length > 0,
  parse: (name, text) => {
    const turns = parseDialogue(name, text);
    return { format: 'dialogue', turns, notes: unknownMarkersNotes(name, text, turns.length) };
  },
  insertion,
};

function whole(text: string): SourceText {
  return SourceText.of(text, 0, text.length, usesCrlf(text));
}

/** @throws TranscriptError for text that is no dialogue */
function labelsIn(name: string, { text }: SourceText): Label[] {
  const labels = dialogueLabels(text);
  if (labels.length === 0) {
    throw new TranscriptError(`${name} does not begin with a label such as "User: ..." that an "Assistant: ..." follows in turn; add them, or open it as plain text.`);
  }
  return labels;
}

/** Turns of the prompt lose the white space around their text; the final assistant turn is kept to the letter, but for one line break at its end. */
function parseDialogue(name: string, document: string): ParsedTurn[] {
  const text = whole(document);
  const labels = labelsIn(name, text);
  return labels.map(({ role, end }, index) => {
    const last = index === labels.length - 1;
    const stop = last ? Math.max(end, withoutFinalBreak(text.text, end)) : labels[index + 1].start;
    const source = last && role === 'assistant' ? text.slice(end, stop) : text.slice(end, stop).trim();
    const { segments, closed } = role === 'assistant' ? splitReasoning(source) : { segments: [{ kind: 'text' as const, source }], closed: true };
    return makeTurn(role, segments.filter((segment) => segment.source.text.length > 0), { complete: closed && source.text.length > 0 });
  });
}

/** Behind the text of a final assistant turn, else under a label as the document's assistant has it. */
function insertion({ name, text: document }: TranscriptDocument): DocumentInsertion {
  const source = whole(document);
  const { text } = source;
  const labels = labelsIn(name, source);
  const encodePiece = lineBreaks(usesCrlf(document) ? '\r\n' : '\n');
  const last = labels[labels.length - 1];
  if (last.role === 'assistant') {
    const end = Math.max(last.end, withoutFinalBreak(text, last.end));
    // A label that nothing follows yet, not even a space.
    const head = /\s$/.test(last.text) ? '' : ' ';
    return { point: { offset: source.startOf(end), head: end === last.end ? head : '', tail: lineBreakAt(text, end) > 0 ? '' : encodePiece('\n') }, encodePiece, endOfTurn: '' };
  }
  const label = labels.find(({ role }) => role === 'assistant')!.text.trimEnd();
  const gap = '\n'.repeat(Math.max(0, breaksBefore(text, last.start) - breaksBefore(text, text.length)));
  return { point: { offset: document.length, head: encodePiece(`${gap}${label} `), tail: encodePiece('\n') }, encodePiece, endOfTurn: '' };
}

/** Line breaks that stand before `offset`: as many part the turns. */
function breaksBefore(text: string, offset: number): number {
  let from = offset;
  while (text[from - 1] === '\n') from--;
  return offset - from;
}
