import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../base/errors';
import { answerText } from '../../json/compactJson';
import type { JsonConversation, JsonDocument, JsonFormat, JsonMessage, JsonPart } from '../../json/conversation';
import { field, textOf } from '../../json/jsonTree';
import { noText, roleNamed, systemMessages, textParts, whichMessage } from '../../json/openAiMessages';
import { requestVariables } from '../../json/requestVariables';
import { toolCall } from '../../json/toolCalls';
import type { TemplateData } from '../../turns/templateData';

/** Messages of the Vercel AI SDK's user interface (`useChat`): what it shows stands in `parts`. */
export const uiMessages: JsonFormat = {
  format: 'ui-messages',
  matches: (root) => messageList(root)?.children!.some((message) => field(message, 'role') !== undefined && partsOf(message)?.some((part) => textOf(part, 'type') !== undefined)) === true,
  read,
};

function messageList(root: Node): Node | undefined {
  const list = root.type === 'array' ? root : field(root, 'messages');
  return list?.type === 'array' ? list : undefined;
}

function partsOf(message: Node): readonly Node[] | undefined {
  const parts = field(message, 'parts');
  return parts?.type === 'array' ? parts.children! : undefined;
}

function read(document: JsonDocument, root: Node): JsonConversation {
  const list = messageList(root)!;
  return {
    messages: [...systemMessages(document, root), ...list.children!.flatMap((message, index) => messagesOf(document, message, whichMessage(document, message, index)))],
    variables: requestVariables(document, root),
    newMessage: { list, message: (text) => ({ ...newId(list), role: 'assistant', parts: [{ type: 'text', text }] }) },
  };
}

/** An id like no other, where messages have one. */
function newId({ children = [] }: Node): { id?: string } {
  const ids = children.map((message) => textOf(message, 'id'));
  if (ids.every((id) => id === undefined)) return {};
  let number = ids.length + 1;
  while (ids.includes(`msg-${number}`)) number++;
  return { id: `msg-${number}` };
}

/** Parts that say nothing to the model. */
const UNSEEN = /^(?:source-url|source-document|source|data-.*)$/;

/**
 * The SDK's `convertToModelMessages`: what stands between two steps is one message of the assistant, with the answers of its tools behind it. Providers write the
 * texts of such a message without anything between them.
 */
function messagesOf(document: JsonDocument, message: Node, which: string): JsonMessage[] {
  const role = roleNamed(textOf(message, 'role') ?? field(message, 'role')?.value, which);
  const parts = partsOf(message);
  if (!parts) return [{ role, parts: textParts(field(message, 'content'), which) }];
  const messages: JsonMessage[] = [];
  let own: JsonPart[] = [];
  let [calls, answers]: [TemplateData[], JsonMessage[]] = [[], []];
  const close = () => {
    if (own.length > 0 || calls.length > 0) messages.push({ role, parts: own, ...(role === 'assistant' && { between: '' }), ...(calls.length > 0 && { toolCalls: calls }) }, ...answers);
    [own, calls, answers] = [[], [], []];
  };
  for (const part of parts) {
    const type = textOf(part, 'type');
    if (type === undefined) throw new TranscriptError(`${which} holds a part without a "type"; give it one, such as "text".`);
    if (type === 'step-start') close();
    else if (type === 'text' || type === 'reasoning') {
      if (type === 'text' && calls.length > 0) close();
      const node = field(part, 'text') ?? field(part, 'reasoning');
      if (node?.type !== 'string') throw new TranscriptError(`${which} holds a part of type "${type}" without a "text"; give it one.`);
      own.push({ kind: type, node });
    } else if (type === 'dynamic-tool' || type.startsWith('tool-')) {
      const invocation = type === 'tool-invocation' ? field(part, 'toolInvocation') : part;
      const { call, answer } = toolPart(document, invocation, type, which);
      calls.push(call);
      if (answer) answers.push(answer);
    } else if (!UNSEEN.test(type)) throw noText(which, type);
  }
  close();
  // A message without anything to say is still one, such as the empty answer that is to be written.
  return messages.length > 0 ? messages : [{ role, parts: [] }];
}

function toolPart(document: JsonDocument, part: Node | undefined, type: string, which: string): { readonly call: TemplateData; readonly answer: JsonMessage | null } {
  const id = textOf(part, 'toolCallId');
  const name = field(part, 'toolName') ?? nameIn(part, type);
  if (name?.type !== 'string') throw new TranscriptError(`${which} holds a tool part without a name; give it a "toolName".`);
  const input = field(part, 'input') ?? field(part, 'args') ?? field(part, 'rawInput');
  if (textOf(part, 'state') === 'output-denied') throw new TranscriptError(`${which} holds a call of a tool that was not allowed, which has no answer; take that part out.`);
  const output = field(part, 'errorText') ?? field(part, 'output') ?? field(part, 'result');
  return {
    call: toolCall(document, { name, args: input, id }, which),
    answer: output ? {
      role: 'tool', parts: [{ kind: 'text', node: answerText(document, output) }],
      extra: { ...(id !== undefined && { tool_call_id: id }), name: String(name.value) },
    } : null,
  };
}

/** The tool's name inside a type such as "tool-getWeather": a string of its own to whoever reads its place. */
function nameIn(part: Node | undefined, type: string): Node | undefined {
  const node = field(part, 'type');
  const prefix = 'tool-';
  if (node === undefined || type === 'tool-invocation' || type === 'dynamic-tool') return undefined;
  return { ...node, type: 'string', value: type.slice(prefix.length), offset: node.offset + prefix.length, length: node.length - prefix.length };
}
