import { getNodeValue, type Node, parseTree, type ParseError, printParseErrorCode } from 'jsonc-parser';
import type { Role, TranscriptDocument } from '../../../../concepts/transcript';
import { TranscriptError } from '../../../base/errors';
import type { DocumentInsertion } from '../../turns/documentInsertion';
import { jsonStringSource } from '../../json/jsonString';
import { generationTurn, makeTurn, type ParsedTranscript, type ParsedTurn, type Segment } from '../../turns/parsedTranscript';
import { SourceText } from '../../turns/sourceText';
import { splitReasoning } from '../../turns/splitReasoning';
import { templateValue, toolCallsValue } from '../../json/templateJson';
import type { FormatReader } from '../../turns/format';

export const openai: FormatReader = {
  format: 'openai',
  hasName: (path) => /\.jsonc?$|\.jsonl$/.test(path),
  hasText: (text) => /^\s*(?:\{\s*"(?:messages|conversations)"\s*:|\[\s*\{\s*"(?:role|from)"\s*:)/.test(text),
  parse: parseOpenAi,
  insertion,
};

/** Names of a message's fields: OpenAI's, or ShareGPT's. */
interface MessageKeys {
  readonly role: 'role' | 'from';
  readonly content: 'content' | 'value';
}

const ROLES: Readonly<Record<string, Role>> = {
  system: 'system', developer: 'developer', user: 'user', human: 'user', assistant: 'assistant', gpt: 'assistant', model: 'assistant', tool: 'tool',
};
/** Fields of a message that templates write as JSON. */
const CALLS = ['tool_calls', 'function_call'];
const REASONING_FIELDS = ['reasoning_content', 'reasoning', 'thinking'];

/** The list of messages in a chat JSON document, as syntax nodes. @throws TranscriptError */
function messageNodes(name: string, text: string): { readonly list: Node; readonly keys: MessageKeys; readonly request: Node | null } {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  if (errors.length > 0 || !root) {
    const conversations = text.split('\n').filter((line) => line.trimStart().startsWith('{')).length;
    if (conversations > 1 && /\.jsonl$/i.test(name)) {
      throw new TranscriptError(`${name} holds ${conversations} conversations, one a line; copy the one to trace into a .json file of its own.`);
    }
    const error = errors.at(0);
    const place = error ? ` (${printParseErrorCode(error.error)} at ${lineAndColumn(text, error.offset)})` : '';
    throw new TranscriptError(`${name} is not readable JSON${place}; correct it there.`);
  }
  const listIn = (node: Node) => field(node, 'messages') ?? field(node, 'conversations');
  const only = root.type === 'array' && root.children?.length === 1 && listIn(root.children[0]) ? root.children[0] : undefined;
  const request = only ?? (root.type === 'array' ? null : root);
  const list = request ? listIn(request) : root;
  if (list?.type !== 'array') {
    throw new TranscriptError(`${name} holds no chat: it needs {"messages": [{"role": "user", "content": "..."}]} or the bare array.`);
  }
  const shareGpt = list.children!.some((message) => field(message, 'from'));
  return { list, keys: shareGpt ? { role: 'from', content: 'value' } : { role: 'role', content: 'content' }, request };
}

/**
 * OpenAI chat JSON: an object with `messages` or the bare array (and a ShareGPT conversation). Reasoning is taken from
 * `reasoning_content`, `reasoning`, `thinking`, else from tags in the content. Text parts of a message are joined by a
 * line break.
 * Of the request around the messages, what reaches the template does so: `system` (Anthropic's) as the first turn, `tools`, `documents` and
 * `chat_template_kwargs`.
 * @throws TranscriptError for unreadable JSON, unknown roles and content that is no text
 */
function parseOpenAi(name: string, text: string): ParsedTranscript {
  const { list, keys, request } = messageNodes(name, text);
  const messages = list.children!.map((message, index, { length }) => parseMessage(name, text, message, keys, index, index === length - 1));
  const system = request ? joined(contentParts(text, field(request, 'system'), `The "system" of ${name}`)) : [];
  const isSaid = system.some(({ kind, source }) => kind === 'text' && source.text !== '');
  return {
    format: 'openai',
    turns: isSaid ? [makeTurn('system', system), ...messages] : messages,
    variables: request ? requestVariables(name, text, request) : {},
  };
}

function requestVariables(name: string, text: string, request: Node): Record<string, unknown> {
  const valueOf = (key: string): unknown => {
    const node = field(request, key);
    // An empty text stands for none in data sets of fine-tuning.
    return node && node.type !== 'null' && node.value !== '' ? templateValue(text, node, `"${key}" of ${name}`) : null;
  };
  const [tools, documents, more] = [valueOf('tools'), valueOf('documents'), valueOf('chat_template_kwargs')];
  for (const [key, value] of Object.entries({ tools, documents })) {
    if (value !== null && !Array.isArray(value)) throw new TranscriptError(`"${key}" of ${name} is no list; it must be one, as in a request.`);
  }
  if (more !== null && (typeof more !== 'object' || Array.isArray(more))) throw new TranscriptError(`"chat_template_kwargs" of ${name} is no object; it must be one, as in a request.`);
  return { ...more as object | null, ...(tools !== null && { tools: (tools as unknown[]).map(asOpenAiTool) }), ...(documents !== null && { documents }) };
}

/** Anthropic's tools in the form that chat templates know. */
function asOpenAiTool(tool: unknown): unknown {
  const { name, description, input_schema: parameters } = (tool ?? {}) as Record<string, unknown>;
  return parameters === undefined ? tool : { type: 'function', function: { name, ...(description !== undefined && { description }), parameters } };
}

/** Text parts, joined by line breaks. */
function joined(parts: readonly Segment[]): Segment[] {
  return parts.flatMap((part, index): Segment[] => (index === 0 ? [part] : [{ kind: 'markup', source: SourceText.inserted('\n') }, part]));
}

/** The node of a message's field. */
function field(message: Node, key: string): Node | undefined {
  return message.children?.find((property) => property.type === 'property' && property.children?.[0].value === key)?.children?.[1];
}

function parseMessage(name: string, text: string, message: Node, keys: MessageKeys, index: number, isLast: boolean): ParsedTurn {
  const which = `Message ${index + 1} of ${name} (${lineAndColumn(text, message.offset)})`;
  const roleName: unknown = field(message, keys.role)?.value;
  const role = typeof roleName === 'string' ? ROLES[roleName.toLowerCase()] : undefined;
  if (!role) {
    const found = roleName === undefined ? `has no "${keys.role}"` : `has the role ${JSON.stringify(roleName)}`;
    throw new TranscriptError(`${which} ${found}; use one of system, developer, user, assistant, tool.`);
  }
  const value: Record<string, unknown> = getNodeValue(message);
  const reasoningKey = REASONING_FIELDS.find((key) => typeof value[key] === 'string' && value[key] !== '');
  const reasoningNode = reasoningKey === undefined ? undefined : field(message, reasoningKey);
  let reasoningField = reasoningNode && jsonStringSource(text, reasoningNode.offset, reasoningNode.offset + reasoningNode.length);
  const extra = Object.fromEntries(Object.entries(value).filter(([key]) => key !== keys.role && key !== keys.content && !REASONING_FIELDS.includes(key)));
  for (const key of CALLS) {
    const calls = field(message, key);
    if (calls && calls.type !== 'null') extra[key] = toolCallsValue(text, calls, which);
  }

  const parts = contentParts(text, field(message, keys.content), which);
  const reasoningPart = reasoningField ? undefined : parts.find(({ kind }) => kind === 'reasoning');
  reasoningField ??= reasoningPart?.source;
  const segments = joined(parts.filter((part) => part !== reasoningPart));
  if (role !== 'assistant') return makeTurn(role, segments.filter(({ source }) => source.text.length > 0), { extra });

  const split = segments.map((segment) => (segment.kind === 'text' && !reasoningField ? splitReasoning(segment.source) : { segments: [segment], closed: true }));
  const content = split.flatMap((part) => part.segments).filter(({ source }) => source.text.length > 0);
  const isNull = !isLast && field(message, keys.content)?.type === 'null';
  if (isLast && content.length === 0 && !reasoningField && value.tool_calls !== undefined) {
    throw new TranscriptError(`${which} holds tool calls and no text, which cannot be traced yet; give it a "content".`);
  }
  const length = content.reduce((sum, { source }) => sum + source.text.length, 0);
  return makeTurn(role, content, { reasoningField, isNull, extra, complete: length > 0 && split.every(({ closed }) => closed) });
}

function contentParts(text: string, content: Node | undefined, which: string): Segment[] {
  if (!content || content.type === 'null') return [];
  const source = (node: Node) => jsonStringSource(text, node.offset, node.offset + node.length);
  if (content.type === 'string') return [{ kind: 'text', source: source(content) }];
  if (content.type !== 'array') throw new TranscriptError(`${which} has a content of type ${content.type}; it must be a string or a list of text parts.`);
  return content.children!.map((part) => {
    if (part.type === 'string') return { kind: 'text', source: source(part) };
    const type: unknown = field(part, 'type')?.value;
    const reasoning = type === 'reasoning' || type === 'thinking';
    const node = reasoning ? field(part, 'thinking') ?? field(part, 'reasoning') ?? field(part, 'text') : field(part, 'text');
    if (node?.type !== 'string') {
      throw new TranscriptError(`${which} holds a content part of type ${JSON.stringify(type ?? part.type)}; only text can be traced: take that part out.`);
    }
    return { kind: reasoning ? 'reasoning' : 'text', source: source(node) };
  });
}

function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset);
  return `line ${before.split('\n').length}, column ${offset - before.lastIndexOf('\n')}`;
}

const encodePiece = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Chat JSON: inside the content of a final assistant message, else in a new message with the file's own layout. */
function insertion({ name, text }: TranscriptDocument, { turns }: ParsedTranscript): DocumentInsertion {
  const { list, keys } = messageNodes(name, text);
  const messages = list.children!;
  const last = messages[messages.length - 1];
  if (!generationTurn(turns)) {
    return { point: { offset: last.offset + last.length, ...newMessage(text, list, keys) }, encodePiece, endOfTurn: '' };
  }
  const content = field(last, keys.content);
  const target = content?.type === 'array' ? lastText(content) : content;
  if (target?.type !== 'string') {
    throw new TranscriptError(`The last message of ${name} is the assistant's and has no "${keys.content}" string to write into; write "${keys.content}": "" there.`);
  }
  return { point: { offset: target.offset + target.length - 1, head: '', tail: '' }, encodePiece, endOfTurn: '' };
}

function lastText(content: Node): Node | undefined {
  const part = content.children?.at(-1);
  return part?.type === 'string' ? part : part && field(part, 'text');
}

/** The gaps between the neighbours' brackets, names and commas give the new message its layout. */
function newMessage(text: string, list: Node, keys: MessageKeys): { head: string; tail: string } {
  const messages = list.children!;
  const last = messages[messages.length - 1];
  const before = messages.length > 1 ? messages[messages.length - 2] : null;
  const gapStart = before ? before.offset + before.length : list.offset + 1;
  const between = spaceIn(text.slice(gapStart, last.offset));
  const [first, second] = last.children!;
  const opening = spaceIn(text.slice(last.offset + 1, first.offset));
  const closing = spaceIn(text.slice(last.children!.at(-1)!.offset + last.children!.at(-1)!.length, last.offset + last.length - 1));
  const next = second ? spaceIn(text.slice(first.offset + first.length, second.offset)) : opening || ' ';
  const [name, value] = first.children!;
  const colon = text.slice(name.offset + name.length, value.offset);
  const assistant = keys.role === 'from' ? 'gpt' : 'assistant';
  return {
    head: `,${between}{${opening}"${keys.role}"${colon}"${assistant}",${next}"${keys.content}"${colon}"`,
    tail: `"${closing}}`,
  };
}

/** White space of a gap, its comma and comments left out. */
function spaceIn(gap: string): string {
  return gap.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|,/g, '');
}
