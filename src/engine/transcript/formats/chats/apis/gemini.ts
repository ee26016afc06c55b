import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../../../base/errors';
import type { JsonConversation, JsonDocument, JsonFormat, JsonMessage, JsonPart } from '../../../json/conversation';
import { exchangeIn, firstOf, noRequest } from '../../../json/exchange';
import { field } from '../../../json/jsonTree';
import { whichMessage } from '../../../json/openAiMessages';
import { geminiMessages, partsOf } from './geminiParts';
import { geminiTools } from './geminiTools';

/** Gemini's generateContent: `contents` of parts, `systemInstruction`, tools as function declarations, `candidates`. Names may be written with underscores, as Python's library does. */
export const gemini: JsonFormat = {
  format: 'gemini',
  matches: (root) => {
    const { request, response } = exchangeIn(root);
    return contentsOf(request) !== undefined || field(response, 'candidates')?.type === 'array';
  },
  read,
};

/** A list of contents (alone: the history of a chat), one content, or its text. */
function contentsOf(request: Node): Node | undefined {
  const contents = request.type === 'array' ? request : field(request, 'contents');
  if (contents?.type === 'array') return contents.children!.length > 0 && contents.children!.every(isContent) ? contents : undefined;
  return contents && (contents.type === 'string' || isContent(contents)) ? contents : undefined;
}

/** Parts of other makers' messages have a type. */
function isContent(node: Node): boolean {
  const parts = field(node, 'parts');
  return parts?.type === 'array' && parts.children!.every((part) => !field(part, 'type') && !field(part, 'kind'));
}

function read(document: JsonDocument, root: Node): JsonConversation {
  const { request, response } = exchangeIn(root);
  const contents = contentsOf(request);
  if (!contents) throw noRequest(document.name, '"contents" (and its "systemInstruction")');
  const list = contents.type === 'array' ? contents.children! : [contents];
  const candidates = field(response, 'candidates')?.children ?? [];
  const answer = field(candidates.at(0), 'content');
  const { tools, notes } = geminiTools(document, request);
  return {
    messages: [
      ...systemTurn(document, request),
      ...list.flatMap((content, index) => (content.type === 'string' ? [{ role: 'user' as const, parts: [{ kind: 'text' as const, node: content }] }] : geminiMessages(document, content, whichMessage(document, content, index)))),
      ...(answer ? geminiMessages(document, answer, whichMessage(document, answer, list.length), 'model') : []),
    ],
    ...(tools.length > 0 && { variables: { tools } }),
    notes: [...notes, ...firstOf(candidates.length, 'candidates'), ...(candidates.length > 0 && !answer ? ['The response was blocked or is empty and holds no answer.'] : [])],
    newMessage: contents.type === 'array'
      ? { list: contents, message: (text) => ({ role: 'model', parts: [{ text }] }) }
      : { object: request, field: 'candidates', message: (text) => [{ content: { role: 'model', parts: [{ text }] } }] },
  };
}

function systemTurn({ name }: JsonDocument, request: Node): JsonMessage[] {
  const system = field(request, 'systemInstruction') ?? field(request, 'system_instruction') ?? configured(request);
  if (!system || system.type === 'null') return [];
  const parts = system.type === 'string' ? [system] : system.type === 'array' ? system.children! : partsOf(system);
  const texts = parts.map((part): JsonPart => {
    const node = part.type === 'string' ? part : field(part, 'text');
    if (node?.type !== 'string') throw new TranscriptError(`The system instruction of ${name} holds a part that is no text; only text can be traced: take that part out.`);
    return { kind: 'text', node };
  });
  return texts.some(({ node }) => 'value' in node && node.value !== '') ? [{ role: 'system', parts: texts, between: '' }] : [];
}

/** Where Google's libraries have it, the arguments of their calls being written down. */
function configured(request: Node): Node | undefined {
  const config = field(request, 'config');
  return field(config, 'systemInstruction') ?? field(config, 'system_instruction');
}
