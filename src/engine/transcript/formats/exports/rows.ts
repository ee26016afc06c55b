import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../base/errors';
import type { JsonConversation, JsonDocument, JsonFormat, JsonMessage, NewMessage } from '../../json/conversation';
import { field, textOf } from '../../json/jsonTree';
import { isMessageList, openAiMessages } from '../../json/openAiMessages';
import { requestVariables } from '../../json/requestVariables';
import { leftOutOf, rowTexts, textOnly } from './rowTexts';

/** Rows of data sets for training: prompts with completions, with preferences (TRL, OpenAI), with instructions (Alpaca, LLaMA-Factory), with questions. Further fields say nothing to the model. */
export const rows: JsonFormat = {
  format: 'row',
  matches: (root) => root.type === 'object' && textOf(root, 'role') === undefined && (answerKey(root) !== undefined || (!hasMessages(root) && (isMessageList(field(root, 'prompt')) || rowTexts(root) !== null))),
  read: (document, root) => (isOfMessages(root) ? readMessages(document, root) : readTexts(document, root)),
};

/** A row that has its conversation as messages, too, is read by these. */
function hasMessages(root: Node): boolean {
  return ['messages', 'conversations', 'conversation'].some((key) => field(root, key)?.type === 'array');
}

/** The field with the answer to what stands in other fields. */
function answerKey(root: Node): string | undefined {
  if (field(root, 'chosen') && field(root, 'rejected')) return 'chosen';
  if (field(root, 'preferred_output') && field(field(root, 'input'), 'messages')) return 'preferred_output';
  return isMessageList(field(root, 'prompt')) && field(root, 'completion') ? 'completion' : undefined;
}

function isOfMessages(root: Node): boolean {
  const key = answerKey(root);
  return isMessageList(field(root, 'prompt')) || key === 'preferred_output' || (key === 'chosen' && field(root, 'chosen')!.type === 'array');
}

function readMessages(document: JsonDocument, root: Node): JsonConversation {
  const key = answerKey(root);
  const [prompt, answer] = [field(root, 'prompt') ?? field(field(root, 'input'), 'messages'), key === undefined ? undefined : field(root, key)];
  const list = answer?.type === 'array' ? answer : undefined;
  // Some data sets repeat the prompt in both answers.
  const isWhole = list !== undefined && ['system', 'user', 'human'].includes(textOf(list.children![0], 'role') ?? '');
  const asked: JsonMessage[] = isWhole || !prompt ? [] : prompt.type === 'string' ? [{ role: 'user', parts: [{ kind: 'text', node: textOnly(document, prompt, 'prompt') }] }] : openAiMessages(document, items(document, prompt, 'prompt'));
  const answered: JsonMessage[] = answer?.type === 'string' ? [{ role: 'assistant', parts: [{ kind: 'text', node: answer }] }] : answer ? openAiMessages(document, items(document, answer, key!), asked.length) : [];
  const newMessage: NewMessage | undefined = list && { list, message: (content) => ({ role: 'assistant', content }) };
  return {
    messages: [...asked, ...answered],
    variables: requestVariables(document, root), notes: rejectedNote(document, key), newMessage,
    ...(!answer && { isClosed: noAnswer(document, '"completion": []') }),
  };
}

function items({ name }: JsonDocument, node: Node, key: string): readonly Node[] {
  if (node.type === 'array') return node.children!;
  throw new TranscriptError(`"${key}" of ${name} is of type ${node.type}; it must be a list of messages or a text.`);
}

function readTexts(document: JsonDocument, root: Node): JsonConversation {
  const texts = rowTexts(root);
  if (!texts) throw new TranscriptError(`${document.name} holds a whole dialogue as one text in "chosen"; write its turns as a list of messages ({"role": ..., "content": ...}).`);
  const { asked, answer, answerKey: key, history, system } = texts;
  if (!history) throw new TranscriptError(`"history" of ${document.name} is no list of pairs of texts; write it as [["question", "answer"]].`);
  const beside = leftOutOf(root);
  const message = (role: JsonMessage['role'], nodes: readonly (readonly [string, Node])[]): JsonMessage => ({ role, parts: nodes.map(([name, node]) => ({ kind: 'text', node: textOnly(document, node, name) })) });
  return {
    messages: [
      ...(system ? [message('system', [['system', system]])] : []),
      ...history.flatMap(([said, answered]) => [message('user', [['history', said]]), message('assistant', [['history', answered]])]),
      message('user', asked),
      ...(answer ? [message('assistant', [[key, answer]])] : []),
    ],
    variables: requestVariables(document, root),
    notes: [
      `${quoted(asked.map(([name]) => name))} of ${document.name} ${asked.length > 1 ? 'are' : 'is'} read as the user's turn${answer ? ` and "${key}" as the answer` : ''}; the model's chat template stands around them.`,
      ...(beside.length > 0 ? [`${quoted(beside)} of ${document.name} ${beside.length > 1 ? 'are' : 'is'} left out, since no row says where in a prompt that stands; write it into the prompt if the model got it.`] : []),
      ...rejectedNote(document, key),
    ],
    ...(!answer && { isClosed: noAnswer(document, `"${key}": ""`) }),
  };
}

function rejectedNote({ name }: JsonDocument, key: string | undefined): string[] {
  return key === 'chosen' ? [`The answer in ${name} is the chosen one; the rejected one was left out.`] : key === 'preferred_output' ? [`The answer in ${name} is the preferred one; the other one was left out.`] : [];
}

function noAnswer({ name }: JsonDocument, wanted: string): string {
  return `${name} is a row without a place for an answer; write ${wanted} into it and generate again.`;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(' and ');
}
