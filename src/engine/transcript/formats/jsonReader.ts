import type { Node } from 'jsonc-parser';
import type { ConversationPreview, TranscriptFormat } from '../../../concepts/transcript';
import { TranscriptError } from '../../base/errors';
import { parsedConversation, type JsonFormat } from '../json/conversation';
import { jsonFile } from '../json/file/jsonFile';
import { conversationInsertion } from '../json/writing/insertion';
import type { FormatReader } from '../turns/format';
import { anthropic } from './chats/apis/anthropic';
import { completions } from './chats/apis/completions';
import { exchange } from './chats/apis/exchange';
import { gemini } from './chats/apis/gemini';
import { ollama } from './chats/apis/ollama';
import { responses } from './chats/apis/responses';
import { llamaCpp } from './chats/llamaCpp';
import { openai } from './chats/openai';
import { sharegpt } from './chats/sharegpt';
import { exportFormats } from './exports/exportFormats';
import { rows } from './exports/rows';

/** Every format of conversations in JSON; a document is of the first one that knows its fields: those with the plainest names stand last. */
const JSON_FORMATS: readonly JsonFormat[] = [...exportFormats, llamaCpp, anthropic, gemini, responses, rows, ollama, completions, exchange, sharegpt, openai];
/** A chat that is being written, and no JSON yet. */
const BEGUN = /^\s*(?:\{\s*"(?:messages|conversations)"\s*:|\[\s*\{\s*"(?:role|from)"\s*:)/;

/** The readers of all JSON formats. */
export const jsonReaders: readonly FormatReader[] = JSON_FORMATS.map((format): FormatReader => ({
  format: format.format,
  hasName: () => false,
  hasText: () => false,
  parse: (name, text, conversation) => {
    const { root, notes } = chosen(name, text, conversation);
    const read = format.read({ name, text }, root);
    return parsedConversation(format.format, { name, text }, { ...read, ...(notes.length > 0 && { notes: [...notes, ...read.notes ?? []] }) });
  },
  insertion: ({ name, text, conversation }, parsed) => conversationInsertion({ name, text }, format.read({ name, text }, chosen(name, text, conversation).root), parsed),
}));

/** Whether a document is JSON by its name, or by its text where the name tells nothing: then only if a format knows it. */
export function isJson(name: string, text: string): boolean {
  return /\.(?:jsonc?|jsonl|ndjson|ipynb)$/i.test(name) || BEGUN.test(text) || (/^\s*[[{]/.test(text) && jsonConversations(name, text).length > 0);
}

/** The format of the conversation that is meant. @throws TranscriptError for JSON that holds none, and for several of which none was chosen */
export function jsonFormat(name: string, text: string, conversation: number | undefined): TranscriptFormat {
  const { root } = chosen(name, text, conversation);
  return JSON_FORMATS.find(({ matches }) => matches(root))!.format;
}

function chosen(name: string, text: string, conversation: number | undefined): { readonly root: Node; readonly notes: readonly string[] } {
  const { conversations, notes, root } = jsonFile(name, text, JSON_FORMATS);
  const { length } = conversations;
  if (length === 0) throw new TranscriptError(`${name} holds no chat: it needs {"messages": [{"role": "user", "content": "..."}]} or the bare array.`);
  if (conversation === undefined && length > 1) {
    throw new TranscriptError(`${name} holds ${length} conversations; choose one of them (in the terminal with --conversation), from 1 (${conversations[0].preview}) to ${length}.`);
  }
  if (conversation !== undefined && !(conversation in conversations)) {
    throw new TranscriptError(`${name} holds ${length === 1 ? 'one conversation' : `${length} conversations`}, and number ${conversation + 1} is asked for; choose another one.`);
  }
  return { root: root(conversation ?? 0), notes };
}

/** The conversations of a JSON document, none for a text that is no JSON. */
export function jsonConversations(name: string, text: string): readonly ConversationPreview[] {
  try {
    return jsonFile(name, text, JSON_FORMATS).conversations;
  } catch (error) {
    if (error instanceof TranscriptError) return [];
    throw error;
  }
}
