import { Tokenizer as IdTokenizer } from '@huggingface/tokenizers';
import assert from 'node:assert/strict';
import { Tokenizer } from '../../../../src/engine/tokenizer/tokenizer';
import { realTokenizer } from '../../../support/tokenizers/realTokenizers';

/** The text under each range. */
function pieces(tokenizer: Tokenizer, text: string): string[] {
  return tokenizer.encode(text).ranges.map(({ start, end }) => text.slice(start, end));
}

describe('character ranges, checked by hand', () => {
  it('gives every token of a split character the whole character', async () => {
    const tokenizer = await realTokenizer('Llama 3.2');
    assert.deepEqual(pieces(tokenizer, 'a 漢𠮷!'), ['a', ' 漢', '漢', '𠮷', '𠮷', '𠮷', '𠮷', '!']);
  });

  it('follows NFC back to the text as it was written', async () => {
    const tokenizer = await realTokenizer('Qwen3');
    const text = 'Cafe\u0301 noir';
    const { ids, ranges } = tokenizer.encode(text);
    assert.deepEqual(ids, tokenizer.encode('Caf\u00e9 noir').ids);
    assert.deepEqual(ranges.map(({ start, end }) => text.slice(start, end)), ['C', 'af', 'e\u0301', ' noir']);
  });

  it('gives the space that Llama 2 inserts no characters', async () => {
    const tokenizer = await realTokenizer('Llama 2');
    assert.deepEqual(pieces(tokenizer, 'Hello world'), ['Hello', ' world']);
    assert.deepEqual(pieces(tokenizer, '\nHi'), ['', '\n', 'Hi']);
    assert.deepEqual(pieces(tokenizer, 'a</s>b'), ['a', '</s>', 'b']);
  });

  it('keeps the bytes of byte-fallback tokens on their character', async () => {
    const tokenizer = await realTokenizer('Llama 2');
    assert.deepEqual(pieces(tokenizer, 'x👧y'), ['x', '👧', '👧', '👧', '👧', 'y']);
  });

  it('finds special tokens in the text and adds none', async () => {
    const tokenizer = await realTokenizer('Qwen3');
    assert.deepEqual(pieces(tokenizer, '<|im_start|>user\nHi<|im_end|>'), ['<|im_start|>', 'user', '\n', 'Hi', '<|im_end|>']);
  });

  it('counts a lone surrogate as U+FFFD', async () => {
    const tokenizer = await realTokenizer('Qwen3');
    assert.deepEqual(tokenizer.encode('a\ud83db').ids, tokenizer.encode('a\ufffdb').ids);
  });
});

/** A character-level tokenizer with the normaliser and tokens at issue. */
function tiny({ normalizer = null, added = [], preTokenizer = null, unk }: { normalizer?: unknown; added?: object[]; preTokenizer?: unknown; unk?: string }): Tokenizer {
  const characters = [...new Set('abcdefghijklmnopqrstuvwxyz .▁()')];
  const vocab = Object.fromEntries([...(unk ? [unk] : []), ...characters].map((token, id) => [token, id]));
  const library = new IdTokenizer({
    model: { type: 'BPE', vocab, merges: [], unk_token: unk ?? null, ignore_merges: false },
    normalizer, pre_tokenizer: preTokenizer, post_processor: null, decoder: null, added_tokens: added.map((token, i) => ({ ...token, id: 100 + i })),
  }, {});
  return new Tokenizer(library, { modelDir: 'tiny', tokenizerPath: 'tiny', eosTokenIds: [], chatTemplates: {}, specialTokens: {} });
}

describe('character ranges through normalisers and added tokens', () => {
  it('covers the white space that an added token swallows', () => {
    const tokenizer = tiny({ added: [{ content: '<x>', lstrip: true, rstrip: true, special: true }] });
    assert.deepEqual(pieces(tokenizer, 'a  <x> \nb'), ['a', '  <x> \n', 'b']);
    assert.deepEqual(tokenizer.encode('a  <x> \nb').ids, tokenizer['library'].encode('a  <x> \nb').ids);
  });

  it('takes the longest of several added tokens', () => {
    const tokenizer = tiny({ added: [{ content: '<x', special: true }, { content: '<x>', special: true }] });
    assert.deepEqual(tokenizer.encode('<x><x').ids, [101, 100]);
  });

  it('finds normalised added tokens in normalised text', () => {
    const tokenizer = tiny({ normalizer: { type: 'Lowercase' }, added: [{ content: 'Stop', special: false, normalized: true }] });
    assert.deepEqual(pieces(tokenizer, 'aSTOPb'), ['a', 'STOP', 'b']);
  });

  it('follows replacements that grow and shrink, prepended and stripped text', () => {
    const normalizer = {
      type: 'Sequence',
      normalizers: [
        { type: 'Strip', strip_left: true, strip_right: true },
        { type: 'Replace', pattern: { String: '...' }, content: '.' },
        { type: 'Replace', pattern: { Regex: '[0-9]+' }, content: '(n)' },
        { type: 'Prepend', prepend: '▁' },
      ],
    };
    const text = ' ab...42c ';
    const tokenizer = tiny({ normalizer });
    assert.equal(tokenizer.decode(tokenizer.encode(text).ids), 'ab.(n)c');
    assert.deepEqual(pieces(tokenizer, text), [' ', 'a', 'b', '...', '42', '42', '42', 'c ']);
  });

  it('gives unknown characters to the unknown token, and goes on exactly behind them', () => {
    const tokenizer = tiny({ unk: '?' });
    assert.deepEqual(pieces(tokenizer, 'aÄÖb'), ['a', 'ÄÖ', 'ÄÖ', 'b']);
  });

  it('covers characters that the vocabulary lacks and that get no token', () => {
    assert.deepEqual(pieces(tiny({}), 'aÄb'), ['aÄ', 'b']);
  });

  it('inserts a Metaspace before the first section only where the tokenizer says so', () => {
    const first = tiny({ preTokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: false }, added: [{ content: '<x>', special: true }] });
    assert.deepEqual(pieces(first, 'ab<x>c d'), ['', 'a', 'b', '<x>', 'c', ' ', 'd']);
  });
});
