import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { TokenizerError } from '../../../../src/engine/base/errors';
import { readGgufHeader } from '../../../../src/engine/gguf/ggufHeader';
import type { GgufMetadata, GgufValue } from '../../../../src/engine/gguf/metadata';
import { tokenizerFiles } from '../../../../src/engine/tokenizer/gguf/tokenizerFiles';
import { openTokenizer, tokenizerOf } from '../../../../src/engine/tokenizer/openTokenizer';
import type { Tokenizer } from '../../../../src/engine/tokenizer/tokenizer';
import { temporaryFolder } from '../../../support/temporaryFolder';
import { ggufMetadataOf } from '../../../support/tokenizers/ggufMetadata';
import { randomText } from '../../../support/tokenizers/randomText';
import { realTokenizer, type RealTokenizer } from '../../../support/tokenizers/realTokenizers';

const DATA = join(process.cwd(), 'test', 'data');
const TINY = ['llama', 'llama-256', 'qwen3', 'qwen3-256'].map((name) => ({ name, dir: join(DATA, 'gguf', name), file: `${name}.${name.endsWith('256') ? 'Q4_K_M' : 'Q8_0'}.gguf` }));

interface Recorded {
  readonly tokenized: readonly { readonly text: string; readonly ids: readonly number[] }[];
}

const ofMetadata = (metadata: GgufMetadata): Tokenizer => tokenizerOf(tokenizerFiles(metadata, 'model.gguf'), 'model.gguf');
const refuses = (metadata: GgufMetadata, says: RegExp) => assert.throws(() => ofMetadata(metadata), (error: Error) => error instanceof TokenizerError && says.test(error.message) && /^[^\n]*\.$/.test(error.message));
/** @param changes undefined: left out */
const changed = (metadata: GgufMetadata, changes: Readonly<Record<string, GgufValue | undefined>>): GgufMetadata =>
  new Map(Object.entries({ ...Object.fromEntries(metadata), ...changes }).filter((entry): entry is [string, GgufValue] => entry[1] !== undefined));

describe('the tokenizer of a GGUF file', () => {
  const folder = temporaryFolder();

  for (const { name, dir, file } of TINY) {
    it(`has the ids of the model's own tokenizer, from the metadata alone and with tokenizer.json beside the file: ${name}`, async () => {
      const alone = join(folder(), `${name}-alone`);
      mkdirSync(alone);
      copyFileSync(join(dir, file), join(alone, file));
      const { tokenized } = JSON.parse(readFileSync(join(dir, 'cases.json'), 'utf8')) as Recorded;
      for (const tokenizer of [await openTokenizer(join(alone, file)), await openTokenizer(join(dir, file))]) {
        for (const { text, ids } of tokenized) assert.deepEqual(tokenizer.encode(text).ids, ids, text);
        assert.equal(tokenizer.chatTemplate.render([{ role: 'user', content: 'a' }], { addGenerationPrompt: true, date: new Date(0) }), (await openTokenizer(dir)).chatTemplate.render([{ role: 'user', content: 'a' }], { addGenerationPrompt: true, date: new Date(0) }));
      }
    });
  }

  describe('of SmolLM2', () => {
    const recorded = JSON.parse(readFileSync(join(DATA, 'gguf-vocabularies', 'SmolLM2-135M-Instruct.json'), 'utf8')) as Recorded & { readonly messages: { role: string; content: string }[]; readonly rendered: string };
    let file: string;
    before(() => {
      file = join(folder(), 'SmolLM2.gguf');
      writeFileSync(file, gunzipSync(readFileSync(join(DATA, 'gguf-vocabularies', 'SmolLM2-135M-Instruct.gguf.gz'))));
    });

    it('has the recorded ids, special tokens, ends and chat', async () => {
      const tokenizer = await openTokenizer(file);
      for (const { text, ids } of recorded.tokenized) assert.deepEqual(tokenizer.encode(text).ids, ids, JSON.stringify(text));
      assert.equal(tokenizer.vocabularySize, 49_152);
      assert.deepEqual(tokenizer.settings.specialTokens, { bos_token: '<|im_start|>', eos_token: '<|im_end|>', unk_token: '<|endoftext|>', pad_token: '<|im_end|>' });
      assert.deepEqual([...tokenizer.eosTokenIds].map((id) => tokenizer.tokenText(id)), ['<|im_end|>', '<|endoftext|>']);
      assert.equal(tokenizer.chatTemplate.render(recorded.messages, { addGenerationPrompt: true, date: new Date(0) }), recorded.rendered);
    });

    it('is not known without its pre-tokenizer, and named where that is unknown', () => {
      const { metadata } = readGgufHeader(file);
      const pre = 'tokenizer.ggml.pre';
      refuses(changed(metadata, { [pre]: 'newest' }), /^How the tokenizer of "model\.gguf" splits text is not known, "newest" .*: put the tokenizer\.json of this model beside the file/);
      refuses(changed(metadata, { [pre]: undefined }), /does not say how its tokenizer splits text \("tokenizer\.ggml\.pre" is missing/);
      refuses(changed(metadata, { [pre]: 'default' }), /is "default"/);
      refuses(changed(metadata, { [pre]: '__proto__' }), /not known, "__proto__"/);
      const byArchitecture = ofMetadata(changed(metadata, { [pre]: 'default', 'general.architecture': 'starcoder2' }));
      for (const { text, ids } of recorded.tokenized.slice(0, 50)) assert.deepEqual(byArchitecture.encode(text).ids, ids);
    });
  });

  const AS_CONVERTED: readonly (readonly [RealTokenizer, string | null, Readonly<Record<string, GgufValue>>])[] = [
    ['Qwen3', 'qwen2', {}], ['Qwen2.5', 'qwen2', {}], ['Llama 3.2', 'llama-bpe', {}], ['DeepSeek-V3', 'deepseek-v3', {}], ['Llama 2', null, { 'tokenizer.ggml.unknown_token_id': 0 }],
    ['Gemma 3', null, { 'tokenizer.ggml.unknown_token_id': 3, 'tokenizer.ggml.add_space_prefix': false }],
  ];
  for (const [name, pre, changes] of AS_CONVERTED) {
    it(`has the ids of ${name}, from the metadata that its converter writes`, async function () {
      this.timeout(60_000);
      const own = await realTokenizer(name);
      const tokenizer = ofMetadata(ggufMetadataOf(name, pre, changes));
      const texts = ['\ufeff', '\ufeffusing', '  a   b\n\n\n c\t\t\u2581\u2581  d', "IT'S it's 1234567 ½²٣", ...Array.from({ length: 200 }, (_, seed) => randomText(seed + 1, 1 + (seed * 7) % 90, ['<s>', '<|im_end|>', '<start_of_turn>', '<unused7>', '<table>', '<think>', '<|eot_id|>']))];
      for (const text of texts) {
        const { ids } = own.encode(text);
        assert.deepEqual(tokenizer.encode(text), own.encode(text), JSON.stringify(text));
        assert.equal(ids.map((id) => tokenizer.tokenText(id)).join('|'), ids.map((id) => own.tokenText(id)).join('|'));
      }
      assert.equal(tokenizer.vocabularySize, own.vocabularySize, 'padded rows of the embedding are no tokens');
    });
  }

  describe('with few tokens', () => {
    const SPM = metadata('llama', ['<unk>', '<s>', '</s>', '<0x41>', '\u2581', 'a', 'b', '\u2581a', 'ab', 'ba', '[INST]', '  '], [2, 3, 3, 6, 1, 1, 1, 1, 1, 1, 3, 4], { 'tokenizer.ggml.scores': [0, 0, 0, 0, -9, -8, -7, -1, -2, -3, 0, -1000] });
    const BPE = metadata('gpt2', ['a', 'b', 'ab', '</s>', '<eos>', '<|im_end|>', '<|end|>', '<|call|>'], [1, 1, 1, 1, 3, 1, 3, 3], { 'tokenizer.ggml.pre': 'gpt-2', 'tokenizer.ggml.merges': ['a b'] });

    function metadata(model: string, tokens: string[], types: number[], more: Readonly<Record<string, GgufValue>>): GgufMetadata {
      return new Map(Object.entries({ 'tokenizer.ggml.model': model, 'tokenizer.ggml.tokens': tokens, 'tokenizer.ggml.token_type': types, ...more }));
    }
    const texts = (tokenizer: Tokenizer, text: string) => tokenizer.encode(text).ids.map((id) => tokenizer.library.id_to_token(id));

    it('merges by scores, spells unknown characters in bytes, and puts a space before each section, or before none', () => {
      const old = ofMetadata(changed(SPM, { 'tokenizer.ggml.tokens': [...(SPM.get('tokenizer.ggml.tokens') as string[])].with(10, '[X]') }));
      assert.deepEqual(texts(old, 'ab'), ['\u2581a', 'b'], 'the higher score first');
      assert.deepEqual(texts(old, '[X]ab'), ['[X]', '\u2581a', 'b']);
      assert.deepEqual(texts(old, 'A'), ['\u2581', '<0x41>']);
      assert.deepEqual(texts(ofMetadata(changed(SPM, { 'tokenizer.ggml.add_space_prefix': false })), 'ab  a'), ['ab', '\u2581\u2581', 'a']);
    });

    it('puts a space at the very beginning alone where the vocabulary is of Mistral\'s third version', () => {
      assert.deepEqual(texts(ofMetadata(SPM), '[INST]ab'), ['[INST]', 'ab']);
      assert.deepEqual(texts(ofMetadata(SPM), 'ab[INST] a'), ['\u2581a', 'b', '[INST]', '\u2581a']);
    });

    it('lets the special tokens of Phi-3 swallow the white space behind them', () => {
      const phi = ofMetadata(changed(SPM, { 'general.architecture': 'phi3' }));
      assert.deepEqual(texts(phi, '</s>  <s>'), ['</s>', '<s>']);
      assert.deepEqual(texts(phi, '<s> </s>'), ['<s>', '\u2581', '</s>'], 'but for <s>');
    });

    it('takes the ends that it knows by their text, unless they may be text', () => {
      assert.deepEqual([...ofMetadata(BPE).eosTokenIds], [5, 6, 7, 4]);
      assert.deepEqual(ofMetadata(BPE).encode('a<|im_end|>').ids, [0, 5], 'it is special, whatever the file says');
      const harmony = [...(BPE.get('tokenizer.ggml.tokens') as string[]), '<|return|>'];
      assert.deepEqual([...ofMetadata(changed(BPE, { 'tokenizer.ggml.tokens': harmony, 'tokenizer.ggml.token_type': [...(BPE.get('tokenizer.ggml.token_type') as number[]), 3] })).eosTokenIds], [5, 8, 7, 4], 'more may follow <|end|>');
      assert.deepEqual([...ofMetadata(changed(BPE, { 'tokenizer.ggml.eos_token_id': 2, 'tokenizer.ggml.eot_token_id': 0, 'tokenizer.ggml.eom_token_id': 99 })).eosTokenIds].slice(0, 2), [2, 0]);
    });

    it('takes named chat templates', () => {
      const { chatTemplates } = ofMetadata(changed(BPE, { 'tokenizer.chat_template': 'x', 'tokenizer.chat_template.tool_use': 'y', 'tokenizer.chat_templates': ['tool_use'] })).settings;
      assert.deepEqual(chatTemplates, { default: 'x', tool_use: 'y' });
    });

    it('refuses other kinds by their names, and what is damaged by its key', () => {
      for (const [model, named] of [['bert', 'WordPiece'], ['t5', 'Unigram'], ['rwkv', 'RWKV'], ['plamo2', 'PLaMo 2'], ['new', '"new"'], ['toString', '"toString"']]) refuses(changed(BPE, { 'tokenizer.ggml.model': model }), new RegExp(`of a kind that is not read from GGUF files, ${named}`));
      refuses(new Map(), /does not say what kind of tokenizer it has/);
      refuses(changed(BPE, { 'tokenizer.ggml.model': 5 }), /does not have a text in "tokenizer\.ggml\.model"/);
      refuses(changed(BPE, { 'tokenizer.ggml.tokens': undefined }), /holds no vocabulary/);
      refuses(changed(BPE, { 'tokenizer.ggml.tokens': ['a', 1] }), /list of texts in "tokenizer\.ggml\.tokens"/);
      refuses(changed(BPE, { 'tokenizer.ggml.tokens': ['a', 'a'] }), /lists the token "a" twice/);
      refuses(changed(BPE, { 'tokenizer.ggml.tokens': ['a'.repeat(20_000)] }), /token of 20000 characters/);
      refuses(changed(BPE, { 'tokenizer.ggml.token_type': [1] }), /number for each token in "tokenizer\.ggml\.token_type"/);
      refuses(changed(BPE, { 'tokenizer.ggml.merges': undefined }), /"tokenizer\.ggml\.merges"/);
      refuses(changed(BPE, { 'tokenizer.ggml.merges': ['ab'] }), /pairs of tokens, with a space between, in "tokenizer\.ggml\.merges"/);
      refuses(changed(SPM, { 'tokenizer.ggml.scores': undefined }), /"tokenizer\.ggml\.scores"/);
      refuses(changed(SPM, { 'tokenizer.ggml.add_space_prefix': 'no' }), /true or false in "tokenizer\.ggml\.add_space_prefix"/);
    });
  });

  describe('beside tokenizer.json', () => {
    const { dir, file } = TINY[0];
    let rounds = 0;
    function beside(files: Readonly<Record<string, unknown>>): string {
      const made = join(folder(), `beside-${rounds++}`);
      mkdirSync(made);
      copyFileSync(join(dir, file), join(made, file));
      for (const [name, content] of Object.entries(files)) writeFileSync(join(made, name), typeof content === 'string' ? content : JSON.stringify(content));
      return join(made, file);
    }
    const own = JSON.parse(readFileSync(join(dir, 'tokenizer.json'), 'utf8')) as { readonly model: { readonly vocab: Readonly<Record<string, number>> }; readonly added_tokens: readonly object[] };

    it('is what that says, and what lies there goes before the metadata', async () => {
      const tokenizer = await openTokenizer(beside({ 'tokenizer.json': { ...own, pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, use_regex: true } }, 'tokenizer_config.json': { pad_token: 'a' }, 'chat_template.jinja': 'x', 'generation_config.json': { eos_token_id: 7 } }));
      assert.equal(tokenizer.encode('1234').ids.length, 4);
      assert.deepEqual(tokenizer.settings.chatTemplates, { default: 'x' });
      assert.deepEqual(tokenizer.settings.specialTokens, { bos_token: '<|begin_of_text|>', eos_token: '<|eot_id|>', pad_token: 'a' }, 'what is not said there is in the metadata');
      assert.deepEqual([...tokenizer.eosTokenIds], [7, 285]);
    });

    it('is refused where that is another model\'s', async () => {
      const says = (pattern: RegExp) => (error: Error) => error instanceof TokenizerError && pattern.test(error.message);
      const { a, ...rest } = own.model.vocab;
      await assert.rejects(openTokenizer(beside({ 'tokenizer.json': { ...own, model: { ...own.model, vocab: { ...rest, Z0: a } } } })), says(new RegExp(`does not belong to ".*" \\(token ${a} is "Z0" in it, and "a" in the model\\)`)));
      await assert.rejects(openTokenizer(beside({ 'tokenizer.json': { ...own, added_tokens: own.added_tokens.slice(1) } })), says(/is missing in it/));
      await assert.rejects(openTokenizer(beside({ 'tokenizer.json': { ...own, added_tokens: [...own.added_tokens, { id: 290, content: 'more' }] } })), says(/"more" in it, and missing in the model/));
      await assert.rejects(openTokenizer(beside({ 'tokenizer.json': { model: null } })), says(/does not belong/));
    });
  });
});
