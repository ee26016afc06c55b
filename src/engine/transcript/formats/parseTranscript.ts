import type { TranscriptDocument } from '../../../concepts/transcript';
import { TranscriptError } from '../../base/errors';
import { generationTurn, type ParsedTranscript } from '../turns/parsedTranscript';
import { detectFormat, formatReader } from './formatRegistry';

/**
 * The turns of a document with the place of every character.
 * @throws TranscriptError for text that is no transcript in its format, and for one without a prompt
 */
export function parseTranscript(document: TranscriptDocument): ParsedTranscript {
  const { name, text } = document;
  const parsed = formatReader(detectFormat(document)).parse(name, text, document.conversation);
  const generation = generationTurn(parsed.turns);
  const prompt = parsed.turns.filter((turn) => turn !== generation);
  if (!prompt.some(({ parts }) => parts.some((part) => part.text.trim() !== ''))) {
    throw new TranscriptError(
      text.trim() === '' ? `${name} is empty; write a prompt first.` : `${name} has no prompt: nothing but white space stands before the answer; write a user turn first.`);
  }
  return parsed;
}
