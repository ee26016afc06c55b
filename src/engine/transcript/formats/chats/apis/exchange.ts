import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../../base/errors';
import type { JsonConversation, JsonDocument, JsonFormat, JsonMessage } from '../../../json/conversation';
import { exchangeIn, firstOf, IS_ERROR, isLog, noRequest } from '../../../json/exchange';
import { field, textOf } from '../../../json/jsonTree';
import { openAiMessage, openAiMessages, whichMessage } from '../../../json/openAiMessages';
import { requestVariables } from '../../../json/requestVariables';

/**
 * Logs of OpenAI's chat completions and of what speaks like them: a request's `messages` and a response's `choices`, side by side (`request` and `response`, with a `body` or not), in one
 * object, or a line of a batch (`custom_id`, `body`).
 */
export const exchange: JsonFormat = {
  format: 'exchange',
  matches: (root) => {
    const log = exchangeIn(root);
    return field(log.response, 'choices')?.type === 'array' || (field(log.request, 'messages')?.type === 'array' && (log.request !== root || isLog(log)));
  },
  read,
};

function read(document: JsonDocument, root: Node): JsonConversation {
  const { request, response } = exchangeIn(root);
  const list = field(request, 'messages');
  if (list?.type !== 'array') throw noRequest(document.name, '"messages"');
  const messages = openAiMessages(document, list.children!);
  const choices = field(response, 'choices')?.children ?? [];
  // Some servers answer with the message alone (Cohere's second API).
  const [choice] = choices.length > 0 ? choices : response !== root && field(response, 'message') ? [response] : [];
  const answer = choice ? answerOf(document, choice, messages.length) : null;
  return {
    messages: answer ? withAnswer(messages, answer, field(request, 'continue_final_message')?.value === true) : messages,
    // LiteLLM's logs hold the request's other fields apart from its messages.
    variables: { ...requestVariables(document, field(root, 'model_parameters') ?? field(root, 'optional_params') ?? request), ...requestVariables(document, request) },
    notes: [...firstOf(choices.length, 'choices'), ...(answer || response === root || response === request ? [] : [field(response, 'error') ? IS_ERROR : 'The response holds no "choices", so that no answer is read.'])],
    newMessage: { list, message: (content) => ({ role: 'assistant', content }) },
  };
}

function answerOf(document: JsonDocument, choice: Node, index: number): JsonMessage {
  const message = field(choice, 'message');
  const which = whichMessage(document, message ?? choice, index);
  if (message?.type !== 'object') throw new TranscriptError(`${which} is a choice without a "message"; only choices of chat completions are read: copy its text into one.`);
  // Servers leave the role out now and then: only an assistant answers.
  if (textOf(message, 'role') !== undefined) return openAiMessage(document, message, which);
  return { ...openAiMessage(document, { ...message, children: [...message.children!, ASSISTANT] }, which) };
}

/** A message's role as a node, for messages that have none. */
const ASSISTANT: Node = { type: 'property', offset: 0, length: 0, children: [{ type: 'string', offset: 0, length: 0, value: 'role' }, { type: 'string', offset: 0, length: 0, value: 'assistant' }] };

/** The messages and their answer, which goes on with a final assistant message where the request says so (vLLM). */
function withAnswer(messages: readonly JsonMessage[], answer: JsonMessage, goesOn: boolean): JsonMessage[] {
  const last = messages.at(-1);
  return goesOn && last?.role === 'assistant' ? [...messages.slice(0, -1), { ...answer, parts: [...last.parts, ...answer.parts], between: '' }] : [...messages, answer];
}
