import { TranscriptError } from '../../../base/errors';
import type { FormatReader } from '../../turns/format';
import { markerFamilyOf } from './families/familyRegistry';
import type { MarkerFamily } from './families/markerFamily';
import { lastPrompt, type LoggedPrompt, isServerLog } from './logRequests';
import { pythonEscapes } from './pythonString';
import { rawInsertion } from './rawInsertion';
import { rawTranscript } from './rawTranscript';

/**
 * The log of an inference server: the prompt of its last request is raw template text, written as a string of Python. Everything outside the quotes is no
 * text. What is generated goes into the quotes, behind the prompt, with Python's escapes.
 */
export const serverLog: FormatReader = {
  format: 'log',
  hasName: () => false,
  hasText: isServerLog,
  parse: (name, text) => {
    const prompt = lastPrompt(name, text);
    const { notes = [], ...transcript } = rawTranscript(name, prompt.text, familyIn(name, prompt));
    const several = `${name} logs ${prompt.of} requests with their prompts; the last one (line ${prompt.line}) was read: copy another one's line into a file of its own to read that.`;
    return { format: 'log', ...transcript, notes: prompt.of > 1 ? [several, ...notes] : notes };
  },
  insertion: ({ name, text }, { raw }, encoding) => {
    const prompt = lastPrompt(name, text);
    return rawInsertion(raw!, familyIn(name, prompt), encoding, pythonEscapes(prompt.quote), '');
  },
};

/** @throws TranscriptError for the prompt of a completion, where nothing parts what was asked from what is generated */
function familyIn(name: string, { text, line }: LoggedPrompt): MarkerFamily {
  const family = markerFamilyOf(text.text);
  if (!family) throw new TranscriptError(`The prompt in line ${line} of ${name} holds no turn markers of a known chat template; copy it into a file of its own, as plain text.`);
  return family;
}
