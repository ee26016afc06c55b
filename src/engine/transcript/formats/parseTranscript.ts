import type { TranscriptDocument } from '../../../concepts/transcript';
import { TranscriptError } from '../../base/errors';
import { detectFormat } from './detectFormat';
import { parseOpenAi } from './openai';
import { generationTurn, type ParsedTranscript } from '../turns/parsedTranscript';
import { parsePlain } from './plain';
import { parsePrompty } from './prompty';
import { parseRaw } from './raw';

/**
 * The turns of a document with the place of every character.
 * @throws TranscriptError for text that is no transcript in its format, and for one without a prompt
 */
export function parseTranscript(document: TranscriptDocument): ParsedTranscript {
  const { name, text } = document;
  const parsed = parse(document);
  const generation = generationTurn(parsed.turns);
  const prompt = parsed.turns.filter((turn) => turn !== generation);
  if (!prompt.some(({ parts }) => parts.some((part) => part.text.trim() !== ''))) {
    throw new TranscriptError(
      text.trim() === '' ? `${name} is empty; write a prompt first.` : `${name} has no prompt: nothing but white space stands before the answer; write a user turn first.`);
  }
  return parsed;
}

function parse(document: TranscriptDocument): ParsedTranscript {
  const { name, text } = document;
  const format = detectFormat(document);
  switch (format) {
    case 'prompty': return { format, turns: parsePrompty(name, text) };
    case 'openai': return { format, turns: parseOpenAi(name, text) };
    case 'raw': return parseRaw(name, text);
    case 'plain': return { format, turns: parsePlain(text) };
  }
}
