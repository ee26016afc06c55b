import { TokenizerError } from '../../base/errors';
import type { GgufMetadata } from '../../gguf/metadata';

/** `tokenizer.ggml.token_type` (`llama_token_type` of llama.h). */
export const TOKEN_TYPES = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** Longer than any real one; a piece is compared with all others at each of its characters. */
const LONGEST_TOKEN = 10_000;

/** The fields of a GGUF file's metadata that make a tokenizer, checked. */
export class Fields {
  private listed: readonly string[] | undefined;

  /** @param path only for messages */
  constructor(private readonly metadata: GgufMetadata, readonly path: string) {}

  /** @throws TokenizerError for a value that is no text */
  text(key: string): string | undefined {
    const value = this.metadata.get(key);
    if (value !== undefined && typeof value !== 'string') throw this.damaged(key, 'a text');
    return value;
  }

  flag(key: string): boolean | undefined {
    const value = this.metadata.get(key);
    if (value !== undefined && typeof value !== 'boolean') throw this.damaged(key, 'true or false');
    return value;
  }

  /** @returns undefined for an id that no token has, which llama.cpp passes over, too */
  id(key: string): number | undefined {
    const value = this.metadata.get(key);
    return typeof value === 'number' && value >= 0 && value < this.tokens.length ? value : undefined;
  }

  texts(key: string): readonly string[] | undefined {
    const value = this.metadata.get(key);
    if (value === undefined) return undefined;
    if (!isArray(value) || !value.every((entry) => typeof entry === 'string')) throw this.damaged(key, 'a list of texts');
    return value;
  }

  /** One for each token. */
  numbers(key: string): readonly number[] | undefined {
    const value = this.metadata.get(key);
    if (value === undefined) return undefined;
    if (!isArray(value) || value.length < this.tokens.length || !value.every((entry) => typeof entry === 'number' && !Number.isNaN(entry))) throw this.damaged(key, 'a number for each token');
    return value as readonly number[];
  }

  /** Keys that begin so, with the rest of each. */
  *below(prefix: string): Generator<readonly [key: string, rest: string]> {
    for (const key of this.metadata.keys()) if (key.startsWith(prefix)) yield [key, key.slice(prefix.length)];
  }

  /** By their ids. @throws TokenizerError */
  get tokens(): readonly string[] {
    if (this.listed) return this.listed;
    const key = 'tokenizer.ggml.tokens';
    const tokens = this.texts(key);
    if (!tokens || tokens.length === 0) throw new TokenizerError(`"${this.path}" holds no vocabulary ("${key}"): download the file again, or choose another one of this model.`);
    const long = tokens.find((token) => token.length > LONGEST_TOKEN);
    if (long !== undefined) throw new TokenizerError(`"${this.path}" has a token of ${long.length} characters, more than any vocabulary: it is damaged, download it again.`);
    return (this.listed = tokens);
  }

  damaged(key: string, wanted: string): TokenizerError {
    return new TokenizerError(`"${this.path}" does not have ${wanted} in "${key}": it is damaged, download it again.`);
  }
}

function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
