import type { Node } from 'jsonc-parser';
import type { ConversationPreview, TranscriptFormat } from '../../../../concepts/transcript';
import { TranscriptError } from '../../../base/errors';
import { parsedConversation, type JsonFormat } from '../../json/conversation';
import { conversationRoots } from '../../json/conversations';
import { conversationInsertion } from '../../json/insertion';
import { jsonTree } from '../../json/jsonTree';
import type { FormatReader } from '../../turns/format';
import { anthropic } from './apis/anthropic';
import { completions } from './apis/completions';
import { exchange } from './apis/exchange';
import { gemini } from './apis/gemini';
import { ollama } from './apis/ollama';
import { responses } from './apis/responses';
import { llamaCpp } from './llamaCpp';
import { openai } from './openai';
import { sharegpt } from './sharegpt';

/** Every format of conversations in JSON; a document is of the first one that knows its fields. */
const JSON_FORMATS: readonly JsonFormat[] = [llamaCpp, anthropic, gemini, responses, ollama, completions, exchange, sharegpt, openai];
/** A chat that is being written, and no JSON yet. */
const BEGUN = /^\s*(?:\{\s*"(?:messages|conversations)"\s*:|\[\s*\{\s*"(?:role|from)"\s*:)/;
const LONGEST_PREVIEW = 80;

/** The readers of all JSON formats. */
export const jsonReaders: readonly FormatReader[] = JSON_FORMATS.map((format): FormatReader => ({
  format: format.format,
  hasName: () => false,
  hasText: () => false,
  parse: (name, text, conversation) => parsedConversation(format.format, { name, text }, format.read({ name, text }, chosenRoot(name, text, conversation))),
  insertion: ({ name, text, conversation }, parsed) => conversationInsertion({ name, text }, format.read({ name, text }, chosenRoot(name, text, conversation)), parsed),
}));

/** Whether a document is JSON by its name, or by its text where the name tells nothing: then only if a format knows it. */
export function isJson(path: string, text: string): boolean {
  return /\.(?:jsonc?|jsonl|ndjson)$/.test(path) || BEGUN.test(text) || (/^\s*[[{]/.test(text) && conversationRoots(text, isKnown)?.some(isKnown) === true);
}

function isKnown(root: Node): boolean {
  return JSON_FORMATS.some(({ matches }) => matches(root));
}

/** The format of the conversation that is meant. @throws TranscriptError for JSON that holds none, and for several of which none was chosen */
export function jsonFormat(name: string, text: string, conversation: number | undefined): TranscriptFormat {
  const root = chosenRoot(name, text, conversation);
  const format = JSON_FORMATS.find(({ matches }) => matches(root));
  if (!format) throw new TranscriptError(`${name} holds no chat: it needs {"messages": [{"role": "user", "content": "..."}]} or the bare array.`);
  return format.format;
}

function chosenRoot(name: string, text: string, conversation: number | undefined): Node {
  const roots = conversationRoots(text, isKnown) ?? [jsonTree(name, text)];
  if (conversation === undefined && roots.length > 1) {
    throw new TranscriptError(`${name} holds ${roots.length} conversations; choose the one that is meant, from 1 (${preview(text, roots[0])}) to ${roots.length}.`);
  }
  const root = roots.at(conversation ?? 0);
  if (!root) throw new TranscriptError(`${name} holds ${roots.length === 1 ? 'one conversation' : `${roots.length} conversations`}, and number ${conversation! + 1} is asked for; choose another one.`);
  return root;
}

/** The conversations of a JSON document, none for a text that is no JSON. */
export function jsonConversations(text: string): ConversationPreview[] {
  return (conversationRoots(text, isKnown) ?? []).map((root) => ({ range: { start: root.offset, end: root.offset + root.length }, preview: preview(text, root) }));
}

/** The beginning of the first text that is more than one word. */
function preview(text: string, root: Node): string {
  const strings: string[] = [];
  const collect = (node: Node) => {
    if (node.type === 'property') return collect(node.children![1]);
    if (node.type === 'string' && /\s/.test(String(node.value).trim())) strings.push(String(node.value));
    node.children?.forEach((child) => { if (strings.length === 0) collect(child); });
  };
  collect(root);
  const words = (strings[0] ?? text.slice(root.offset, root.offset + root.length)).replace(/\s+/g, ' ').trim();
  return words.length > LONGEST_PREVIEW ? `${words.slice(0, LONGEST_PREVIEW - 1)}…` : words;
}
