import type { TokenRange } from '../../concepts/ranges';
import { isStopText } from '../../concepts/tokenText';
import type { TokenizedTranscript, TokenRegion, TranscriptDocument, TranscriptToken } from '../../concepts/transcript';
import { ContextLengthError } from '../base/errors';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { parseTranscript } from '../transcript/formats/parseTranscript';
import type { ParsedTranscript } from '../transcript/turns/parsedTranscript';
import { encodeText } from './encodeText';
import { ModelText } from './modelText';
import { modelTexts } from './modelTexts';

export interface TokenizeOptions {
  /** The date for templates that write one (Llama 3.2); today's by default. Give it where tokens must be reproducible. */
  readonly date?: Date;
  /** Tokens that the model's context holds: a text that cannot fit is refused before it is tokenized. */
  readonly contextLength?: number;
}

/** Tokens of such a text would fill the memory, and no model's context holds them. */
const MOST_CHARACTERS = 16_000_000;

/** @throws ContextLengthError for turns whose texts are longer than the context filled with the longest token there is */
export function checkTextLength({ turns }: Pick<ParsedTranscript, 'turns'>, name: string, tokenizer: Tokenizer, contextLength: number): void {
  const length = turns.reduce((sum, { content }) => content.reduce((part, { source }) => part + source.text.length, sum), 0);
  if (length <= Math.min(MOST_CHARACTERS, contextLength * tokenizer.longestToken)) return;
  const holds = contextLength * tokenizer.longestToken < MOST_CHARACTERS ? `the ${contextLength.toLocaleString('en-US')} tokens of the model's context can hold` : 'any context holds';
  throw new ContextLengthError(`"${name}" holds ${length.toLocaleString('en-US')} characters of text, more than ${holds}; shorten it.`);
}

/**
 * What the model really sees: document -> turns -> template -> tokens, each with its place in the document.
 * The prompt and the generation are tokenized one by one, as in a generation.
 * @throws TranscriptError, TemplateError, TokenizerError, ContextLengthError
 */
export function tokenizeTranscript(document: TranscriptDocument, tokenizer: Tokenizer, { date = new Date(), contextLength = Infinity }: TokenizeOptions = {}): TokenizedTranscript {
  const parsed = parseTranscript(document);
  checkTextLength(parsed, document.name, tokenizer, contextLength);
  const { prompt, generation, closing, end, notes = [] } = modelTexts(parsed, tokenizer, date);
  const promptTokens = tokensOf(prompt, tokenizer, document, false);
  const generated = tokensOf(closing ? ModelText.concat(generation, closing) : generation, tokenizer, document, true);
  if (end && (generated.length > 0 || !parsed.raw)) {
    const { id, text } = end;
    generated.push({ id, text: text.text, kind: 'template', region: 'template', range: text.documentRange(0, text.text.length) });
  }
  const tokens = [...promptTokens, ...generated];
  return {
    format: parsed.format,
    tokens,
    promptLength: promptTokens.length,
    reasoning: regionSpan(tokens, promptTokens.length, 'reasoning'),
    answer: regionSpan(tokens, promptTokens.length, 'answer'),
    notes: [...parsed.notes ?? [], ...notes],
    eosTokenId: end?.id ?? tokenizer.endOfTurnId,
  };
}

function tokensOf(source: ModelText, tokenizer: Tokenizer, document: TranscriptDocument, generated: boolean): TranscriptToken[] {
  const { ids, ranges } = encodeText(source, tokenizer, document);
  return ids.map((id, index) => {
    const { start, end } = ranges[index];
    const text = end > start ? source.text.slice(start, end) : tokenizer.tokenText(id);
    const region = source.region(start, end);
    const stop = (generated || region === 'prompt') && isStopText(text);
    return { id, text, kind: stop ? 'stop' : region, region, range: source.documentRange(start, end) };
  });
}

/** From the first to the last token of a region in the generation. */
function regionSpan(tokens: readonly TranscriptToken[], from: number, region: TokenRegion): TokenRange | null {
  const start = tokens.findIndex((token, index) => index >= from && token.region === region);
  if (start < 0) return null;
  return { start, end: tokens.findLastIndex((token) => token.region === region) + 1 };
}
