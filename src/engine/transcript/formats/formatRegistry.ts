import type { TranscriptDocument, TranscriptFormat } from '../../../concepts/transcript';
import type { FormatReader } from '../turns/format';
import { openai } from './chats/openai';
import { plain } from './plain';
import { dotprompt } from './promptFiles/dotprompt';
import { githubPrompt } from './promptFiles/githubPrompt';
import { promptfoo } from './promptFiles/promptfoo';
import { promptfooResults } from './promptFiles/promptfooResults';
import { promptMd } from './promptFiles/promptMd';
import { prompty } from './promptFiles/prompty';
import { raw } from './markers/raw';

/** Every format that is read; a text is of the first one that knows it. */
const FORMATS: readonly FormatReader[] = [promptfooResults, promptfoo, openai, githubPrompt, dotprompt, promptMd, raw, prompty, plain];

export function formatReader(format: TranscriptFormat): FormatReader {
  return FORMATS.find((reader) => reader.format === format)!;
}

/** The format that the document names, else the one that its name's ending and its text show. */
export function detectFormat({ name, text, format }: TranscriptDocument): TranscriptFormat {
  if (format) return format;
  const path = name.toLowerCase();
  return (FORMATS.find((reader) => reader.claims?.(path, text)) ?? FORMATS.find((reader) => reader.hasName(path)) ?? FORMATS.find((reader) => reader.hasText(text))!).format;
}
