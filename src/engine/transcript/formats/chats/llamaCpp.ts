import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../base/errors';
import type { JsonConversation, JsonDocument, JsonFormat, JsonMessage, JsonPart } from '../../json/conversation';
import { isGiven } from '../../json/exchange';
import { field, stringSource, textOf } from '../../json/jsonTree';
import { roleNamed, textParts, whichMessage } from '../../json/openAiMessages';
import { readJson } from '../../json/readJson';
import { openAiToolCalls } from '../../json/toolCalls';
import { branchOf, idOf } from './llamaCppBranch';

const REASONING = ['reasoningContent', 'reasoning_content', 'thinking'];

/** Conversations that llama.cpp's web UI exports: `conv` and the `messages` of all its branches, of which the chosen one is read. */
export const llamaCpp: JsonFormat = {
  format: 'llamacpp',
  matches: (root) => field(root, 'conv')?.type === 'object' && field(root, 'messages')?.type === 'array',
  read: (document, root) => {
    const list = field(root, 'messages')!;
    const { branch, others } = branchOf(list.children!, field(field(root, 'conv'), 'currNode')?.value);
    return {
      messages: branch.map((node) => message(document, node, whichMessage(document, node, list.children!.indexOf(node)))),
      notes: others === 0 ? [] : [`The conversation has other branches, too (${others === 1 ? 'one message' : `${others} messages`}), which are left out.`],
      newMessage: { list, message: (content) => newMessage(list, branch.at(-1), content) },
    } satisfies JsonConversation;
  },
};

function message(document: JsonDocument, node: Node, which: string): JsonMessage {
  const role = roleNamed(field(node, 'role')?.value, which);
  if (isGiven(field(node, 'extra'))) throw new TranscriptError(`${which} has attachments, and how the web UI wrote them into the prompt is not in the file; copy their text into the message and take "extra" out.`);
  const thought = REASONING.map((key) => field(node, key)).find((held) => held?.type === 'string' && held.value !== '');
  const reasoning: JsonPart[] = thought ? [{ kind: 'reasoning', node: thought }] : [];
  const id = textOf(node, 'toolCallId');
  const calls = callsIn(document, field(node, 'toolCalls'), which);
  return { role, parts: [...reasoning, ...textParts(field(node, 'content'), which)], ...(calls && { toolCalls: calls }), ...(id && { extra: { tool_call_id: id } }) };
}

/** Calls of tools, which the web UI keeps as JSON text. */
function callsIn(document: JsonDocument, node: Node | undefined, which: string): JsonMessage['toolCalls'] {
  if (!isGiven(node)) return undefined;
  if (node.type !== 'string') return openAiToolCalls(document, node, which);
  const within = stringSource(document, node);
  const { root: calls } = readJson(within.text);
  if (calls?.type !== 'array') throw new TranscriptError(`${which} has "toolCalls" that are no list in JSON; correct them.`);
  return calls.children!.length > 0 ? openAiToolCalls({ text: within.text, within }, calls, which) : undefined;
}

/** A message under the branch's last one. */
function newMessage(list: Node, parent: Node | undefined, content: string): unknown {
  const id = parent && idOf(parent);
  if (typeof id !== 'string' && typeof id !== 'number') return { role: 'assistant', content };
  const numbers = list.children!.map(idOf).filter((other) => typeof other === 'number');
  return { id: typeof id === 'number' ? Math.max(...numbers) + 1 : `${id}-answer`, type: 'text', role: 'assistant', content, parent: id, children: [] };
}
