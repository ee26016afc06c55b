import type { Tokenizer as IdTokenizer } from '@huggingface/tokenizers';
import type { CharRange } from '../../concepts/ranges';
import { normalizeTracked } from './placing/normalizeTracked';
import { ByteLevelCursor, LiteralCursor, type UnitRange } from './placing/pieceCursor';
import { placeTokens } from './placing/placeTokens';
import { TrackedText } from './placing/trackedText';
import { AddedTokenSplitter } from './spelling/addedTokens';
import { spaceSplitter } from './spelling/splitAtSpaces';
import { preTokenize, type StepRunner } from './stepRunner';
import type { Vocabulary } from './vocabulary';

export interface Encoding {
  readonly ids: readonly number[];
  /**
   * UTF-16 range in the encoded text for every token, ordered; together they cover it. Tokens that split a character
   * share its range, and so do the tokens of a character that normalisation changed. A token that stands for an
   * inserted space alone (Llama 2) is empty.
   */
  readonly ranges: readonly CharRange[];
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Text to ids with exact character ranges. `@huggingface/tokenizers` gives ids only, so its stages (split at
 * added tokens, normalise, pre-tokenize, merge) are run here one by one and followed back to the text.
 */
export class Encoder {
  private readonly splitter: AddedTokenSplitter;
  /** Added tokens that are looked for in normalised text. */
  private readonly normalizedSplitter: AddedTokenSplitter;
  private readonly split: ((piece: string) => string[]) | null;
  private readonly continuing: string;

  /** @param steps of the file that the tokenizer was read from */
  constructor(private readonly library: IdTokenizer, private readonly vocabulary: Vocabulary, private readonly steps: StepRunner) {
    this.splitter = new AddedTokenSplitter(vocabulary.plain);
    this.normalizedSplitter = new AddedTokenSplitter(vocabulary.normalized);
    const { vocab, config } = library.model!;
    this.split = vocabulary.spelling === 'metaspace' && config.type === 'BPE' ? spaceSplitter(vocab.filter((token) => token !== undefined)) : null;
    const continuing = (config as object as { continuing_subword_prefix?: unknown }).continuing_subword_prefix;
    this.continuing = typeof continuing === 'string' ? continuing : '';
  }

  /** The special token that a text begins with, white space before it aside; undefined where it begins otherwise. */
  specialAt(text: string): number | undefined {
    const [section] = this.splitter.split(text.trimStart());
    return section?.token?.special ? section.token.id : undefined;
  }

  /** Ids and ranges; no special token is added to what the text holds. A lone surrogate counts as U+FFFD. @throws TokenizerError */
  encode(text: string): Encoding {
    return this.steps.within(text.length, () => this.encodeAll(text));
  }

  private encodeAll(text: string): Encoding {
    const source = text.replace(LONE_SURROGATE, '\ufffd');
    const ids: number[] = [];
    const ranges: CharRange[] = [];
    this.splitter.split(source).forEach((section, index) => {
      const piece = source.slice(section.start, section.end);
      const token = section.token ?? this.vocabulary.addedToken(piece);
      if (token) {
        this.vocabulary.checkEmbedded(token);
        ids.push(token.id);
        ranges.push({ start: section.start, end: section.end });
      } else {
        this.encodeSection(new TrackedText(piece, section.start), index, ids, ranges);
      }
    });
    return { ids, ranges };
  }

  private encodeSection(section: TrackedText, index: number, ids: number[], ranges: CharRange[]): void {
    const { normalizer, pre_tokenizer: preTokenizer } = this.library;
    const normalized = normalizer ? normalizeTracked(normalizer, section, this.steps.run) : section;
    let done = ranges.length;
    for (const part of this.normalizedSplitter.split(normalized.text)) {
      const tracked = normalized.slice(part.start, part.end);
      const token = part.token ?? this.vocabulary.addedToken(tracked.text);
      if (token) {
        this.vocabulary.checkEmbedded(token);
        ids.push(token.id);
        ranges.push(tracked.range(0, tracked.text.length));
        continue;
      }
      const pieces = preTokenizer ? preTokenize(preTokenizer, tracked.text, index, this.steps.run) : [tracked.text];
      const placed = this.steps.run(this.library.model!, () => this.encodePieces(tracked.text, this.split ? pieces.flatMap(this.split) : pieces, ids));
      for (const { start, end } of placed) ranges.push(tracked.range(start, end));
    }
    // Text that normalisation took away is covered by the tokens around it.
    let covered = section.base;
    for (; done < ranges.length; done++) {
      const { start, end } = ranges[done];
      if (start > covered) ranges[done] = { start: covered, end };
      covered = Math.max(covered, end);
    }
    const sectionEnd = section.base + section.text.length;
    if (covered < sectionEnd && ranges.length > 0) {
      const last = ranges[ranges.length - 1];
      ranges[ranges.length - 1] = { start: last.start, end: sectionEnd };
    }
  }

  private encodePieces(text: string, pieces: readonly string[], ids: number[]): UnitRange[] {
    const model = this.library.model!;
    const cursor = this.vocabulary.spelling === 'byteLevel' ? new ByteLevelCursor(text) : new LiteralCursor(text, this.continuing);
    const ranges: UnitRange[] = [];
    for (const piece of pieces) {
      const tokens = model([piece]).filter((token) => model.tokens_to_ids.has(token) || model.unk_token_id !== undefined);
      for (const token of tokens) ids.push(model.tokens_to_ids.get(token) ?? model.unk_token_id!);
      placeTokens(cursor, text.length, piece, tokens, ranges);
    }
    return ranges;
  }
}
