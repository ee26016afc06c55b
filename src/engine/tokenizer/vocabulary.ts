import { ByteLevelPreTokenizer, type PreTokenizer, SequencePreTokenizer, type Tokenizer as IdTokenizer } from '@huggingface/tokenizers';
import { TokenizerError } from '../base/errors';
import { normalizeTracked } from './placing/normalizeTracked';
import { TrackedText } from './placing/trackedText';
import type { AddedToken } from './spelling/addedTokens';
import { METASPACE, type Spelling, tokenBytes } from './spelling/tokenBytes';
import type { StepRunner } from './stepRunner';

/** What each id of a tokenizer stands for. */
export class Vocabulary {
  private readonly addedById = new Map<number, AddedToken>();
  private readonly addedByContent = new Map<string, AddedToken>();
  /** Added tokens by the string to look for: in the text as it is, and in normalised text. */
  readonly plain: readonly (readonly [string, AddedToken])[];
  readonly normalized: readonly (readonly [string, AddedToken])[];
  readonly spelling: Spelling;
  /** Number of rows that the vocabulary needs: the highest id and one. */
  readonly size: number;
  private longest: number | undefined;
  /** Rows of the model's embedding; more rows than ids are padding. */
  private embeddingRows = Infinity;

  /** @param modelDir only for messages */
  constructor(private readonly library: IdTokenizer, private readonly modelDir: string, steps: StepRunner) {
    const { normalizer } = library;
    const plain: [string, AddedToken][] = [];
    const normalized: [string, AddedToken][] = [];
    for (const [id, token] of library.get_added_tokens_decoder()) {
      const added: AddedToken = { id, content: token.content, special: token.special, lstrip: token.lstrip, rstrip: token.rstrip, singleWord: token.single_word };
      this.addedById.set(id, added);
      this.addedByContent.set(token.content, added);
      if (token.normalized && normalizer) normalized.push([normalizeTracked(normalizer, new TrackedText(token.content, 0), steps.run).text, added]);
      else plain.push([token.content, added]);
    }
    for (const [content, token] of normalized) this.addedByContent.set(content, token);
    [this.plain, this.normalized] = [plain, normalized];
    const { vocab } = library.model!;
    this.size = vocab.length;
    this.spelling = isByteLevel(library.pre_tokenizer) ? 'byteLevel' : vocab.some((token) => token?.startsWith(METASPACE)) ? 'metaspace' : 'literal';
  }

  /** Most UTF-16 units that one token stands for: entries are spelled in at least as many. */
  get longestToken(): number {
    return (this.longest ??= this.library.model!.vocab.reduce((most, token) => Math.max(most, token?.length ?? 0), 1));
  }

  /** The added token that is written exactly so; whether one for single words is meant is for the text around it to say. */
  addedToken(content: string): AddedToken | undefined {
    const token = this.addedByContent.get(content);
    return token?.singleWord ? undefined : token;
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
   * its text models lack); a text that holds one is refused by `checkEmbedded` from then on.
   * @param dVocab rows of the embedding
   * @throws TokenizerError
   */
  checkSize(dVocab: number): void {
    for (let id = this.size - 1; id >= dVocab; id--) {
      if (this.library.id_to_token(id) === undefined || this.isSpecial(id)) continue;
      throw new TokenizerError(
        `The tokenizer in ${this.modelDir} has ${this.size} ids and the model only ${dVocab} embeddings: ` +
        'they do not belong together; use the tokenizer files that came with the weights.');
    }
    this.embeddingRows = dVocab;
  }

  /** @throws TokenizerError for a token that the model has no embedding of */
  checkEmbedded(token: AddedToken): void {
    if (token.id >= this.embeddingRows) {
      throw new TokenizerError(
        `The text holds ${token.content}, token ${token.id} of the tokenizer in ${this.modelDir}, ` +
        `which is beyond the model's ${this.embeddingRows} embeddings; take it out of the text.`);
    }
  }
}

function isByteLevel(preTokenizer: PreTokenizer | null): boolean {
  return preTokenizer instanceof SequencePreTokenizer ? preTokenizer.tokenizers.some(isByteLevel) : preTokenizer instanceof ByteLevelPreTokenizer;
}
