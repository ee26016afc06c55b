import { ByteLevelPreTokenizer, type PreTokenizer, SequencePreTokenizer, type Tokenizer as IdTokenizer } from '@huggingface/tokenizers';
import type { CharRange } from '../../concepts/ranges';
import { TemplateError, TokenizerError } from '../base/errors';
import { type AddedToken, AddedTokenSplitter } from './spelling/addedTokens';
import { ChatTemplate } from '../template/chatTemplate';
import { normalizeTracked } from './placing/normalizeTracked';
import { ByteLevelCursor, LiteralCursor, METASPACE, type UnitRange } from './placing/pieceCursor';
import { placeTokens } from './placing/placeTokens';
import { spaceSplitter } from './placing/splitAtSpaces';
import { StreamingDecoder } from './streamingDecoder';
import { type Spelling, tokenBytes } from './spelling/tokenBytes';
import { TrackedText } from './placing/trackedText';

export interface Encoding {
  readonly ids: readonly number[];
  /**
   * UTF-16 range in the encoded text for every token, ordered; together they cover it. Tokens that split a character
   * share its range, and so do the tokens of a character that normalisation changed. A token that stands for an
   * inserted space alone (Llama 2) is empty.
   */
  readonly ranges: readonly CharRange[];
}

/** What openTokenizer finds beside tokenizer.json. */
export interface TokenizerSettings {
  readonly modelDir: string;
  /** Every id that ends a generation, as far as the configuration files say. */
  readonly eosTokenIds: readonly number[];
  /** Source of the chat template. */
  readonly chatTemplate: string | null;
  /** All strings of tokenizer_config.json that templates may ask for: `bos_token`, `unk_token`... */
  readonly specialTokens: Readonly<Record<string, string>>;
}

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * A model's tokenizer with exact character ranges. `@huggingface/tokenizers` gives ids only, so its stages (split at
 * added tokens, normalise, pre-tokenize, merge) are run here one by one and followed back to the text.
 */
export class Tokenizer {
  private readonly addedById = new Map<number, AddedToken>();
  private readonly addedByContent = new Map<string, AddedToken>();
  private readonly splitter: AddedTokenSplitter;
  /** Added tokens that are looked for in normalised text. */
  private readonly normalizedSplitter: AddedTokenSplitter;
  private readonly spelling: Spelling;
  private readonly split: ((piece: string) => string[]) | null;
  private readonly continuing: string;
  private embeddingRows = Infinity;
  private template: ChatTemplate | undefined;
  /** Number of rows that the vocabulary needs: the highest id and one. */
  readonly vocabularySize: number;
  /** Whether encoding puts a space before the text, which decoding takes away (Llama 2). */
  readonly insertsLeadingSpace: boolean;
  /** The token that the model ends its turn with, if the files name one. */
  readonly endOfTurnId: number | null;
  /** Every id that ends a generation. */
  readonly eosTokenIds: ReadonlySet<number>;

  constructor(private readonly library: IdTokenizer, readonly settings: TokenizerSettings) {
    const plain: [string, AddedToken][] = [];
    const normalized: [string, AddedToken][] = [];
    for (const [id, token] of library.get_added_tokens_decoder()) {
      const added: AddedToken = { id, content: token.content, special: token.special, lstrip: token.lstrip, rstrip: token.rstrip };
      this.addedById.set(id, added);
      this.addedByContent.set(token.content, added);
      if (token.normalized && library.normalizer) normalized.push([library.normalizer.normalize(token.content), added]);
      else plain.push([token.content, added]);
    }
    for (const [content, token] of normalized) this.addedByContent.set(content, token);
    this.splitter = new AddedTokenSplitter(plain);
    this.normalizedSplitter = new AddedTokenSplitter(normalized);

    const { vocab } = library.model!;
    this.vocabularySize = vocab.length;
    this.spelling = isByteLevel(library.pre_tokenizer) ? 'byteLevel' : vocab.some((token) => token?.startsWith(METASPACE)) ? 'metaspace' : 'literal';
    this.split = this.spelling === 'metaspace' && library.model!.config.type === 'BPE' ? spaceSplitter(vocab.filter((token) => token !== undefined)) : null;
    const continuing = (library.model!.config as object as { continuing_subword_prefix?: unknown }).continuing_subword_prefix;
    this.continuing = typeof continuing === 'string' ? continuing : '';
    const [first] = this.encode('a').ids;
    this.insertsLeadingSpace = first !== undefined && this.bytes(first)[0] === 0x20;
    const written = this.endOfTurnInTemplate();
    const { eos_token: eosToken } = settings.specialTokens;
    this.endOfTurnId = written ?? (eosToken === undefined ? undefined : this.tokenId(eosToken)) ?? settings.eosTokenIds[0] ?? null;
    this.eosTokenIds = new Set([...settings.eosTokenIds, ...(this.endOfTurnId === null ? [] : [this.endOfTurnId])]);
  }

  /** The checkpoint's chat template. @throws TemplateError when it is missing or does not parse */
  get chatTemplate(): ChatTemplate {
    const { chatTemplate, specialTokens, modelDir } = this.settings;
    if (chatTemplate === null) {
      throw new TemplateError(
        `The checkpoint ${modelDir} has no chat template (tokenizer_config.json or chat_template.jinja): ` +
        'add one, or open a transcript as raw template text.');
    }
    return (this.template ??= new ChatTemplate(chatTemplate, specialTokens, modelDir));
  }

  get hasChatTemplate(): boolean {
    return this.settings.chatTemplate !== null;
  }

  /** Ids and ranges; no special token is added to what the text holds. A lone surrogate counts as U+FFFD. */
  encode(text: string): Encoding {
    const source = text.replace(LONE_SURROGATE, '\ufffd');
    const ids: number[] = [];
    const ranges: CharRange[] = [];
    this.splitter.split(source).forEach((section, index) => {
      const piece = source.slice(section.start, section.end);
      const token = section.token ?? this.addedByContent.get(piece);
      if (token) {
        this.addToken(token, ids);
        ranges.push({ start: section.start, end: section.end });
      } else {
        this.encodeSection(new TrackedText(piece, section.start), index, ids, ranges);
      }
    });
    return { ids, ranges };
  }

  /** The text that the ids stand for, spaces as they are, stop tokens left out (see StreamingDecoder). */
  decode(ids: readonly number[]): string {
    const decoder = this.createStreamDecoder();
    return ids.map((id) => decoder.push(id)).join('') + decoder.end();
  }

  /** @param continues whether the text goes on from other text: its leading space is then no inserted one */
  createStreamDecoder({ continues = false }: { continues?: boolean } = {}): StreamingDecoder {
    return new StreamingDecoder(this, !continues && this.insertsLeadingSpace);
  }

  /** One token by itself, special tokens written out; U+FFFD for bytes that are a part of a character only. */
  tokenText(id: number): string {
    return this.addedText(id) ?? new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.bytes(id));
  }

  /** The text of an added token that bytes around it cannot join with; null for ordinary vocabulary. */
  addedText(id: number): string | null {
    const token = this.addedById.get(id);
    // Gemma lists runs of spaces as added tokens; they are spelled like its vocabulary.
    return token && (token.special || this.spelling !== 'metaspace') ? token.content : null;
  }

  /** UTF-8 bytes of a vocabulary entry; none for an id that the vocabulary lacks (padding rows of the embedding). */
  bytes(id: number): Uint8Array {
    const token = this.library.id_to_token(id);
    return token === undefined ? new Uint8Array(0) : tokenBytes(token, this.spelling);
  }

  isSpecial(id: number): boolean {
    return this.addedById.get(id)?.special === true;
  }

  /** Id of a special or other added token by its string. */
  tokenId(content: string): number | undefined {
    return this.addedByContent.get(content)?.id ?? this.library.token_to_id(content);
  }

  /**
   * Refuses a tokenizer whose ids go beyond the model's embedding. Special tokens may (Gemma 3 names an image token that
   * its text models lack); a text that holds one is refused by `encode` from then on.
   * @param dVocab rows of the embedding; more rows than ids are padding
   * @throws TokenizerError
   */
  checkVocabulary(dVocab: number): void {
    for (let id = this.vocabularySize - 1; id >= dVocab; id--) {
      if (this.library.id_to_token(id) === undefined || this.isSpecial(id)) continue;
      throw new TokenizerError(
        `The tokenizer in ${this.settings.modelDir} has ${this.vocabularySize} ids and the model only ${dVocab} embeddings: ` +
        'they do not belong together; use the tokenizer files that came with the weights.');
    }
    this.embeddingRows = dVocab;
  }

  private addToken(token: AddedToken, ids: number[]): void {
    if (token.id >= this.embeddingRows) {
      throw new TokenizerError(
        `The text holds ${token.content}, token ${token.id} of the tokenizer in ${this.settings.modelDir}, ` +
        `which is beyond the model's ${this.embeddingRows} embeddings; take it out of the text.`);
    }
    ids.push(token.id);
  }

  /** The special token that the chat template writes behind an assistant turn. */
  private endOfTurnInTemplate(): number | undefined {
    const mark = 'zqxanswerqz';
    const messages = [{ role: 'user', content: 'a' }, { role: 'assistant', content: mark }];
    let rendered: string;
    try {
      rendered = this.chatTemplate.render(messages, { addGenerationPrompt: false, date: new Date(0) });
    } catch (error) {
      // Whoever needs the template gets this error then; a tokenizer without a usable one still tokenizes.
      if (error instanceof TemplateError) return undefined;
      throw error;
    }
    const behind = rendered.slice(rendered.lastIndexOf(mark) + mark.length).trimStart();
    const [section] = this.splitter.split(behind);
    return section?.token?.special ? section.token.id : undefined;
  }

  private encodeSection(section: TrackedText, index: number, ids: number[], ranges: CharRange[]): void {
    const { normalizer, pre_tokenizer: preTokenizer } = this.library;
    const normalized = normalizer ? normalizeTracked(normalizer, section) : section;
    let done = ranges.length;
    for (const part of this.normalizedSplitter.split(normalized.text)) {
      const tracked = normalized.slice(part.start, part.end);
      const token = part.token ?? this.addedByContent.get(tracked.text);
      if (token) {
        this.addToken(token, ids);
        ranges.push(tracked.range(0, tracked.text.length));
        continue;
      }
      const pieces = preTokenizer ? preTokenizer.pre_tokenize(tracked.text, { section_index: index }) : [tracked.text];
      const placed = this.encodePieces(tracked.text, this.split ? pieces.flatMap(this.split) : pieces, ids);
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
    const cursor = this.spelling === 'byteLevel' ? new ByteLevelCursor(text) : new LiteralCursor(text, this.continuing);
    const ranges: UnitRange[] = [];
    for (const piece of pieces) {
      const tokens = model([piece]).filter((token) => model.tokens_to_ids.has(token) || model.unk_token_id !== undefined);
      for (const token of tokens) ids.push(model.tokens_to_ids.get(token) ?? model.unk_token_id!);
      placeTokens(cursor, text.length, piece, tokens, ranges);
    }
    return ranges;
  }
}

function isByteLevel(preTokenizer: PreTokenizer | null): boolean {
  return preTokenizer instanceof SequencePreTokenizer ? preTokenizer.tokenizers.some(isByteLevel) : preTokenizer instanceof ByteLevelPreTokenizer;
}
