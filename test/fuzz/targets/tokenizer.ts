import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Encoding } from '../../../src/engine/tokenizer/encoder';
import { openTokenizer } from '../../../src/engine/tokenizer/openTokenizer';
import type { Tokenizer } from '../../../src/engine/tokenizer/tokenizer';
import { ROOT } from '../../support/folders';
import { jsonOf, refusedOrDone, scratchFolder, textOf, type FuzzTarget } from './target';

const FILES = ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json', 'generation_config.json', 'config.json', 'chat_template.json', 'chat_template.jinja'];
const TEXTS = ['', 'a', 'ab  ba\n\tab <s>a</s>', 'Café e\u0301 漢字 🙂 don\'t 123', `${'a'.repeat(40)}b`, ' \u0000\ufffd\ud800'];
/** What does not end in it is refused: thousands of inputs with such a pattern must not take seconds each. */
export const TIME = { base: 100, perCharacter: 0.05 };

const letters = [...'ab <s>/▁Ġéé1'].concat(['ab', 'ba', '</s>', '<s>', '<0x0A>', 'aab', '▁a', 'Ġa']);
const vocab = Object.fromEntries([...new Set(letters)].map((token, id) => [token, id]));
const added = [{ id: 40, content: '<s>', special: true, lstrip: false, rstrip: true, normalized: false, single_word: false }, { id: 41, content: 'ab', special: false, normalized: true, single_word: true }];
const bpe = { type: 'BPE', vocab, merges: ['a b', 'a ab', 'Ġ a'], unk_token: null, byte_fallback: true, fuse_unk: false, ignore_merges: true, dropout: null };
const GPT2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
const LLAMA3 = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const split = (Regex: string, behavior = 'Isolated') => ({ type: 'Split', pattern: { Regex }, behavior, invert: behavior === 'Removed' });
const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };

const TOKENIZERS: readonly object[] = [
  { model: bpe, added_tokens: added, normalizer: { type: 'NFC' }, pre_tokenizer: { type: 'Sequence', pretokenizers: [split(LLAMA3), { ...byteLevel, use_regex: false }] }, decoder: byteLevel, post_processor: byteLevel },
  { model: bpe, added_tokens: added, normalizer: { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, { type: 'Replace', pattern: { String: ' ' }, content: '▁' }, { type: 'Replace', pattern: { Regex: ' {2,}' }, content: 'a' }, { type: 'Strip', strip_left: true, strip_right: true }] }, pre_tokenizer: null, decoder: { type: 'Sequence', decoders: [{ type: 'Replace', pattern: { String: '▁' }, content: ' ' }, { type: 'ByteFallback' }, { type: 'Fuse' }] } },
  { model: bpe, added_tokens: [], normalizer: { type: 'Sequence', normalizers: [{ type: 'NFKD' }, { type: 'Lowercase' }, { type: 'StripAccents' }] }, pre_tokenizer: { type: 'Sequence', pretokenizers: [split(GPT2, 'Removed'), { type: 'Digits', individual_digits: true }, { type: 'Punctuation', behavior: 'Isolated' }, { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: true }] } },
  { model: { type: 'Unigram', vocab: Object.keys(vocab).map((token, i) => [token, -i]), unk_id: 0, byte_fallback: false }, added_tokens: added, normalizer: { type: 'Precompiled', precompiled_charsmap: null }, pre_tokenizer: { type: 'Metaspace', replacement: '▁', add_prefix_space: true } },
  { model: { type: 'WordPiece', vocab: { ...vocab, '[UNK]': 30, '##b': 31 }, unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 100 }, added_tokens: added, normalizer: { type: 'BertNormalizer', lowercase: true, clean_text: true, handle_chinese_chars: true, strip_accents: null }, pre_tokenizer: { type: 'BertPreTokenizer' } },
];
const CONFIG = {
  bos_token: '<s>', eos_token: { content: '</s>', __type: 'AddedToken' }, pad_token: null, tokenizer_class: 'LlamaTokenizerFast', added_tokens_decoder: { 42: { content: '<x>', special: true } },
  chat_template: "{% for m in messages %}{{ '<s>' + m.role + m.content + eos_token }}{% endfor %}",
};

/** A tokenizer's files, as an object of files: encoding covers the text, and its ids decode. */
export const tokenizer: FuzzTarget = {
  name: 'tokenizer',
  cases: 7_000,
  seeds: () => [
    ...TOKENIZERS.map((json) => ({ 'tokenizer.json': json, 'tokenizer_config.json': CONFIG, 'generation_config.json': { eos_token_id: [1, 2] } })),
    { 'tokenizer.json': TOKENIZERS[0], 'chat_template.jinja': CONFIG.chat_template, 'special_tokens_map.json': { unk_token: 'a' }, 'config.json': { eos_token_id: 1, text_config: { eos_token_id: 2 } }, 'chat_template.json': { chat_template: [{ name: 'default', template: 'x' }, { name: 'tool_use', template: 'y' }] } },
    { 'tokenizer.json': { ...JSON.parse(readFileSync(join(ROOT, 'models', 'tracelet-1m', 'tokenizer.json'), 'utf8')) as object, model: bpe }, 'tokenizer_config.json': JSON.parse(readFileSync(join(ROOT, 'models', 'tracelet-1m', 'tokenizer_config.json'), 'utf8')) as object },
  ].map((files) => JSON.stringify(files)),
  words: ['(a+)+$', '(a|a)*b', '(?:a?){40}a{40}', '[[:alpha:]]', '\\\\p{L}', '(?i)', '(?<!', '{"Regex":"(a|aa)+$"}', '{"String":""}', '{"Regex":""}', '"$&$&$&"', '"FixedLength"', '"WhitespaceSplit"', '"Whitespace"', '"CharDelimiterSplit"', '"NFKC"', '"Nmt"', '"Contiguous"', '"MergedWithNext"', '"GPT2Tokenizer"'],
  run: async (input) => {
    const dir = join(scratchFolder(), 'tokenizer');
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir);
    const files = jsonOf(input);
    if (typeof files !== 'object' || files === null || Array.isArray(files)) writeFileSync(join(dir, 'tokenizer.json'), input);
    else for (const [name, content] of Object.entries(files)) if (FILES.includes(name)) writeFileSync(join(dir, name), typeof content === 'string' ? content : JSON.stringify(content));
    const opened = await refusedOrDone(() => openTokenizer(dir, TIME));
    if (opened) await checkTokenizer(opened, input);
  },
};

/** Encoding covers the text, and its ids decode. */
export async function checkTokenizer(opened: Tokenizer, input: Uint8Array): Promise<void> {
  for (const text of [...TEXTS, textOf(input).slice(0, 300)]) {
    const encoding: Encoding | null = await refusedOrDone((): Encoding => opened.encode(text));
    if (!encoding) continue;
    assert.equal(encoding.ids.length, encoding.ranges.length);
    let before = 0;
    for (const { start, end } of encoding.ranges) {
      assert.ok(start >= 0 && end >= start && end <= text.length && start >= Math.min(before, start), 'a range lies in the text');
      before = start;
    }
    assert.equal(typeof opened.decode(encoding.ids), 'string');
  }
  assert.ok(opened.longestToken >= 1 && opened.vocabularySize >= 0);
  opened.isSpecial(0);
  opened.tokenText(opened.vocabularySize);
  await refusedOrDone(() => { opened.checkVocabulary(8); });
  await refusedOrDone(() => opened.chatTemplateFor({ tools: [] }).render([{ role: 'user', content: 'a' }], { addGenerationPrompt: true, date: new Date(0) }));
}
