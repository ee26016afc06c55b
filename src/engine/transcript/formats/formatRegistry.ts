import type { ConversationPreview, TranscriptDocument, TranscriptFormat } from '../../../concepts/transcript';
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

export function formatReader(format: TranscriptFormat): FormatReader {
  return [...jsonReaders, ...TEXT_FORMATS].find((reader) => reader.format === format)!;
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
