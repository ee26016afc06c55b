import type { Node } from 'jsonc-parser';
import type { JsonConversation, JsonDocument, JsonFormat } from '../../json/conversation';
import { field } from '../../json/jsonTree';
import { openAiMessages, textParts } from '../../json/openAiMessages';
import { requestVariables } from '../../json/requestVariables';

/**
 * OpenAI chat JSON: an object with `messages` or the bare array. Of the request around the messages, what reaches the template does so: a top-level `system` as the
 * first turn, `tools`, `documents` and `chat_template_kwargs`.
 */
export const openai: JsonFormat = {
  format: 'openai',
  matches: (root) => (root.type === 'array' ? root.children!.length === 0 || root.children!.some((message) => field(message, 'role') ?? field(message, 'content')) : messageList(root)?.type === 'array'),
  read,
};

function messageList(root: Node): Node | undefined {
  return root.type === 'array' ? root : field(root, 'messages') ?? field(root, 'conversations');
}

function read(document: JsonDocument, root: Node): JsonConversation {
  const list = messageList(root)!;
  const system = textParts(field(root, 'system'), `The "system" of ${document.name}`);
  const isSaid = system.some(({ node }) => 'value' in node && node.value !== '');
  return {
    messages: [...(isSaid ? [{ role: 'system' as const, parts: system }] : []), ...openAiMessages(document, list.children!)],
    variables: requestVariables(document, root),
    newMessage: { list, message: (content) => ({ role: 'assistant', content }) },
  };
}
