import type { Parting } from '../../concepts/contrast';
import type { TokenRange } from '../../concepts/ranges';
import type { TokenizedTranscript } from '../../concepts/transcript';
import { OptionsError, SpanError } from '../base/errors';
import type { Tokenizer } from '../tokenizer/tokenizer';

/**
 * Where a span and the text that it is compared with part.
 * @param ratherThan text in the span's place, or the id of a token in its first token's place
 * @throws OptionsError, SpanError
 */
export function resolveParting(ratherThan: string | number, span: TokenRange, { tokens }: TokenizedTranscript, tokenizer: Tokenizer, dVocab: number): Parting {
  if (typeof ratherThan === 'number') {
    if (!Number.isSafeInteger(ratherThan) || ratherThan < 0 || ratherThan >= dVocab) throw new OptionsError(`The token ${ratherThan} to compare with does not exist; give one from 0 to ${dVocab - 1}.`);
    if (ratherThan === tokens[span.start].id) throw new SpanError(`The model wrote ${JSON.stringify(tokens[span.start].text)} itself, so there is nothing to compare; choose another token.`);
    return { position: span.start, other: ratherThan };
  }
  if (ratherThan.trim() === '') throw new OptionsError('The text to compare with is empty; give what the model might have written instead.');
  // A word inside a text is another token than at its beginning: the space before it is the span's.
  const lead = /^\s*/.exec(tokens[span.start].text)![0];
  const { ids } = tokenizer.encode(/^\s/.test(ratherThan) ? ratherThan : lead + ratherThan);
  let same = 0;
  while (same < ids.length && span.start + same < span.end && ids[same] === tokens[span.start + same].id) same++;
  const text = JSON.stringify(ratherThan);
  if (same === ids.length) throw new SpanError(`The span begins with ${text} itself, so there is nothing to compare; give a text that differs from it.`);
  if (span.start + same === span.end) throw new SpanError(`${text} goes on where the span ends; highlight the text up to where the two differ.`);
  return { position: span.start + same, other: ids[same] };
}
