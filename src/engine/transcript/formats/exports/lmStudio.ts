import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../base/errors';
import { answerText } from '../../json/compactJson';
import type { JsonConversation, JsonDocument, JsonFormat, JsonMessage, JsonPart } from '../../json/conversation';
import { field, textOf } from '../../json/jsonTree';
import { noText, roleNamed, whichMessage } from '../../json/openAiMessages';
import { toolCall } from '../../json/toolCalls';
import type { TemplateData } from '../../turns/templateData';

/** Conversation files of LM Studio: every message in versions, those of the assistant in steps. */
export const lmStudio: JsonFormat = {
  format: 'lm-studio',
  matches: (root) => field(root, 'messages')?.type === 'array' && field(root, 'messages')!.children!.some((message) => field(message, 'versions')?.type === 'array'),
  read,
};

function read(document: JsonDocument, root: Node): JsonConversation {
  const list = field(root, 'messages')!;
  const messages = list.children!;
  const system = systemPrompt(root);
  return {
    messages: [
      ...(system ? [{ role: 'system' as const, parts: [{ kind: 'text' as const, node: system }] }] : []),
      ...messages.flatMap((message, index) => selected(document, message, whichMessage(document, message, index), index === messages.length - 1)),
    ],
    newMessage: {
      list,
      message: (text) => ({
        versions: [{ type: 'multiStep', role: 'assistant', senderInfo: { senderName: 'FlashTrace' }, steps: [{ type: 'contentBlock', stepIdentifier: `flashtrace-${messages.length + 1}`, content: [{ type: 'text', text }] }] }],
        currentlySelected: 0,
      }),
    },
  };
}

/** Older versions keep it beside the messages, newer ones among the settings of the chat. */
function systemPrompt(root: Node): Node | undefined {
  const settings = field(field(root, 'perChatPredictionConfig'), 'fields');
  const set = settings?.children?.find((setting) => textOf(setting, 'key') === 'llm.prediction.systemPrompt');
  return [field(root, 'systemPrompt'), field(set, 'value')].find((node) => node?.type === 'string' && node.value !== '');
}

function selected(document: JsonDocument, message: Node, which: string, isLast: boolean): JsonMessage[] {
  const versions = field(message, 'versions')?.children ?? [];
  const number: unknown = field(message, 'currentlySelected')?.value ?? 0;
  const version = typeof number === 'number' ? versions[number] : undefined;
  if (!version) throw new TranscriptError(`${which} has no version ${JSON.stringify(number)} ("currentlySelected", from 0 on); choose one that is there.`);
  const role = roleNamed(textOf(version, 'role'), which);
  // What was attached is read into the prompt; that is what the model got.
  const content = field(field(version, 'preprocessed'), 'content') ?? field(version, 'content');
  if (textOf(version, 'type') !== 'multiStep') return [{ role, parts: contents(content).map((part): JsonPart => ({ kind: 'text', node: text(part, which) })) }];
  const blocks = (field(version, 'steps')?.children ?? []).filter((step) => textOf(step, 'type') === 'contentBlock' && (isLast || field(step, 'shouldIncludeInContext')?.value !== false));
  return messagesOf(document, blocks, which, isLast);
}

/** Texts go on from one another (each step of a draft model is a part), and an answer of a tool ends a message. */
function messagesOf(document: JsonDocument, blocks: readonly Node[], which: string, isLast: boolean): JsonMessage[] {
  const messages: JsonMessage[] = [];
  let own: JsonPart[] = [];
  let calls: TemplateData[] = [];
  const close = () => {
    if (own.length > 0 || calls.length > 0) messages.push({ role: 'assistant', parts: own, between: '', ...(calls.length > 0 && { toolCalls: calls }) });
    [own, calls] = [[], []];
  };
  const add = (kind: JsonPart['kind'], node: Node) => own.push({ kind, node });
  for (const block of blocks) {
    const isThinking = textOf(field(block, 'style'), 'type') === 'thinking';
    const [prefix, suffix] = [field(block, 'prefix'), field(block, 'suffix')];
    // The answer that is traced is read as it was generated, tags included.
    const isLiteral = isThinking && isLast && isTag(prefix);
    if (isLiteral) add('text', prefix!);
    for (const part of contents(field(block, 'content'))) {
      const type = textOf(part, 'type');
      if (type === 'toolCallRequest') {
        const name = field(part, 'name');
        if (name?.type !== 'string') throw new TranscriptError(`${which} calls a tool without a "name"; give it one.`);
        calls.push(toolCall(document, { name, args: field(part, 'parameters') ?? field(part, 'arguments'), id: textOf(part, 'toolCallRequestId') }, which));
      } else if (type === 'toolCallResult') {
        close();
        const result = field(part, 'content');
        const id = textOf(part, 'toolCallRequestId');
        if (result) messages.push({ role: 'tool', parts: [{ kind: 'text', node: answerText(document, result) }], extra: id === undefined ? {} : { tool_call_id: id } });
      } else {
        if (calls.length > 0) close();
        add(isThinking && !isLiteral ? 'reasoning' : 'text', text(part, which));
      }
    }
    if (isLiteral && suffix?.type === 'string') add('text', suffix);
  }
  close();
  return messages.length > 0 ? messages : [{ role: 'assistant', parts: [] }];
}

function isTag(prefix: Node | undefined): boolean {
  return prefix?.type === 'string' && /^\s*(?:<think>|<thinking>|\[THINK\])\s*$/.test(String(prefix.value));
}

function contents(content: Node | undefined): readonly Node[] {
  return content?.type === 'array' ? content.children! : [];
}

function text(part: Node, which: string): Node {
  const node = field(part, 'text');
  if (textOf(part, 'type') !== 'text' || node?.type !== 'string') throw noText(which, textOf(part, 'type') ?? part.type);
  return node;
}
