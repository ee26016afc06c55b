import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../../base/errors';
import { answerText } from '../../../json/compactJson';
import type { JsonDocument, JsonMessage, JsonPart } from '../../../json/conversation';
import { field, textOf } from '../../../json/jsonTree';
import { placedMessage, whichNested } from '../../../json/nestedJson';
import { openAiMessage, roleNamed, textParts } from '../../../json/openAiMessages';
import { openAiToolCalls, toolCall } from '../../../json/toolCalls';
import type { TemplateData } from '../../../turns/templateData';

/** Types of a content's parts that repeat what `tool_calls` says, or that nobody can read. */
const NO_TEXT = ['tool_use', 'tool_call', 'function_call', 'input_json_delta', 'redacted_thinking', 'reasoning_encrypted'];

/** Whether a node is a message as LangChain writes it: by its class, or by its type with the rest beside it or in `data`. */
export function isLangChainMessage(node: Node | undefined): boolean {
  return classOf(node) !== undefined || (textOf(node, 'role') === undefined && typeOf(node) !== undefined && (field(node, 'content') ?? field(field(node, 'data'), 'content')) !== undefined);
}

/** The name of the class of which `langchain_core.load.dumpd` wrote an object: `{"lc": 1, "type": "constructor", "id": [..., "HumanMessage"], "kwargs": {...}}`. */
function classOf(node: Node | undefined): string | undefined {
  const name: unknown = field(node, 'lc') ? field(node, 'id')?.children?.at(-1)?.value : undefined;
  return typeof name === 'string' && MESSAGE.test(name) ? name : undefined;
}

const MESSAGE = /Message(?:Chunk)?$/;
const TYPES = ['human', 'ai', 'system', 'tool', 'function', 'chat', 'developer', 'generic'];

function typeOf(node: Node | undefined): string | undefined {
  const type = textOf(node, 'type')?.replace(MESSAGE, '').toLowerCase();
  return type !== undefined && TYPES.includes(type) ? type : undefined;
}

/** Messages of LangChain or of OpenAI, which tracers write side by side, with places in `document`. @param json what they stand in @throws TranscriptError */
export function tracedMessages(document: JsonDocument, json: JsonDocument, messages: readonly Node[], first = 0): JsonMessage[] {
  return messages.map((message, index) => {
    const which = whichNested(document, json, message, first + index);
    return placedMessage(json, isLangChainMessage(message) ? langChainMessage(json, message, which) : openAiMessage(json, message, which));
  });
}

function langChainMessage(json: JsonDocument, message: Node, which: string): JsonMessage {
  const fields = field(message, classOf(message) === undefined ? 'data' : 'kwargs') ?? message;
  const named = classOf(message)?.replace(MESSAGE, '') ?? typeOf(message)!;
  const role = roleNamed(/^(?:chat|generic)$/i.test(named) ? field(fields, 'role')?.value : named, which);
  const more = field(fields, 'additional_kwargs');
  const calls = toolCalls(json, fields, more, which);
  const reasoning = field(more, 'reasoning_content');
  const parts = contentParts(json, field(fields, 'content'), which);
  const extra = Object.fromEntries(['name', 'tool_call_id'].map((key) => [key, textOf(fields, key)] as const).filter(([, value]) => value !== undefined)) as Record<string, string>;
  return {
    role,
    parts: [...(reasoning?.type === 'string' && !parts.some(({ kind }) => kind === 'reasoning') ? [{ kind: 'reasoning' as const, node: reasoning }] : []), ...parts],
    isNull: parts.length === 0,
    ...(calls && { toolCalls: calls }), extra,
  };
}

function contentParts(json: JsonDocument, content: Node | undefined, which: string): JsonPart[] {
  if (content?.type === 'object') return [{ kind: 'text', node: answerText(json, content) }];
  if (content?.type !== 'array') return textParts(content, which);
  return textParts({ ...content, children: content.children!.filter((part) => !NO_TEXT.includes(textOf(part, 'type') ?? '')) }, which);
}

/** `tool_calls` as LangChain has them, else as the model's server gave them. @throws TranscriptError for arguments that are no JSON, which no template can write */
function toolCalls(json: JsonDocument, fields: Node, more: Node | undefined, which: string): TemplateData | undefined {
  const calls = field(fields, 'tool_calls');
  const invalid = field(fields, 'invalid_tool_calls');
  if (invalid?.type === 'array' && invalid.children!.length > 0) throw new TranscriptError(`${which} calls a tool with arguments that are no JSON ("invalid_tool_calls"); correct them, or take the message out.`);
  if (calls?.type === 'array' && calls.children!.length > 0) {
    return calls.children!.map((call) => {
      const name = field(call, 'name');
      if (name?.type !== 'string') return (openAiToolCalls(json, { ...calls, children: [call] }, which) as TemplateData[])[0];
      return toolCall(json, { name, args: field(call, 'args') ?? field(call, 'arguments'), id: textOf(call, 'id') }, which);
    });
  }
  const given = field(more, 'tool_calls');
  return given?.type === 'array' && given.children!.length > 0 ? openAiToolCalls(json, given, which) : undefined;
}
