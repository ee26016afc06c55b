import type { Node } from 'jsonc-parser';
import type { Role } from '../../../concepts/transcript';
import { TranscriptError } from '../../base/errors';
import { PlacedText, type TemplateData } from '../turns/templateData';
import type { JsonDocument, JsonMessage, JsonPart } from './conversation';
import { isGiven } from './exchange';
import { field, fieldsOf, lineAndColumn, stringSource, textOf } from './jsonTree';
import { templateValue } from './templateJson';
import { openAiFunctionCall, openAiToolCalls } from './toolCalls';

/** Names of roles that tools write, in small letters. */
const ROLES: Readonly<Record<string, Role>> = {
  system: 'system', developer: 'developer',
  user: 'user', human: 'user', prompter: 'user',
  assistant: 'assistant', gpt: 'assistant', model: 'assistant', ai: 'assistant', bot: 'assistant', chatbot: 'assistant', chatgpt: 'assistant', bing: 'assistant', bard: 'assistant',
  tool: 'tool', function: 'tool', observation: 'tool', ipython: 'tool', function_response: 'tool', tool_response: 'tool',
};
/** Fields of a message that hold its reasoning; the first that is not empty counts, in transformers' order. */
const REASONING = ['reasoning_content', 'thinking', 'reasoning', 'reasoning_details'];
/** What `turns` and templates have in another form. */
const READ = ['role', 'content', 'tool_calls', 'function_call', 'refusal'];

/** The role that a message names. @throws TranscriptError for one that is none */
export function roleNamed(name: unknown, which: string, key = 'role'): Role {
  const role = typeof name === 'string' && Object.hasOwn(ROLES, name.toLowerCase()) ? ROLES[name.toLowerCase()] : undefined;
  if (role) return role;
  const found = name === undefined ? `has no "${key}"` : `has the role ${JSON.stringify(name)}`;
  throw new TranscriptError(`${which} ${found}; use one of system, developer, user, assistant, tool.`);
}

/** How sentences begin that are about message `index`. */
export function whichMessage({ name, text }: JsonDocument, message: Node, index: number): string {
  return `Message ${index + 1} of ${name} (${lineAndColumn(text, message.offset)})`;
}

/** What a field beside the messages says to the system, as a message before them; an empty text says nothing. */
export function systemMessages({ name }: JsonDocument, root: Node, key = 'system'): JsonMessage[] {
  const parts = textParts(field(root, key), `The "${key}" of ${name}`).filter(({ node }) => 'value' in node && node.value !== '');
  return parts.length > 0 ? [{ role: 'system', parts }] : [];
}

/** Whether a node is a list of messages as OpenAI has them. */
export function isMessageList(node: Node | undefined): boolean {
  return node?.type === 'array' && node.children!.length > 0 && node.children!.every((message) => textOf(message, 'role') !== undefined);
}

/**
 * Messages as OpenAI's requests have them, with what servers and other tools add: reasoning in a field or in parts, refusals, calls of tools.
 * @param first number of the first one, for sentences
 * @throws TranscriptError for unknown roles and content that is no text
 */
export function openAiMessages(document: JsonDocument, messages: readonly Node[], first = 0): JsonMessage[] {
  return messages.map((message, index) => openAiMessage(document, message, whichMessage(document, message, first + index)));
}

export function openAiMessage(document: JsonDocument, message: Node, which: string): JsonMessage {
  const role = roleNamed(field(message, 'role')?.value, which);
  const content = field(message, 'content');
  const reasoning = REASONING.map((key) => reasoningParts(field(message, key), which)).find((found) => found.length > 0) ?? [];
  const reasoningNames = namesOf(message, reasoning);
  if (isGiven(field(message, 'audio'))) throw noText(which, 'audio');
  const parts = [...reasoning, ...textParts(content, which)];
  const refusal = field(message, 'refusal');
  if (refusal?.type === 'string' && refusal.value !== '' && !parts.some(({ kind }) => kind === 'text')) parts.push({ kind: 'text', node: refusal });
  const [calls, call] = [field(message, 'tool_calls'), field(message, 'function_call')];
  return {
    role, parts, reasoningNames,
    ...(isPartsList(content) && { contentList: partsList(document, content) }),
    isNull: !content || content.type === 'null',
    ...(calls && calls.type !== 'null' && (calls.type !== 'array' || calls.children!.length > 0) && { toolCalls: openAiToolCalls(document, calls, which) }),
    extra: {
      ...further(document, message, reasoningNames),
      ...(call && call.type !== 'null' && { function_call: openAiFunctionCall(document, call, which) }),
    },
  };
}

function isPartsList(content: Node | undefined): content is Node {
  return content?.type === 'array' && content.children!.length > 0 && content.children!.every(({ type }) => type === 'object');
}

/** Fields of a part that hold text. */
const PART_TEXTS = ['text', 'thinking', 'reasoning', 'refusal'];

/** A list of parts with the places of their texts. */
function partsList(document: JsonDocument, node: Node): TemplateData {
  if (node.type === 'array') return node.children!.map((item) => partsList(document, item));
  if (node.type !== 'object') return templateValue(document.text, node);
  return new Map(fieldsOf(node).map(([key, value]): [string, TemplateData] => [key, value.type === 'string' && PART_TEXTS.includes(key) ? new PlacedText(stringSource(document, value)) : partsList(document, value)]));
}

/** The fields that say this reasoning: templates read it by one name or another. */
function namesOf(message: Node, reasoning: readonly JsonPart[]): string[] {
  const said: unknown = reasoning.length === 1 && 'value' in reasoning[0].node ? reasoning[0].node.value : undefined;
  return REASONING.filter((key) => said !== undefined && field(message, key)?.value === said);
}

/** Fields that are handed on as they are: other names of the reasoning, too, where they say something else. */
function further({ text }: JsonDocument, message: Node, reasoningNames: readonly string[]): Record<string, TemplateData> {
  return Object.fromEntries(fieldsOf(message)
    .filter(([key, node]) => !READ.includes(key) && !reasoningNames.includes(key) && !(REASONING.includes(key) && !isGiven(node)))
    .map(([key, node]) => [key, templateValue(text, node)]));
}

/** Types of a content's parts that are text. */
const TEXT_TYPES = ['text', 'input_text', 'output_text'];
const REASONING_TYPES = ['thinking', 'reasoning'];

/** The text (and the reasoning in parts) of a message's content: a string, or a list of strings and parts. @throws TranscriptError for parts that are no text */
export function textParts(content: Node | undefined, which: string): JsonPart[] {
  if (!content || content.type === 'null') return [];
  if (content.type === 'string') return [{ kind: 'text', node: content }];
  if (content.type !== 'array') throw new TranscriptError(`${which} has a content of type ${content.type}; it must be a string or a list of text parts.`);
  return content.children!.flatMap((part): JsonPart[] => {
    if (part.type === 'string') return [{ kind: 'text', node: part }];
    const type = textOf(part, 'type');
    if (type !== undefined && REASONING_TYPES.includes(type)) return reasoningParts(field(part, 'thinking') ?? field(part, 'reasoning') ?? field(part, 'text'), which);
    const text = type === 'refusal' ? field(part, 'refusal') : type === undefined || TEXT_TYPES.includes(type) ? field(part, 'text') : undefined;
    if (text?.type !== 'string') throw noText(which, type ?? part.type);
    return [{ kind: 'text', node: text }];
  });
}

export function noText(which: string, type: string): TranscriptError {
  return new TranscriptError(`${which} holds a content part of type ${JSON.stringify(type)}; only text can be traced: take that part out.`);
}

/** Reasoning as a string, or as a list of parts; an empty one is none, and what is encrypted cannot be read. */
function reasoningParts(node: Node | undefined, which: string): JsonPart[] {
  if (!node || node.type === 'null' || node.value === '') return [];
  if (node.type === 'string') return [{ kind: 'reasoning', node }];
  if (node.type === 'array') return node.children!.flatMap((part) => (part.type === 'object' ? reasoningParts(field(part, 'text') ?? field(part, 'thinking') ?? field(part, 'summary'), which) : reasoningParts(part, which)));
  throw new TranscriptError(`${which} has reasoning of type ${node.type}; it must be a string or a list of parts.`);
}
