import type { Node } from 'jsonc-parser';
import type { Role } from '../../../../concepts/transcript';
import { TranscriptError } from '../../../base/errors';
import type { JsonConversation, JsonDocument, JsonFormat, JsonMessage } from '../../json/conversation';
import { field, stringSource, textOf } from '../../json/jsonTree';
import { roleNamed, textParts, whichMessage } from '../../json/openAiMessages';
import { requestVariables } from '../../json/requestVariables';
import { calledTools } from '../../json/toolCalls';

/** Roles of messages that are nothing but calls of tools, in small letters. */
const CALLS = ['function_call', 'tool_call'];

/** ShareGPT conversations, as data sets of fine-tuning have them: `from` and `value`, a `system` beside them, calls of tools as JSON in a message of their own. */
export const sharegpt: JsonFormat = {
  format: 'sharegpt',
  matches: (root) => turnList(root)?.children!.some((turn) => field(turn, 'from') !== undefined) === true,
  read,
};

function turnList(root: Node): Node | undefined {
  const list = root.type === 'array' ? root : field(root, 'conversations') ?? field(root, 'conversation') ?? field(root, 'messages') ?? field(root, 'items');
  return list?.type === 'array' ? list : undefined;
}

function read(document: JsonDocument, root: Node): JsonConversation {
  const list = turnList(root)!;
  const system = textParts(field(root, 'system'), `The "system" of ${document.name}`).filter(({ node }) => 'value' in node && node.value !== '');
  return {
    messages: [...(system.length > 0 ? [{ role: 'system' as const, parts: system }] : []), ...list.children!.map((turn, index) => message(document, turn, whichMessage(document, turn, index)))],
    variables: requestVariables(document, root),
    newMessage: { list, message: (value) => ({ from: 'gpt', value }) },
  };
}

function message(document: JsonDocument, turn: Node, which: string): JsonMessage {
  const from = textOf(turn, 'from');
  const value = field(turn, 'value');
  if (from !== undefined && CALLS.includes(from.toLowerCase())) {
    if (value?.type !== 'string') throw new TranscriptError(`${which} is a ${from} without a "value" of JSON text; give it one.`);
    const within = stringSource(document, value);
    return { role: 'assistant', parts: [], toolCalls: calledTools({ text: within.text, within }, which) };
  }
  const role: Role = roleNamed(from, which, 'from');
  return { role, parts: textParts(value, which), isNull: !value || value.type === 'null' };
}
