import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../../base/errors';
import type { JsonDocument, JsonMessage } from '../../../json/conversation';
import { field, stringSource, textOf } from '../../../json/jsonTree';
import { placedMessage } from '../../../json/nestedJson';
import { SourceText } from '../../../turns/sourceText';
import { isLangChainMessage, tracedMessages } from './langChainMessages';

export interface RecordedAnswer {
  readonly messages: readonly JsonMessage[];
  readonly notes: readonly string[];
}

/**
 * What a recorded run answered: a text, a message, a list of them, OpenAI's `choices`, LangChain's `generations`, or an object with one of these. None is no answer.
 * @param json what `output` stands in @param first number of the first message, for sentences
 * @throws TranscriptError for what is none of these
 */
export function answerMessages(document: JsonDocument, json: JsonDocument, output: Node | undefined, first: number): RecordedAnswer {
  const node = output && unwrapped(output);
  if (!node || node.type === 'null' || (node.type === 'object' && node.children!.length === 0)) return { messages: [], notes: [] };
  if (node.type === 'string') return { messages: [placedMessage(json, { role: 'assistant', parts: [{ kind: 'text', node }] })], notes: [] };
  if (node.type === 'array') return { messages: tracedMessages(document, json, node.children!, first), notes: [] };
  for (const [key, message] of [['choices', 'message'], ['generations', 'message']] as const) {
    const list = field(node, key);
    const answers = list?.type === 'array' && list.children![0]?.type === 'array' ? list.children![0].children! : list?.type === 'array' ? list.children! : [];
    if (answers.length === 0) continue;
    const notes = answers.length > 1 ? [`${document.name} holds ${answers.length} answers to one prompt; the first one was read.`] : [];
    return { ...answerMessages(document, json, field(answers[0], message) ?? field(answers[0], 'text'), first), notes };
  }
  if (textOf(node, 'role') !== undefined || isLangChainMessage(node)) return { messages: tracedMessages(document, json, [node], first), notes: [] };
  const content = field(node, 'content') ?? field(node, 'text') ?? field(node, 'completion');
  if (content?.type === 'string' || content?.type === 'null') return answerMessages(document, json, content, first);
  if (node.type !== 'object') throw new TranscriptError(`The answer in ${document.name} is of type ${node.type}; it must be a text, a message or an object with "content", "messages" or "choices".`);
  throw new TranscriptError(`The answer in ${document.name} is an object without "content", "messages" or "choices"; give it one of these.`);
}

/** Answers that stand in a field of their own. */
function unwrapped(node: Node): Node {
  const inner = field(node, 'messages') ?? field(node, 'output') ?? (field(node, 'role') || field(node, 'content') ? undefined : field(node, 'message'));
  return inner ? unwrapped(inner) : node;
}

/** Whether a graph's answer is the whole state: what it was asked, too. */
export function beginsWith(document: JsonDocument, messages: readonly JsonMessage[], input: readonly JsonMessage[]): boolean {
  const said = ({ role, parts }: JsonMessage) => JSON.stringify([role, parts.map(({ node }) => (node instanceof SourceText ? node : stringSource(document, node)).text)]);
  return input.length > 0 && messages.length >= input.length && input.every((message, index) => said(message) === said(messages[index]));
}
