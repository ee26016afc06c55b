import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../../base/errors';
import type { JsonConversation, JsonDocument, JsonFormat, JsonMessage } from '../../../json/conversation';
import { nestedJson } from '../../../json/nestedJson';
import { openAiTool } from '../../../json/requestVariables';
import { describedValue } from '../../../json/templateJson';
import { hasJsonAnswer, partMessages, systemInstructions } from './otelParts';
import { indexedMessages, indexedTools, INDEXED } from './otelIndexed';
import { attributesOf, numbered, spansIn, type Attributes } from './spanAttributes';

/** Spans of calls of language models in OpenTelemetry's conventions: the ones for generative AI, today's and OpenLLMetry's, and OpenInference's. */
export const otel: JsonFormat = {
  format: 'otel',
  matches: (root) => {
    const attributes = attributesOf(root);
    return attributes.has('gen_ai.input.messages') || INDEXED.some(({ input }) => numbered(attributes, input).length > 0);
  },
  inside: spansIn,
  read,
};

function read(document: JsonDocument, span: Node): JsonConversation {
  const attributes = attributesOf(span);
  const isClosed = `${document.name} is a record of spans, which a new answer has no place in; copy the messages into a chat file ({"messages": [...]}) and generate there.`;
  if (attributes.has('gen_ai.input.messages')) return { ...readParts(document, attributes), isClosed };
  const { input, output } = INDEXED.find((names) => numbered(attributes, names.input).length > 0)!;
  const asked = numbered(attributes, input);
  const [answer, ...others] = numbered(attributes, output);
  return {
    messages: indexedMessages(document, answer ? [...asked, answer] : asked),
    variables: indexedTools(document, attributes), isClosed,
    notes: others.length > 0 ? [severalAnswers(document, others.length + 1)] : [],
  };
}

function readParts(document: JsonDocument, attributes: Attributes): JsonConversation {
  const system = systemInstructions(document, attributes.get('gen_ai.system_instructions'));
  const input = listIn(document, attributes, 'gen_ai.input.messages')!;
  const messages: JsonMessage[] = [...system, ...partMessages(document, input.json, input.items)];
  const output = listIn(document, attributes, 'gen_ai.output.messages');
  const answers = output ? partMessages(document, output.json, output.items.slice(0, 1), messages.length) : [];
  const notes = [
    ...(output && output.items.length > 1 ? [severalAnswers(document, output.items.length)] : []),
    ...(hasJsonAnswer(input.items) ? [`A tool's answer in ${document.name} is JSON; it is read without white space, which the model may have got otherwise.`] : []),
  ];
  return { messages: [...messages, ...answers], variables: tools(document, attributes.get('gen_ai.tool.definitions')), notes };
}

function severalAnswers({ name }: JsonDocument, count: number): string {
  return `The span of ${name} holds ${count} answers to one prompt; the first one was read.`;
}

function listIn(document: JsonDocument, attributes: Attributes, key: string): { readonly json: JsonDocument; readonly items: readonly Node[] } | null {
  const node = attributes.get(key);
  if (!node) return null;
  const nested = nestedJson(document, node);
  if (nested?.root.type !== 'array') throw new TranscriptError(`"${key}" of ${document.name} holds no list of messages as JSON (it may have been cut off); give it one, such as [{"role": "user", "parts": [{"type": "text", "content": "..."}]}].`);
  return { json: nested.json, items: nested.root.children! };
}

function tools(document: JsonDocument, node: Node | undefined): JsonConversation['variables'] {
  const nested = nestedJson(document, node);
  if (nested?.root.type !== 'array' || nested.root.children!.length === 0) return {};
  return { tools: nested.root.children!.map((tool) => openAiTool(describedValue(nested.json, tool))) };
}
