import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../../base/errors';
import { answerText } from '../../../json/compactJson';
import type { JsonDocument, JsonMessage, JsonPart } from '../../../json/conversation';
import { field, stringSource, textOf } from '../../../json/jsonTree';
import { nestedJson, whichNested } from '../../../json/nestedJson';
import { noText, roleNamed, textParts } from '../../../json/openAiMessages';
import { toolCall } from '../../../json/toolCalls';
import type { TemplateData } from '../../../turns/templateData';

/** Messages of parts, as the conventions' JSON schemas for `gen_ai.input.messages` and `gen_ai.output.messages` have them. @throws TranscriptError */
export function partMessages(document: JsonDocument, json: JsonDocument, messages: readonly Node[], first = 0): JsonMessage[] {
  return messages.flatMap((message, index) => messageOf(json, message, whichNested(document, json, message, first + index)));
}

/** `gen_ai.system_instructions`: a list of parts, or a text. */
export function systemInstructions(document: JsonDocument, node: Node | undefined): JsonMessage[] {
  const nested = nestedJson(document, node);
  if (!nested) return node?.type === 'string' && node.value !== '' ? [{ role: 'system', parts: [{ kind: 'text', node: stringSource(document, node) }] }] : [];
  const parts = nested.root.type === 'array' ? nested.root.children! : [nested.root];
  const own = parts.map((part) => textPart(nested.json, part, `The system instructions of ${document.name}`)).filter((part) => part !== null);
  return own.length > 0 ? [{ role: 'system', parts: own }] : [];
}

function messageOf(json: JsonDocument, message: Node, which: string): JsonMessage[] {
  const role = roleNamed(textOf(message, 'role'), which);
  const list = field(message, 'parts');
  if (list?.type !== 'array') {
    const parts = textParts(field(message, 'content'), which).map(({ kind, node }) => ({ kind, node: stringSource(json, node as Node) }));
    return [{ role, parts }];
  }
  const own: JsonPart[] = [];
  const calls: TemplateData[] = [];
  const answers: JsonMessage[] = [];
  for (const part of list.children!) {
    const type = textOf(part, 'type');
    const id = textOf(part, 'id');
    if (type === 'tool_call') {
      const name = field(part, 'name');
      if (name?.type !== 'string') throw new TranscriptError(`${which} calls a tool without a "name"; give it one.`);
      calls.push(toolCall(json, { name, args: field(part, 'arguments'), id }, which));
    } else if (type === 'tool_call_response') {
      const answer = answerIn(part);
      answers.push({ role: 'tool', parts: answer && answer.type !== 'null' ? [{ kind: 'text', node: answerText(json, answer) }] : [], extra: id === undefined ? {} : { tool_call_id: id } });
    } else {
      const read = textPart(json, part, which);
      if (read) own.push(read);
    }
  }
  const isOwn = own.length > 0 || calls.length > 0 || answers.length === 0;
  return [...(isOwn ? [{ role, parts: own, ...(calls.length > 0 && { toolCalls: calls }) }] : []), ...answers];
}

function answerIn(part: Node): Node | undefined {
  return field(part, 'response') ?? field(part, 'result');
}

/** Whether a tool's answer is no text, of which the conventions do not say how it was written for the model. */
export function hasJsonAnswer(messages: readonly Node[]): boolean {
  return messages.some((message) => field(message, 'parts')?.children?.some((part) => textOf(part, 'type') === 'tool_call_response' && ['object', 'array'].includes(answerIn(part)?.type ?? '')) === true);
}

/** Null for reasoning that says nothing. @throws TranscriptError for parts that are no text */
function textPart(json: JsonDocument, part: Node, which: string): JsonPart | null {
  const type = textOf(part, 'type') ?? 'text';
  const content = part.type === 'string' ? part : field(part, 'content') ?? field(part, 'text');
  if ((type !== 'text' && type !== 'reasoning' && type !== 'thinking') || content?.type !== 'string') throw noText(which, type);
  const isReasoning = type !== 'text';
  return isReasoning && content.value === '' ? null : { kind: isReasoning ? 'reasoning' : 'text', node: stringSource(json, content) };
}
