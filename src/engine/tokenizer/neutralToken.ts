import { TokenizerError } from '../base/errors';
import type { Tokenizer } from './tokenizer';

/** What stands in the place of a token that is taken out. */
export interface NeutralToken {
  readonly id: number;
  readonly text: string;
}

/**
 * The token that says least: the padding token where the tokenizer has one, else the end-of-sequence, else the unknown token, else a space
 * or a line break. Every model has seen the first three stand for nothing in particular.
 * @param dVocab rows of the embedding: a padding token that was added to the tokenizer alone cannot be fed
 * @throws TokenizerError
 */
export function neutralToken(tokenizer: Tokenizer, dVocab: number): NeutralToken {
  const { pad_token: pad, eos_token: eos, unk_token: unk } = tokenizer.settings.specialTokens;
  const special = [pad, eos, unk].flatMap((content) => (content === undefined ? [] : tokenizer.tokenId(content) ?? []));
  const space = [' ', '\n'].flatMap((text) => {
    const { ids } = tokenizer.encode(text);
    return ids.length === 1 ? [...ids] : [];
  });
  const id = [...special, ...space].find((candidate) => candidate < dVocab);
  if (id === undefined) {
    throw new TokenizerError(`The tokenizer in ${tokenizer.settings.modelDir} has no padding, end, unknown, space or line-break token to put in a passage's place; name a pad_token in tokenizer_config.json.`);
  }
  return { id, text: tokenizer.tokenText(id) };
}
