import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../../base/errors';
import type { JsonDocument, JsonMessage, JsonPart } from '../../../json/conversation';
import { field, textOf } from '../../../json/jsonTree';
import { openAiMessage, roleNamed, textParts } from '../../../json/openAiMessages';
import { toolCall } from '../../../json/toolCalls';
import type { TemplateObject } from '../../../turns/templateData';

/** Types of blocks that only Anthropic's messages have; text and thinking others have, too. */
const OWN_TYPES = ['tool_use', 'tool_result', 'redacted_thinking', 'document', 'server_tool_use', 'web_search_tool_result', 'search_result'];

/** Whether a part of a content shows that the message is Anthropic's. */
export function isBlock(part: Node): boolean {
  const type = textOf(part, 'type');
  return (type !== undefined && OWN_TYPES.includes(type)) || (type === 'thinking' && field(part, 'signature') !== undefined);
}

/**
 * A message as chat templates know it: results of tools are turns of their own, in front of the text that stands with them, as vLLM and llama.cpp have them.
 * @param notes takes what is to be said of what is left out
 * @throws TranscriptError for blocks that are no text
 */
export function anthropicMessages(document: JsonDocument, message: Node, which: string, notes: string[]): JsonMessage[] {
  const content = field(message, 'content');
  const blocks = content?.type === 'array' ? content.children! : [];
  if (!blocks.some(isBlock)) return [openAiMessage(document, message, which)];
  const role = roleNamed(field(message, 'role')?.value, which);
  const results: JsonMessage[] = [];
  const parts: JsonPart[] = [];
  const calls: TemplateObject[] = [];
  for (const block of blocks) {
    switch (textOf(block, 'type')) {
      case 'tool_result': results.push(resultOf(block, which)); break;
      case 'tool_use': calls.push(callOf(document, block, which)); break;
      case 'redacted_thinking': notes.push(`${which} holds encrypted thinking, which cannot be read and is left out.`); break;
      default: parts.push(...textParts({ ...content!, children: [block] }, which));
    }
  }
  if (results.length > 0 && parts.length === 0 && calls.length === 0) return results;
  return [...results, { role, parts, ...(calls.length > 0 && { toolCalls: calls }) }];
}

function callOf(document: JsonDocument, block: Node, which: string): TemplateObject {
  const name = field(block, 'name');
  if (name?.type !== 'string') throw new TranscriptError(`${which} has a tool_use without a "name"; give it the name of the tool.`);
  return toolCall(document, { name, args: field(block, 'input'), id: textOf(block, 'id') }, which);
}

function resultOf(block: Node, which: string): JsonMessage {
  const id = textOf(block, 'tool_use_id');
  return { role: 'tool', parts: textParts(field(block, 'content'), which), ...(id !== undefined && { extra: { tool_call_id: id } }) };
}
