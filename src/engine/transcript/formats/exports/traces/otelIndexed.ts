import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../../base/errors';
import type { JsonConversation, JsonDocument, JsonMessage, JsonPart } from '../../../json/conversation';
import { stringSource, textOf } from '../../../json/jsonTree';
import { nestedJson, placedMessage } from '../../../json/nestedJson';
import { noText, roleNamed, textParts, whichMessage } from '../../../json/openAiMessages';
import { openAiTool } from '../../../json/requestVariables';
import { describedValue } from '../../../json/templateJson';
import { toolCall } from '../../../json/toolCalls';
import { PlacedText, type TemplateData } from '../../../turns/templateData';
import { numbered, type Attributes } from './spanAttributes';

/** Attributes that are numbered by message: OpenLLMetry's and OpenInference's. */
export const INDEXED = [
  { input: 'gen_ai.prompt', output: 'gen_ai.completion' },
  { input: 'llm.input_messages', output: 'llm.output_messages' },
] as const;

/** @param messages a map of each one's attributes @throws TranscriptError */
export function indexedMessages(document: JsonDocument, messages: readonly Attributes[]): JsonMessage[] {
  return messages.map((attributes, index) => messageOf(document, attributes, index));
}

function messageOf(document: JsonDocument, attributes: Attributes, index: number): JsonMessage {
  const [first] = attributes.values();
  const which = whichMessage(document, first, index);
  const get = (...names: string[]) => names.map((name) => attributes.get(name)).find((node) => node !== undefined && node.type !== 'null');
  const role = roleNamed(get('role', 'message.role')?.value, which);
  const parts = contentParts(document, get('content', 'message.content'), attributes, which);
  const reasoning = get('reasoning', 'reasoning_content', 'message.reasoning_content');
  const [calls, id] = [callsOf(document, attributes, which), get('tool_call_id', 'message.tool_call_id')?.value as string | undefined];
  return {
    role,
    parts: [...(reasoning?.type === 'string' ? [{ kind: 'reasoning' as const, node: reasoning }] : []), ...parts],
    ...(calls.length > 0 && { toolCalls: calls }),
    extra: id === undefined ? {} : { tool_call_id: id },
  };
}

/** OpenLLMetry writes a list of parts as JSON into a string; OpenInference numbers them. */
function contentParts(document: JsonDocument, content: Node | undefined, attributes: Attributes, which: string): JsonPart[] {
  if (content) {
    const nested = nestedJson(document, content);
    const isParts = nested?.root.type === 'array' && nested.root.children!.length > 0 && nested.root.children!.every((part) => textOf(part, 'type') !== undefined);
    return isParts ? [...placedMessage(nested.json, { role: 'user', parts: textParts(nested.root, which) }).parts] : textParts(content, which);
  }
  return numbered(attributes, 'message.contents').flatMap((part): JsonPart[] => {
    const [type, text] = [part.get('message_content.type')?.value, part.get('message_content.text')];
    if (type === 'tool_use') return [];
    if (text?.type !== 'string' || (type !== 'text' && type !== 'reasoning' && type !== undefined)) throw noText(which, String(type));
    return [{ kind: type === 'reasoning' ? 'reasoning' : 'text', node: text }];
  });
}

function callsOf(document: JsonDocument, attributes: Attributes, which: string): TemplateData[] {
  return ['tool_calls', 'message.tool_calls'].flatMap((prefix) => numbered(attributes, prefix)).map((call) => {
    const get = (name: string) => call.get(name) ?? call.get(`function.${name}`) ?? call.get(`tool_call.function.${name}`);
    const [name, id] = [get('name'), (call.get('id') ?? call.get('tool_call.id'))?.value];
    if (name?.type !== 'string') throw new TranscriptError(`${which} calls a tool without a "name"; give it one.`);
    return toolCall(document, { name, args: get('arguments'), ...(typeof id === 'string' && { id }) }, which);
  });
}

/** The tools that the model was given. */
export function indexedTools(document: JsonDocument, attributes: Attributes): JsonConversation['variables'] {
  const schemas = numbered(attributes, 'llm.tools').map((tool) => nestedJson(document, tool.get('tool.json_schema') ?? tool.get('json_schema')))
    .filter((nested) => nested !== null).map(({ json, root }) => openAiTool(describedValue(json, root)));
  const functions = numbered(attributes, 'llm.request.functions').map((tool) => {
    const parameters = nestedJson(document, tool.get('parameters') ?? tool.get('arguments'));
    const [name, description] = ['name', 'description'].map((key) => tool.get(key));
    return openAiTool(new Map<string, TemplateData>([
      ...(name ? [['name', new PlacedText(stringSource(document, name))] as const] : []),
      ...(description?.type === 'string' ? [['description', new PlacedText(stringSource(document, description))] as const] : []),
      ['parameters', parameters ? describedValue(parameters.json, parameters.root) : new Map()],
    ]));
  });
  return schemas.length + functions.length > 0 ? { tools: [...schemas, ...functions] } : {};
}
