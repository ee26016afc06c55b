import { isEmptyRange, overlaps, type CharRange, type TokenRange } from '../../concepts/ranges';
import type { TokenizedTranscript } from '../../concepts/transcript';
import type { ReasoningTarget, TraceTarget } from '../../protocol/engine/requests';
import { SpanError } from '../base/errors';

/** Which tokens a request attributes. @throws SpanError, one sentence for each way in which there are none */
export function resolveTarget(target: TraceTarget, transcript: TokenizedTranscript): TokenRange {
  requireGeneration(transcript);
  if (target === 'answer') {
    if (!transcript.answer) throw new SpanError('The generation has no answer after its reasoning; highlight a span of the reasoning instead.');
    return checkMeaning(withoutFinalStop(transcript.answer, transcript), transcript);
  }
  const span = 'tokens' in target ? resolveTokens(target.tokens, transcript) : resolveCharacters(target, transcript);
  return checkMeaning(withoutFinalStop(span, transcript), transcript);
}

/** The reasoning that hops walk over: the one asked for, else the transcript's own when it begins before the target ends. */
export function resolveReasoning(reasoning: ReasoningTarget | undefined, transcript: TokenizedTranscript, target: TokenRange): TokenRange | null {
  if (reasoning) return 'tokens' in reasoning ? resolveTokens(reasoning.tokens, transcript) : resolveCharacters(reasoning, transcript);
  const own = transcript.reasoning;
  if (!own || own.start >= target.end) return null;
  return own;
}

/** End of the generation without a final end-of-sequence or stop token (METHOD step 3). */
export function usableEnd({ tokens, eosTokenId }: TokenizedTranscript): number {
  const last = tokens[tokens.length - 1];
  return last.id === eosTokenId || last.kind === 'stop' ? tokens.length - 1 : tokens.length;
}

function requireGeneration({ tokens, promptLength }: TokenizedTranscript): void {
  if (tokens.length === promptLength) {
    throw new SpanError('This transcript has no generation to trace; generate an answer, or paste one as an assistant turn after the last user turn.');
  }
}

function resolveTokens(span: TokenRange, { tokens, promptLength }: TokenizedTranscript): TokenRange {
  if (isEmptyRange(span)) throw new SpanError('The span holds no tokens; give one with its first token at or before its last.');
  if (span.start < promptLength || span.end > tokens.length) {
    throw new SpanError(`The span ${span.start - promptLength}:${span.end - 1 - promptLength} lies outside the generation, whose tokens are 0 to ${tokens.length - 1 - promptLength}; choose a span within.`);
  }
  return span;
}

function resolveCharacters(range: CharRange, { tokens, promptLength }: TokenizedTranscript): TokenRange {
  if (isEmptyRange(range)) throw new SpanError('Nothing is highlighted; select a part of the generated text and trace again.');
  const touched = (token: { readonly range: CharRange | null }) => token.range !== null && overlaps(token.range, range);
  const first = tokens.findIndex((token, i) => i >= promptLength && touched(token));
  if (first < 0) {
    throw new SpanError(tokens.some(touched)
      ? 'The highlighted text is part of the prompt, which the model did not write; highlight a part of the generated text.'
      : 'The highlighted text stands outside the conversation that the model sees; highlight a part of the generated text.');
  }
  return { start: first, end: tokens.findLastIndex(touched) + 1 };
}

/** The span without the generation's final stop token, which is left out of every span; alone it stays, for `checkMeaning` to tell. */
function withoutFinalStop(span: TokenRange, transcript: TokenizedTranscript): TokenRange {
  const end = Math.min(span.end, usableEnd(transcript));
  return end > span.start ? { start: span.start, end } : span;
}

function checkMeaning(span: TokenRange, { tokens, eosTokenId }: TokenizedTranscript): TokenRange {
  if (tokens.slice(span.start, span.end).every(({ kind, id }) => kind === 'stop' || id === eosTokenId)) {
    throw new SpanError('The span holds only spaces, commas, full stops or the end-of-turn token, which carry no meaning of their own; highlight a word of the generation.');
  }
  return span;
}
