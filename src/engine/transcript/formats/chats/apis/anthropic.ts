import type { Node } from 'jsonc-parser';
import type { JsonConversation, JsonDocument, JsonFormat, JsonMessage } from '../../../json/conversation';
import { exchangeIn, IS_ERROR, isLog, noRequest } from '../../../json/exchange';
import { field, textOf, withFields } from '../../../json/jsonTree';
import { textParts, whichMessage } from '../../../json/openAiMessages';
import { requestVariables, withFunctionsOnly } from '../../../json/requestVariables';
import { anthropicMessages, isBlock } from './anthropicBlocks';

/** Anthropic's Messages: `system` beside the messages, whose content is text or blocks: text, thinking, calls of tools and their results. The response is a message with a `type`. */
export const anthropic: JsonFormat = {
  format: 'anthropic',
  matches: (root) => {
    const { request, response } = exchangeIn(root);
    const list = field(request, 'messages');
    return isResponse(response) || (list?.type === 'array' && (list.children!.some(hasBlocks) || field(request, 'system')?.type === 'array' || hasSchemas(request) || field(request, 'anthropic_version') !== undefined));
  },
  read,
};

function isResponse(node: Node): boolean {
  return textOf(node, 'type') === 'message' && textOf(node, 'role') === 'assistant' && field(node, 'content')?.type === 'array';
}

function hasBlocks(message: Node): boolean {
  const content = field(message, 'content');
  return content?.type === 'array' && content.children!.some(isBlock);
}

function hasSchemas(request: Node): boolean {
  return field(request, 'tools')?.children?.some((tool) => field(tool, 'input_schema')) === true;
}

function read(document: JsonDocument, root: Node): JsonConversation {
  const { request, response } = exchangeIn(root);
  const list = field(request, 'messages');
  if (list?.type !== 'array') throw noRequest(document.name, '"messages" (and its "system")');
  const notes: string[] = [];
  // What else a response says (its id, model, usage) is no part of the message.
  const answers = isResponse(response) ? [withFields(response, ['role', 'content'])] : [];
  const messages = [...list.children!, ...answers].map((message, index) => anthropicMessages(document, message, whichMessage(document, message, index), notes));
  const error = field(response, 'error') && isLog({ request, response }) ? [IS_ERROR] : [];
  return {
    messages: [...systemTurn(document, request), ...(answers.length > 0 ? withAnswer(messages.slice(0, -1).flat(), messages.at(-1)!) : messages.flat())],
    variables: withFunctionsOnly(requestVariables(document, request), notes),
    notes: [...notes, ...error],
    newMessage: { list, message: (text) => ({ role: 'assistant', content: hasBlocks(list.children!.at(-1)!) ? [{ type: 'text', text }] : text }) },
  };
}

function systemTurn(document: JsonDocument, request: Node): JsonMessage[] {
  const parts = textParts(field(request, 'system'), `The "system" of ${document.name}`);
  // vLLM and llama.cpp, which take such requests for local models, write its blocks one behind the other.
  return parts.some(({ node }) => 'value' in node && node.value !== '') ? [{ role: 'system', parts, between: '' }] : [];
}

/** A request may begin the answer itself, with an assistant message at its end: the model goes on with that text. */
function withAnswer(messages: readonly JsonMessage[], [answer]: readonly JsonMessage[]): JsonMessage[] {
  const last = messages.at(-1);
  return last?.role === 'assistant' && last.toolCalls === undefined ? [...messages.slice(0, -1), { ...answer, parts: [...last.parts, ...answer.parts], between: '' }] : [...messages, answer];
}
