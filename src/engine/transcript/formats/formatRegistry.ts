import type { ConversationPreview, TranscriptDocument, TranscriptFormat } from '../../../concepts/transcript';
import { TranscriptError } from '../../base/errors';
import type { FormatReader } from '../turns/format';
import { isJson, jsonConversations, jsonFormat, jsonReaders } from './jsonReader';
import { raw } from './markers/raw';
import { serverLog } from './markers/serverLog';
import { dialogue } from './plainText/dialogue';
import { plain } from './plainText/plain';
import { dotprompt } from './promptFiles/dotprompt';
import { githubPrompt } from './promptFiles/githubPrompt';
import { promptfoo } from './promptFiles/promptfoo';
import { promptfooResults } from './promptFiles/promptfooResults';
import { promptMd } from './promptFiles/promptMd';
import { prompty } from './promptFiles/prompty';

/** Every format of text that is read; a text is of the first one that knows it. */
const TEXT_FORMATS: readonly FormatReader[] = [serverLog, promptfooResults, promptfoo, githubPrompt, dotprompt, promptMd, raw, prompty, dialogue, plain];

/** @throws TranscriptError for a format that there is not, which another program may ask for */
export function formatReader(format: TranscriptFormat): FormatReader {
  const readers = [...jsonReaders, ...TEXT_FORMATS];
  const reader = readers.find((one) => one.format === format);
  if (!reader) throw new TranscriptError(`There is no transcript format "${format}"; leave it out, or give one of ${readers.map((one) => one.format).join(', ')}.`);
  return reader;
}

/**
 * The format that the document names, else the one that its name's ending and its text show.
 * @throws TranscriptError for JSON that holds no conversation, or several of which none was chosen
 */
export function detectFormat({ name, text, format, conversation }: TranscriptDocument): TranscriptFormat {
  if (format) return format;
  const path = name.toLowerCase();
  const named = TEXT_FORMATS.find((reader) => reader.claims?.(path, text)) ?? TEXT_FORMATS.find((reader) => reader.hasName(path));
  if (named) return named.format;
  return isJson(name, text) ? jsonFormat(name, text, conversation) : TEXT_FORMATS.find((reader) => reader.hasText(text))!.format;
}

/** The conversations that a document holds, where it may hold several: else none. */
export function conversationsIn({ name, text, format }: TranscriptDocument): readonly ConversationPreview[] {
  return format === undefined && isJson(name, text) ? jsonConversations(name, text) : [];
}
