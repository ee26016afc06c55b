import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../base/errors';
import type { DocumentInsertion } from '../turns/documentInsertion';
import { generationTurn, type ParsedTranscript } from '../turns/parsedTranscript';
import { SourceText, usesCrlf } from '../turns/sourceText';
import type { JsonConversation, JsonDocument, NewMessage } from './conversation';

const encodePiece = (text: string): string => JSON.stringify(text).slice(1, -1);
/** Stands for the text of a new message: letters, which JSON writes as they are. */
const HOLE = 'zqxhole';

/** Inside the text of a final assistant message, else in a new message with the file's own layout. @throws TranscriptError where neither has a place */
export function conversationInsertion({ name, text }: JsonDocument, { messages, newMessage, isClosed }: JsonConversation, { turns }: ParsedTranscript): DocumentInsertion {
  if (isClosed !== undefined) throw new TranscriptError(isClosed);
  const turn = generationTurn(turns);
  const last = messages.at(-1)!;
  if (turn && last.toolCalls !== undefined) throw new TranscriptError(`The last message of ${name} calls tools; write the tool's answer as a message under it, then generate.`);
  if (turn) {
    const target = last.parts.findLast(({ kind }) => kind === 'text')?.node;
    if (target instanceof SourceText) throw isRecord(name);
    if (target?.type !== 'string') {
      throw new TranscriptError(`The last message of ${name} is the assistant's and holds no text to write into; write an empty text ("") there.`);
    }
    return { point: { offset: target.offset + target.length - 1, head: '', tail: '' }, encodePiece, endOfTurn: '' };
  }
  if (!newMessage) throw isRecord(name);
  const behind = newMessage.list.children!.at(-1);
  return { point: { offset: behind ? endOf(behind) : newMessage.list.offset + 1, ...layout(text, newMessage) }, encodePiece, endOfTurn: '' };
}

function isRecord(name: string): TranscriptError {
  return new TranscriptError(`${name} is a record of a run, which a new answer has no place in; copy its messages into a chat file ({"messages": [...]}) and generate there.`);
}

const endOf = (node: Node): number => node.offset + node.length;

/** The gaps between the neighbours' brackets, names and commas give the new message its layout. */
function layout(text: string, { list, message }: NewMessage): { head: string; tail: string } {
  const messages = list.children!;
  if (messages.length === 0) return parted(written(message(HOLE), ': ', ', '));
  const last = messages[messages.length - 1];
  const before = messages.length > 1 ? messages[messages.length - 2] : null;
  const isLines = text[list.offset] !== '[';
  const gap = isLines && !before ? (usesCrlf(text) ? '\r\n' : '\n') : spaceIn(text.slice(before ? endOf(before) : list.offset + 1, last.offset));
  const between = (isLines ? '' : ',') + gap;
  const [first, second] = last.type === 'object' ? last.children! : [];
  if (!first) return parted(between + written(message(HOLE), ': ', ', '));
  const opening = spaceIn(text.slice(last.offset + 1, first.offset));
  const closing = spaceIn(text.slice(endOf(last.children!.at(-1)!), endOf(last) - 1));
  const next = second ? spaceIn(text.slice(endOf(first), second.offset)) : opening || ' ';
  const [name, value] = first.children!;
  const colon = text.slice(endOf(name), value.offset);
  const fields = Object.entries(message(HOLE) as object).map(([key, item]) => JSON.stringify(key) + colon + written(item, colon, colon.endsWith(' ') ? ', ' : ','));
  return parted(`${between}{${opening}${fields.join(`,${next}`)}${closing}}`);
}

function parted(message: string): { head: string; tail: string } {
  const [head, tail] = message.split(HOLE);
  return { head, tail };
}

/** JSON in one line. */
function written(value: unknown, colon: string, comma: string): string {
  if (Array.isArray(value)) return `[${value.map((item) => written(item, colon, comma)).join(comma)}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value).map(([key, item]) => JSON.stringify(key) + colon + written(item, colon, comma)).join(comma)}}`;
}

/** White space of a gap, its comma and comments left out. */
function spaceIn(gap: string): string {
  return gap.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|,/g, '');
}
