import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../../base/errors';
import type { JsonConversation, JsonDocument, JsonFormat, JsonMessage } from '../../../json/conversation';
import { field, stringSource, textOf } from '../../../json/jsonTree';
import { nestedJson, placedMessage } from '../../../json/nestedJson';
import { systemMessages } from '../../../json/openAiMessages';
import { requestVariables } from '../../../json/requestVariables';
import { tracedMessages } from './langChainMessages';
import { answerMessages } from './recordedAnswers';

/** Generations as Langfuse exports them, alone or among a trace's observations. */
export const langfuse: JsonFormat = {
  format: 'langfuse',
  matches: (root) => textOf(root, 'type') === 'GENERATION' && isGiven(field(root, 'input')),
  inside: (root) => {
    const observations = field(root, 'observations') ?? field(root, 'data');
    return observations?.type === 'array' ? observations.children! : [];
  },
  read,
};

function isGiven(node: Node | undefined): boolean {
  return node !== undefined && node.type !== 'null';
}

function read(document: JsonDocument, root: Node): JsonConversation {
  const { messages: input, variables } = readInput(document, field(root, 'input')!);
  const output = field(root, 'output');
  const nested = nestedAnswer(document, output);
  const { messages, notes } = answerMessages(document, nested?.json ?? document, nested?.root ?? output, input.length);
  return { messages: [...input, ...messages], variables, notes };
}

/** An answer may be JSON for the one who asked: only what looks like a message is looked into. */
function nestedAnswer(document: JsonDocument, output: Node | undefined): ReturnType<typeof nestedJson> {
  const nested = nestedJson(document, output);
  const isMessage = (node: Node | undefined) => node?.type === 'object' && ['role', 'choices', 'lc', 'tool_calls'].some((key) => field(node, key) !== undefined);
  return nested && (nested.json === document || isMessage(nested.root) || isMessage(nested.root.type === 'array' ? nested.root.children![0] : undefined)) ? nested : null;
}

function readInput(document: JsonDocument, input: Node): Pick<JsonConversation, 'messages' | 'variables'> {
  const nested = nestedJson(document, input);
  if (!nested) {
    if (input.type === 'string') return { messages: [{ role: 'user', parts: [{ kind: 'text', node: input }] }] };
    throw noInput(document);
  }
  const { json, root } = nested;
  const list = root.type === 'array' ? root : field(root, 'messages');
  if (list?.type === 'array') {
    const messages: JsonMessage[] = [...systemMessages(json, root).map((message) => placedMessage(json, message)), ...tracedMessages(document, json, list.children!)];
    return { messages, variables: requestVariables(json, root) };
  }
  if (textOf(root, 'role') !== undefined) return { messages: tracedMessages(document, json, [root]) };
  const text = field(root, 'input') ?? field(root, 'prompt') ?? field(root, 'content');
  if (text?.type !== 'string') throw noInput(document);
  return { messages: [{ role: 'user', parts: [{ kind: 'text', node: stringSource(json, text) }] }] };
}

function noInput({ name }: JsonDocument): TranscriptError {
  return new TranscriptError(`The generation of ${name} has an "input" without messages; it must be a list of messages, {"messages": [...]} or a text.`);
}
