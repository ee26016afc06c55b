import type { TranscriptDocument } from '../../concepts/transcript';
import { TranscriptError } from '../base/errors';
import type { Encoding } from '../tokenizer/encoder';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { ModelText } from './modelText';

/**
 * Ids and ranges of a text that the model gets.
 * @throws TokenizerError
 * @throws TranscriptError for a token that stands for an image, a sound or a video: the model saw what the text does not hold
 */
export function encodeText(source: ModelText, tokenizer: Tokenizer, { name, text }: TranscriptDocument): Encoding {
  const encoding = tokenizer.encode(source.text);
  const index = encoding.ids.findIndex((id) => tokenizer.isPlaceholder(id));
  if (index < 0) return encoding;
  const { start, end } = encoding.ranges[index];
  const place = source.documentRange(start, end);
  const token = tokenizer.tokenText(encoding.ids[index]);
  const medium = 'an image, a sound or a video in this model\'s prompts';
  if (!place) throw new TranscriptError(`The chat template of this model writes ${token} into the prompt of ${name}, which stands for ${medium}; only text can be traced: choose a model of text.`);
  const line = text.slice(0, place.start).split(/\r\n|\r|\n/).length;
  throw new TranscriptError(`${name} holds ${token} (line ${line}), which stands for ${medium}; only text can be traced: take that part out.`);
}
