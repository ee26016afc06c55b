import { TranscriptError } from '../../../base/errors';
import type { InsertionPoint } from '../../../../protocol/engine/requests';
import type { DocumentInsertion } from '../../turns/documentInsertion';
import { generationTurn, type ParsedTranscript } from '../../turns/parsedTranscript';
import { SourceText } from '../../turns/sourceText';
import type { JsonConversation, JsonDocument, NewMessage } from '../conversation';
import { endOf, newField, newItem } from './layout';

const encodePiece = (text: string): string => JSON.stringify(text).slice(1, -1);
/** Stands for the text of a new message: letters, which JSON writes as they are. */
const HOLE = 'zqxhole';

/** Inside the text of a final assistant message, else in a new message, laid out as the file is. @throws TranscriptError where neither has a place */
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
  return { point: placed(text, newMessage), encodePiece, endOfTurn: '' };
}

function isRecord(name: string): TranscriptError {
  return new TranscriptError(`${name} is a record of a run, which a new answer has no place in; copy its messages into a chat file ({"messages": [...]}) and generate there.`);
}

function placed(text: string, newMessage: NewMessage): InsertionPoint {
  const value = newMessage.message(HOLE);
  const container = 'list' in newMessage ? newMessage.list : newMessage.object;
  const last = container.children!.at(-1);
  const [head, tail] = ('list' in newMessage ? newItem(text, newMessage.list, value) : newField(text, newMessage.object, newMessage.field, value)).split(HOLE);
  return { offset: last ? endOf(last) : container.offset + 1, head, tail };
}
