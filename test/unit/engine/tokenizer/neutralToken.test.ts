import assert from 'node:assert/strict';
import { TokenizerError } from '../../../../src/engine/base/errors';
import { neutralToken } from '../../../../src/engine/tokenizer/neutralToken';
import type { Tokenizer } from '../../../../src/engine/tokenizer/tokenizer';
import { embeddedTokenizer, realTokenizer } from '../../../support/tokenizers/realTokenizers';

/** The same tokenizer with other special tokens. */
const withSpecial = (tokenizer: Tokenizer, specialTokens: Record<string, string>): Tokenizer =>
  Object.create(tokenizer, { settings: { value: { ...tokenizer.settings, specialTokens } } }) as Tokenizer;

describe('the neutral token', () => {
  it('is the padding token', async () => {
    assert.deepEqual(neutralToken(await embeddedTokenizer(), 1471), { id: 1466, text: '<|endoftext|>' });
    assert.equal(neutralToken(await realTokenizer('Qwen3'), 200_000).text, '<|endoftext|>');
    assert.equal(neutralToken(await realTokenizer('Gemma 3'), 300_000).text, '<pad>');
  });

  it('is the end-of-sequence, the unknown, a space or a line-break token where there is none, or none that the model has', async () => {
    const embedded = await embeddedTokenizer();
    assert.equal(neutralToken(withSpecial(embedded, { eos_token: '<|im_end|>', unk_token: '<think>' }), 1471).text, '<|im_end|>');
    assert.equal(neutralToken(withSpecial(embedded, { pad_token: '</think>', eos_token: '<|im_start|>' }), 1469).text, '<|im_start|>');
    assert.equal(neutralToken(withSpecial(embedded, { pad_token: '[PAD]', unk_token: '<think>' }), 1471).text, '<think>');
    assert.equal(neutralToken(withSpecial(embedded, {}), 1471).text, ' ');
  });

  it('is missing in one sentence', async () => {
    const embedded = await embeddedTokenizer();
    assert.throws(() => neutralToken(withSpecial(embedded, {}), 0), (error) => error instanceof TokenizerError && /^The tokenizer in .* name a pad_token in tokenizer_config\.json\.$/.test(error.message));
  });
});
