import type { TranscriptDocument, TranscriptFormat } from '../../../concepts/transcript';
import { TranscriptError } from '../../base/errors';
import type { FormatReader } from '../turns/format';
import { openai } from './chats/openai';
import { prompty } from './promptFiles/prompty';
import { raw } from './markers/raw';
import { serverLog } from './markers/serverLog';
import { dialogue } from './plainText/dialogue';
import { plain } from './plainText/plain';

/** Every format that is read; a text is of the first one that knows it. */
const FORMATS: readonly FormatReader[] = [openai, serverLog, raw, prompty, dialogue, plain];

export function formatReader(format: TranscriptFormat): FormatReader {
  return FORMATS.find((reader) => reader.format === format)!;
}

/**
 * The format that the document names, else the one that its name's ending and its text show.
 * @throws TranscriptError for prompt files that cannot be read exactly
 */
export function detectFormat({ name, text, format }: TranscriptDocument): TranscriptFormat {
  if (format) return format;
  const path = name.toLowerCase();
  if (/\.prompt\.ya?ml$/.test(path)) {
    throw new TranscriptError(`${name} is a GitHub prompt file (YAML), which is not supported; save its messages as .prompty or as chat JSON.`);
  }
  return (FORMATS.find((reader) => reader.hasName(path)) ?? FORMATS.find((reader) => reader.hasText(text))!).format;
}
