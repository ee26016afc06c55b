import type { ConversationPreview, TranscriptDocument, TranscriptFormat } from '../../../concepts/transcript';
import { TranscriptError } from '../../base/errors';
import type { FormatReader } from '../turns/format';
import { isJson, jsonConversations, jsonFormat, jsonReaders } from './jsonReader';
import { raw } from './markers/raw';
import { serverLog } from './markers/serverLog';
import { dialogue } from './plainText/dialogue';
import { plain } from './plainText/plain';
import { prompty } from './promptFiles/prompty';

/** Every format of text that is read; a text is of the first one that knows it. */
const TEXT_FORMATS: readonly FormatReader[] = [serverLog, raw, prompty, dialogue, plain];

export function formatReader(format: TranscriptFormat): FormatReader {
  return [...jsonReaders, ...TEXT_FORMATS].find((reader) => reader.format === format)!;
}

/**
 * The format that the document names, else the one that its name's ending and its text show.
 * @throws TranscriptError for prompt files that cannot be read exactly
 */
export function detectFormat({ name, text, format, conversation }: TranscriptDocument): TranscriptFormat {
  if (format) return format;
  const path = name.toLowerCase();
  if (/\.prompt\.ya?ml$/.test(path)) {
    throw new TranscriptError(`${name} is a GitHub prompt file (YAML), which is not supported; save its messages as .prompty or as chat JSON.`);
  }
  const named = TEXT_FORMATS.find((reader) => reader.hasName(path));
  if (named) return named.format;
  return isJson(name, text) ? jsonFormat(name, text, conversation) : TEXT_FORMATS.find((reader) => reader.hasText(text))!.format;
}

/** The conversations that a document holds, where it may hold several: else none. */
export function conversationsIn({ name, text, format }: TranscriptDocument): readonly ConversationPreview[] {
  return format === undefined && isJson(name, text) ? jsonConversations(name, text) : [];
}
