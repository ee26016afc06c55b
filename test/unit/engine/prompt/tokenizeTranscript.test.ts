import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenizedTranscript, TokenRegion, TranscriptDocument } from '../../../../src/concepts/transcript';
import { ContextLengthError, TemplateError, TranscriptError } from '../../../../src/engine/base/errors';
import { insertionFor } from '../../../../src/engine/prompt/insertionFor';
import { tokenizeTranscript } from '../../../../src/engine/prompt/tokenizeTranscript';
import type { Tokenizer } from '../../../../src/engine/tokenizer/tokenizer';
import { CHAT_MODELS, chatModel, withTemplate } from '../../../support/tokenizers/chatModels';
import { randomText } from '../../../support/tokenizers/randomText';

const DATE = new Date(2024, 6, 26);
const tokenize = (document: TranscriptDocument, tokenizer: Tokenizer) => tokenizeTranscript(document, tokenizer, { date: DATE });

/** What the model sees, special tokens written out. */
const seen = (tokenizer: Tokenizer, { tokens }: TokenizedTranscript) =>
  Buffer.concat(tokens.map(({ id }) => Buffer.from(tokenizer.addedText(id) ?? tokenizer.bytes(id)))).toString('utf8');

/** Document text under the tokens of a region of the prompt or the generation, each character once. */
function standing(text: string, { tokens, promptLength }: TokenizedTranscript, region: TokenRegion, part: 'prompt' | 'generation' | 'all' = 'all'): string {
  let shown = '';
  let end = -1;
  tokens.forEach((token, index) => {
    if (token.region !== region || !token.range || (part !== 'all' && (index < promptLength) !== (part === 'prompt'))) return;
    const from = Math.max(token.range.start, end);
    if (end >= 0 && from > end) shown += '|';
    shown += text.slice(from, token.range.end);
    end = Math.max(end, token.range.end);
  });
  return shown;
}

describe('tokenizeTranscript', () => {
  for (const name of CHAT_MODELS) {
    it(`finds all document text in the template of ${name}`, async () => {
      const tokenizer = await chatModel(name);
      const text = 'system:\nBe exact. OK\n\nuser:\nuser OK 1, 2.\n\nassistant:\nOK\n\nuser:\nOK then: 漢字 🙂?\n\nassistant:\nOK, done';
      const document = { name: 'a.prompty', text };
      const result = tokenize(document, tokenizer);
      assert.equal(standing(text, result, 'prompt').replaceAll('|', ''), 'Be exact. OKuser OK 1, 2.OKOK then: 漢字 🙂?');
      assert.equal(standing(text, result, 'answer'), 'OK, done');
      assert.equal(result.tokens.at(-1)!.id, tokenizer.endOfTurnId);
      for (const { range, region, text: own } of result.tokens) {
        if (range && region !== 'template') assert.ok(own.includes(text.slice(range.start, range.end)), `${JSON.stringify(own)} holds its characters`);
      }
    });

    it(`keeps ${name} exact on random text`, async () => {
      const tokenizer = await chatModel(name);
      for (let seed = 1; seed <= 12; seed++) {
        const user = randomText(seed, 40).trim();
        const answer = randomText(seed + 100, 20);
        const text = JSON.stringify({ messages: [{ role: 'user', content: user }, { role: 'assistant', content: answer }] });
        const result = tokenize({ name: 'a.json', text }, tokenizer);
        const quoted = (region: TokenRegion) => JSON.parse(`"${standing(text, result, region, region === 'prompt' ? 'prompt' : 'generation')}"`) as string;
        assert.equal(quoted('prompt'), user, `prompt, seed ${seed}`);
        assert.equal(quoted('answer'), answer, `answer, seed ${seed}`);
        assert.deepEqual(result.tokens.slice(result.promptLength, -1).map(({ id }) => id), tokenizer.encode(answer).ids);
      }
    });
  }

  it('gives the embedded model what it was trained on', async () => {
    const tokenizer = await chatModel('tracelet');
    const text = 'user:\nWho?\n\nassistant:\n<think>\nAda, is.\n</think>\nAda\n';
    const result = tokenize({ name: 'a.prompty', text }, tokenizer);
    assert.equal(seen(tokenizer, result), '<|im_start|>user\nWho?<|im_end|>\n<|im_start|>assistant\n<think>\nAda, is.\n</think>\nAda<|im_end|>');
    const generation = result.tokens.slice(result.promptLength);
    assert.deepEqual(generation.map(({ text: own, kind, region }) => `${own}:${kind}:${region}`), [
      '<think>:template:template', '\n:stop:template', 'Ada:reasoning:reasoning', ',:stop:reasoning', ' is:reasoning:reasoning', '.\n:stop:reasoning',
      '</think>:template:template', '\n:stop:template', 'Ada:answer:answer', '<|im_end|>:template:template']);
    assert.deepEqual(generation.map(({ range }) => range && text.slice(range.start, range.end)), ['<think>', '\n', 'Ada', ',', ' is', '.\n', '</think>', '\n', 'Ada', null]);
    assert.deepEqual([result.reasoning, result.answer], [{ start: result.promptLength + 2, end: result.promptLength + 6 }, { start: result.promptLength + 8, end: result.promptLength + 9 }]);
    const prompt = result.tokens.slice(0, result.promptLength);
    assert.deepEqual(prompt.map(({ kind }) => kind), ['template', 'template', 'template', 'prompt', 'prompt', 'prompt', 'prompt', 'template', 'template', 'template', 'template', 'template']);
  });

  it('takes the reasoning field as the template writes it', async () => {
    const text = JSON.stringify([{ role: 'user', content: 'Q' }, { role: 'assistant', reasoning_content: 'R.', content: 'A' }]);
    for (const [name, expected] of [
      ['Qwen3', '<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\n<think>\nR.\n</think>\n\nA<|im_end|>'],
      ['tracelet', '<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\n<think>\nR.\n</think>\nA<|im_end|>'],
      // These templates know no reasoning_content.
      ['Qwen2.5', '<|im_start|>system\nYou are Qwen, created by Alibaba Cloud. You are a helpful assistant.<|im_end|>\n<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\n<think>\nR.\n</think>\n\nA<|im_end|>'],
      ['DeepSeek, reasoning opened', '<｜begin▁of▁sentence｜><｜User｜>Q<｜Assistant｜><think>\nR.\n</think>\n\nA<｜end▁of▁sentence｜>'],
    ] as const) {
      const tokenizer = await chatModel(name);
      const result = tokenize({ name: 'a.json', text }, tokenizer);
      assert.equal(seen(tokenizer, result), expected, name);
      assert.equal(standing(text, result, 'reasoning'), 'R.', name);
      assert.equal(standing(text, result, 'answer'), 'A', name);
    }
  });

  it('leaves the template\'s empty reasoning out of an answer without reasoning', async () => {
    const tokenizer = await chatModel('Qwen3');
    const result = tokenize({ name: 'a.txt', text: 'Q\nassistant:\nA' }, tokenizer);
    assert.equal(seen(tokenizer, result), '<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\nA<|im_end|>');
  });

  it('knows that templates drop the reasoning of earlier turns', async () => {
    const tokenizer = await chatModel('Qwen3');
    const text = 'user:\nQ\nassistant:\n<think>\nA\n</think>\n\nA\nuser:\nA\nassistant:\nB';
    const result = tokenize({ name: 'a.prompty', text }, tokenizer);
    assert.equal(seen(tokenizer, result), '<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\nA<|im_end|>\n<|im_start|>user\nA<|im_end|>\n<|im_start|>assistant\nB<|im_end|>');
    const second = text.indexOf('</think>') + '</think>\n\n'.length;
    assert.deepEqual(result.tokens.filter(({ region }) => region === 'prompt').map(({ range }) => range!.start), [text.indexOf('Q'), second, text.indexOf('A\nassistant')]);
  });

  it('does not write twice what the prompt opens already', async () => {
    const tokenizer = await chatModel('DeepSeek, reasoning opened');
    const expected = '<｜begin▁of▁sentence｜><｜User｜>Q<｜Assistant｜><think>\nR\n</think>\n\nA<｜end▁of▁sentence｜>';
    for (const assistant of ['<think>\nR\n</think>\n\nA', 'R\n</think>\n\nA', '<think> R\n</think>\n\nA']) {
      const text = `user:\nQ\nassistant:\n${assistant}`;
      const result = tokenize({ name: 'a.prompty', text }, tokenizer);
      assert.equal(seen(tokenizer, result), expected, assistant);
      assert.equal(standing(text, result, 'reasoning').trim(), 'R', assistant);
      assert.equal(result.tokens[result.promptLength].region, 'reasoning');
      const tag = result.tokens.slice(0, result.promptLength).find(({ text: own }) => own.includes('think'))!;
      assert.equal(tag.range !== null, assistant.startsWith('<think>'), assistant);
      assert.equal(tag.region, 'template');
    }
  });

  it('ends with the generation prompt where there is no answer', async () => {
    const tokenizer = await chatModel('tracelet');
    for (const text of ['user:\nQ', 'user:\nQ\nassistant:\n']) {
      const result = tokenize({ name: 'a.prompty', text }, tokenizer);
      assert.equal(seen(tokenizer, result), '<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\n');
      assert.deepEqual([result.promptLength, result.reasoning, result.answer], [result.tokens.length, null, null]);
    }
  });

  it('does not end a turn whose reasoning is unfinished', async () => {
    const tokenizer = await chatModel('tracelet');
    const result = tokenize({ name: 'a.prompty', text: 'user:\nQ\nassistant:\n<think>\nAda' }, tokenizer);
    assert.equal(seen(tokenizer, result), '<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\n<think>\nAda');
    assert.equal(result.answer, null);
  });

  it('writes the date that it is given', async () => {
    const tokenizer = await chatModel('Llama 3.2');
    assert.match(seen(tokenizer, tokenize({ name: 'a.txt', text: 'Q' }, tokenizer)), /Today Date: 26 Jul 2024\n/);
  });

  it('leaves raw template text as it stands', async () => {
    for (const [name, text, answer] of [
      ['Qwen3', '<|im_start|>user\n Q. <|im_end|>\n<|im_start|>assistant\n<think>\nR\n</think>\n\nA<|im_end|>', 'A'],
      ['Llama 3.2', '<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nQ<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nA, B<|eot_id|>', 'A, B'],
      ['Gemma 3', '<bos><start_of_turn>user\nQ<end_of_turn>\n<start_of_turn>model\nA<end_of_turn>', 'A'],
      ['DeepSeek, reasoning opened', '<｜begin▁of▁sentence｜>S<｜User｜>Q<｜Assistant｜><think>\nR\n</think>\n\nA<｜end▁of▁sentence｜>', 'A'],
    ] as const) {
      const tokenizer = await chatModel(name);
      const result = tokenize({ name: 'a.txt', text: `${text}\n` }, tokenizer);
      assert.equal(seen(tokenizer, result), text, name);
      assert.equal(standing(text, result, 'answer'), answer, name);
      assert.ok(result.tokens.every(({ range, text: own }) => range && own === text.slice(range.start, range.end)), `${name}: everything stands in the document`);
      assert.deepEqual(result.tokens.map(({ id }) => id), tokenizer.encode(text).ids, name);
      assert.ok(!tokenizer.tokenText(result.tokens[result.promptLength].id).includes('think') || name === 'Qwen3');
    }
  });

  it('tokenizes raw Llama 2 text as one text, the answer with its space', async () => {
    const tokenizer = await chatModel('Llama 2 chat');
    const text = '<s>[INST] <<SYS>>\nS\n<</SYS>>\n\nQ [/INST] Paris it is.</s>';
    const result = tokenize({ name: 'a.txt', text }, tokenizer);
    assert.deepEqual(result.tokens.map(({ id }) => id), tokenizer.encode(text).ids);
    assert.equal(standing(text, result, 'answer'), ' Paris it is.');
    assert.equal(standing(text, result, 'prompt'), 'S|Q');
  });

  it('reads raw text without a chat template, and no other', async () => {
    const tokenizer = withTemplate(await chatModel('tracelet'), null);
    assert.equal(tokenize({ name: 'a.txt', text: '<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\nA<|im_end|>' }, tokenizer).answer!.end > 0, true);
    assert.throws(() => tokenize({ name: 'a.txt', text: 'Q' }, tokenizer), (error: Error) => error instanceof TemplateError && /has no chat template/.test(error.message));
  });

  it('says why the template throws', async () => {
    const tokenizer = await chatModel('Gemma 3');
    assert.throws(() => tokenize({ name: 'a.prompty', text: 'user:\na\nuser:\nb' }, tokenizer),
      (error: Error) => error instanceof TemplateError && /refuses this transcript \(Conversation roles must alternate/.test(error.message));
  });

  it('refuses a text that no context holds before it renders and tokenizes it, whatever the format', async () => {
    const tokenizer = await chatModel('tracelet');
    const longest = tokenizer.longestToken;
    assert.ok(longest > 5 && longest < 100);
    const documents = (length: number) => [
      { name: 'a.prompty', text: `user:\n${'x'.repeat(length)}\nassistant:\nA` },
      { name: 'a.json', text: JSON.stringify([{ role: 'user', content: 'x'.repeat(length) }, { role: 'assistant', content: 'A' }]) },
      { name: 'a.txt', text: `<|im_start|>user\n${'x'.repeat(length)}<|im_end|>\n<|im_start|>assistant\nA` },
    ];
    const tooLong = (error: Error) => error instanceof ContextLengthError && /holds [\d,]+ characters of text, more than the 100 tokens of the model's context can hold; shorten it\.$/.test(error.message);
    for (const document of documents(100 * longest)) {
      assert.throws(() => tokenizeTranscript(document, tokenizer, { contextLength: 100 }), tooLong);
      assert.throws(() => insertionFor(document, tokenizer, { contextLength: 100 }), tooLong);
    }
    for (const document of documents(100 * longest - 1)) tokenizeTranscript(document, tokenizer, { contextLength: 100 });
    for (const document of documents(16_000_000)) assert.throws(() => tokenizeTranscript(document, tokenizer), (error: Error) => error instanceof ContextLengthError && /more than any context holds; shorten it\.$/.test(error.message));
  });

  it('refuses an empty prompt', async () => {
    const tokenizer = await chatModel('tracelet');
    assert.throws(() => tokenize({ name: 'a.txt', text: ' \n' }, tokenizer), TranscriptError);
    assert.throws(() => tokenize({ name: 'a.txt', text: '<|im_start|>user\n <|im_end|>\n<|im_start|>assistant\nA' }, tokenizer), /has no prompt/);
  });

  it('reads CRLF documents as LF', async () => {
    const tokenizer = await chatModel('tracelet');
    const text = 'user:\nA\nB\n\nassistant:\n<think>\nC\n</think>\nD\n';
    const ids = (document: string) => tokenize({ name: 'a.prompty', text: document }, tokenizer).tokens.map(({ id }) => id);
    assert.deepEqual(ids(text.replaceAll('\n', '\r\n')), ids(text));
    const raw = '<|im_start|>user\nA\nB<|im_end|>\n<|im_start|>assistant\nC\nD<|im_end|>\n';
    const rawIds = (document: string) => tokenize({ name: 'a.txt', text: document }, tokenizer).tokens.map(({ id }) => id);
    assert.deepEqual(rawIds(raw.replaceAll('\n', '\r\n')), rawIds(raw));
  });

  it('reads every sample, with an answer where one is written', async () => {
    const tokenizer = await chatModel('tracelet');
    const folder = join(process.cwd(), 'samples');
    const names = readdirSync(folder).filter((name) => !name.endsWith('.md'));
    assert.ok(names.length >= 6);
    for (const name of names) {
      const text = readFileSync(join(folder, name), 'utf8');
      const result = tokenize({ name, text }, tokenizer);
      assert.ok(result.promptLength <= 200, `${name} has ${result.promptLength} prompt tokens`);
      assert.equal(result.answer === null, name.startsWith('ask-me'), name);
      assert.equal(result.reasoning === null, name.startsWith('ask-me'), name);
    }
  });
});
