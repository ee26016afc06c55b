import type { TranscriptDocument } from '../../../src/concepts/transcript';
import { formatReader } from '../../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../../src/engine/transcript/formats/parseTranscript';

/** The document with a generation of these pieces in it, as the engine writes it. */
export function generateInto(document: TranscriptDocument, pieces: readonly string[], ended = true): TranscriptDocument {
  const parsed = parseTranscript(document);
  const { point: { offset, head, tail }, encodePiece, endOfTurn } = formatReader(parsed.format).insertion(document, parsed, { insertsLeadingSpace: false });
  const { text } = document;
  return { ...document, text: text.slice(0, offset) + head + pieces.map(encodePiece).join('') + (ended ? endOfTurn : '') + tail + text.slice(offset) };
}
