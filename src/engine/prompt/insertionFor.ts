import type { TranscriptDocument } from '../../concepts/transcript';
import type { InsertionPoint } from '../../protocol/engine/requests';
import type { StreamingDecoder } from '../tokenizer/streamingDecoder';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { formatReader } from '../transcript/formats/formatRegistry';
import { parseTranscript } from '../transcript/formats/parseTranscript';
import { generationTurn } from '../transcript/turns/parsedTranscript';
import { encodeText } from './encodeText';
import { modelTexts } from './modelTexts';
import { openedByTemplate } from './openedReasoning';
import { checkTextLength, type TokenizeOptions } from './tokenizeTranscript';

export interface GenerationStart {
  /** What the model runs before its first token: the prompt, then the text of an assistant turn that it goes on with. */
  readonly promptIds: readonly number[];
  /** Number of those that are the prompt; the generation of the transcript begins here. */
  readonly promptLength: number;
  readonly insertion: InsertionPoint;
  readonly encodePiece: (text: string) => string;
  readonly endOfTurn: string;
  /** `TokenizedTranscript.notes`. */
  readonly notes: readonly string[];
  /** Decoder for what comes: inside a turn's text it keeps a leading space that it would drop at its beginning. */
  readonly createDecoder: () => StreamingDecoder;
}

/**
 * How to generate into a document: a final assistant turn is continued, else one is opened. The ids are those of the
 * document with the insertion's head and tail in it, so that the finished document tokenizes to the ids that were run.
 * A line break of a CRLF document is inserted as CRLF.
 * @throws TranscriptError, TemplateError, TokenizerError
 */
export function insertionFor(document: TranscriptDocument, tokenizer: Tokenizer, { date = new Date(), contextLength = Infinity }: TokenizeOptions = {}): GenerationStart {
  const parsed = parseTranscript(document);
  checkTextLength(parsed, document.name, tokenizer, contextLength);
  const { point: { offset, head: opening, tail }, encodePiece, endOfTurn } = formatReader(parsed.format).insertion(document, parsed, tokenizer);
  // A turn that begins here shows the tag that the template opens it with: the document is then whole by itself.
  const turn = generationTurn(parsed.turns);
  const begins = !turn || (turn.content.length === 0 && !turn.reasoningField);
  const shown = begins ? openedByTemplate(tokenizer, date, parsed.variables) : null;
  const head = opening + (shown?.reasoning === 'open' ? encodePiece(shown.text) : '');
  const opened = { ...document, format: parsed.format, text: document.text.slice(0, offset) + head + tail + document.text.slice(offset) };
  const { prompt, generation, end, notes = [] } = modelTexts(parseTranscript(opened), tokenizer, date);
  const promptIds = encodeText(prompt, tokenizer, opened).ids;
  // A turn that was recorded with the token that ended it goes on behind that.
  const recordedEnd = end && !parsed.raw && end.text.documentRange(0, end.text.text.length) ? [end.id] : [];
  const continuedIds = [...encodeText(generation, tokenizer, opened).ids, ...recordedEnd];
  return {
    promptIds: [...promptIds, ...continuedIds],
    promptLength: promptIds.length,
    insertion: { offset, head, tail },
    encodePiece,
    endOfTurn,
    notes: [...parsed.notes ?? [], ...notes],
    createDecoder: () => tokenizer.createStreamDecoder({ continues: continuedIds.length > 0 }),
  };
}
