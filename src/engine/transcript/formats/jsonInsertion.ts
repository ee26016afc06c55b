import type { Node } from 'jsonc-parser';
import type { TranscriptDocument } from '../../../concepts/transcript';
import { TranscriptError } from '../../base/errors';
import type { DocumentInsertion } from '../turns/documentInsertion';
import { field, type MessageKeys, messageNodes } from './openai';
import { generationTurn, type ParsedTranscript } from '../turns/parsedTranscript';

const encodePiece = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Chat JSON: inside the content of a final assistant message, else in a new message with the file's own layout. */
export function jsonInsertion({ name, text }: TranscriptDocument, { turns }: ParsedTranscript): DocumentInsertion {
  const { list, keys } = messageNodes(name, text);
  const messages = list.children!;
  const last = messages[messages.length - 1];
  if (!generationTurn(turns)) {
    return { point: { offset: last.offset + last.length, ...newMessage(text, list, keys) }, encodePiece, endOfTurn: '' };
  }
  const content = field(last, keys.content);
  const target = content?.type === 'array' ? lastText(content) : content;
  if (target?.type !== 'string') {
    throw new TranscriptError(`The last message of ${name} is the assistant's and has no "${keys.content}" string to write into; write "${keys.content}": "" there.`);
  }
  return { point: { offset: target.offset + target.length - 1, head: '', tail: '' }, encodePiece, endOfTurn: '' };
}

function lastText(content: Node): Node | undefined {
  const part = content.children?.at(-1);
  return part?.type === 'string' ? part : part && field(part, 'text');
}

/** The gaps between the neighbours' brackets, names and commas give the new message its layout. */
function newMessage(text: string, list: Node, keys: MessageKeys): { head: string; tail: string } {
  const messages = list.children!;
  const last = messages[messages.length - 1];
  const before = messages.length > 1 ? messages[messages.length - 2] : null;
  const gapStart = before ? before.offset + before.length : list.offset + 1;
  const between = spaceIn(text.slice(gapStart, last.offset));
  const [first, second] = last.children!;
  const opening = spaceIn(text.slice(last.offset + 1, first.offset));
  const closing = spaceIn(text.slice(last.children!.at(-1)!.offset + last.children!.at(-1)!.length, last.offset + last.length - 1));
  const next = second ? spaceIn(text.slice(first.offset + first.length, second.offset)) : opening || ' ';
  const [name, value] = first.children!;
  const colon = text.slice(name.offset + name.length, value.offset);
  const assistant = keys.role === 'from' ? 'gpt' : 'assistant';
  return {
    head: `,${between}{${opening}"${keys.role}"${colon}"${assistant}",${next}"${keys.content}"${colon}"`,
    tail: `"${closing}}`,
  };
}

/** White space of a gap, its comma and comments left out. */
function spaceIn(gap: string): string {
  return gap.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|,/g, '');
}
