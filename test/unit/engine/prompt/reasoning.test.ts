import assert from 'node:assert/strict';
import type { TokenizedTranscript, TokenRegion } from '../../../../src/concepts/transcript';
import { insertionFor } from '../../../../src/engine/prompt/insertionFor';
import { tokenizeTranscript } from '../../../../src/engine/prompt/tokenizeTranscript';
import type { Tokenizer } from '../../../../src/engine/tokenizer/tokenizer';
import { familyCases, familyTokenizer } from '../../../support/tokenizers/familyCases';

const DATE = new Date(2026, 6, 4);
const CASES = familyCases();
const model = (name: string): Tokenizer => familyTokenizer(CASES.find((family) => family.name === name)!);
const read = (tokenizer: Tokenizer, answered: object, variables?: object): TokenizedTranscript => tokenizeTranscript(
  { name: 'a.json', text: JSON.stringify({ messages: [{ role: 'user', content: 'Q' }, { role: 'assistant', ...answered }], ...(variables && { chat_template_kwargs: variables }) }) }, tokenizer, { date: DATE });
const generated = ({ tokens, promptLength }: TokenizedTranscript) => tokens.slice(promptLength).map(({ text }) => text).join('');
const region = ({ tokens, promptLength }: TokenizedTranscript, wanted: TokenRegion) => tokens.slice(promptLength).filter((token) => token.region === wanted).map(({ text }) => text).join('');
const opensNote = /^The prompt of this model opens its reasoning with <think>, and the last message has none: what the model thought before this answer is not in the file\.$/;

describe('the reasoning of the last message', () => {
  for (const [name, right] of [
    ['lfm2', '<think>\nR\n</think>\n\nA<|im_end|>'], ['smollm3', '<think>\nR\n</think>\nA<|im_end|>'], ['olmo-3-think', 'R\n</think>\n\nA<|im_end|>'],
    ['granite-3.2-thinking', 'Here is my thought process: R\n\nHere is my response: A<|end_of_text|>'], ['granite-3.3-thinking', '<think>R</think>\n<response>A</response><|end_of_text|>'],
    ['hunyuan', '<think>\nR\n</think>\n<answer>\nA\n</answer><｜hy_place▁holder▁no▁2｜>'], ['command-r7b', '<|START_THINKING|>R<|END_THINKING|><|START_RESPONSE|>A<|END_RESPONSE|><|END_OF_TURN_TOKEN|>'],
  ] as const) {
    it(`of ${name} in a field stands where such models write it, which a note says`, () => {
      const result = read(model(name), { reasoning_content: 'R', content: 'A' }, name === 'command-r7b' ? { enable_thinking: true } : undefined);
      assert.deepEqual([generated(result), region(result, 'reasoning').trim(), region(result, 'answer').trim()], [right, 'R', 'A']);
      const [note] = result.notes!.filter((sentence) => sentence.includes('in a field'));
      assert.match(note, /^The chat template of this model does not write reasoning that stands in a field: it was put behind \S.*, as models of this kind write it\.$/);
    });
  }

  it('that the template writes needs no note', () => {
    for (const name of ['qwen3', 'qwen3-next-thinking', 'glm-4.5', 'gpt-oss', 'seed-oss', 'ministral-3-reasoning']) {
      assert.deepEqual(read(model(name), { reasoning_content: 'R', content: 'A' }).notes, [], name);
    }
  });

  it('keeps the white space that a server left in it', () => {
    const result = read(model('lfm2'), { reasoning_content: '\nR\n', content: '\n\nA' });
    assert.deepEqual([generated(result), result.tokens.slice(result.promptLength).filter(({ region: own }) => own === 'reasoning').map(({ text }) => text).join('').trim()], ['<think>\nR\n</think>\n\nA<|im_end|>', 'R']);
    assert.equal(generated(read(model('olmo-3-think'), { reasoning_content: '\nR', content: 'A' })), '\nR\n</think>\n\nA<|im_end|>');
  });

  it('stands behind what the prompt opens, whatever white space the file has there', () => {
    const opened = model('qwen3.5');
    for (const content of ['<think>\nR\n</think>\n\nA', '\n<think>R\n</think>\n\nA', 'R\n</think>\n\nA']) {
      const result = read(opened, { content });
      assert.deepEqual([generated(result), result.notes], ['R\n</think>\n\nA<|im_end|>', []], content);
    }
    const skipped = model('qwen3');
    for (const content of ['<think>\n\n</think>\n\nA', '<think></think>A', '\n<think> </think>\n\nA', 'A']) {
      const result = read(skipped, { content }, { enable_thinking: false });
      assert.deepEqual([generated(result), region(result, 'answer'), result.notes], ['A<|im_end|>', 'A', []], content);
    }
  });

  it('is doubtful where the prompt has the model skip it', () => {
    for (const name of ['exaone-4-without-thinking', 'qwen3-without-thinking', 'smollm3-no-think', 'command-r7b-without-thinking']) {
      const result = read(model(name), { content: name.startsWith('command') ? '<|START_THINKING|>R<|END_THINKING|><|START_RESPONSE|>A<|END_RESPONSE|>' : '<think>\nR\n</think>\n\nA' }, name.startsWith('exaone') ? undefined : { enable_thinking: false });
      assert.deepEqual([region(result, 'reasoning'), region(result, 'answer')], ['R', 'A'], name);
      assert.deepEqual(result.notes, ['The last message reasons, and the prompt that the chat template writes for this file has the model skip that; if it was asked to think, write so into the file ("chat_template_kwargs": {"enable_thinking": true}).'], name);
    }
    assert.deepEqual(read(model('exaone-4'), { reasoning_content: 'R', content: 'A' }, { enable_thinking: true }).notes!.filter((note) => !note.includes('in a field')), []);
  });

  it('is missed where the prompt opens it, but in a turn that goes on', () => {
    for (const name of ['qwen3-next-thinking', 'qwen3.5', 'olmo-3-think', 'deepseek-r1-distill']) {
      const result = read(model(name), { content: 'A' });
      assert.equal(result.notes!.length, 1, name);
      assert.match(result.notes![0], opensNote);
      assert.deepEqual([region(result, 'answer'), result.reasoning], ['A', null]);
      assert.deepEqual(read(model(name), { content: '<think>\nR' }).notes, [], `${name}, unfinished`);
      assert.deepEqual(read(model(name), { content: '' }).notes, [], `${name}, empty`);
    }
  });

  it('of gpt-oss is found where decoding left out the special tokens, and other words are not taken for it', () => {
    const gptOss = model('gpt-oss');
    const result = read(gptOss, { content: 'analysisThe user asks.assistantfinalA' });
    assert.equal(generated(result), '<|channel|>analysis<|message|>The user asks.<|end|><|start|>assistant<|channel|>final<|message|>A<|return|>');
    assert.deepEqual([region(result, 'reasoning'), region(result, 'answer')], ['The user asks.', 'A']);
    assert.equal(generated(read(gptOss, { content: 'analysis is an assistant to finality' })), '<|channel|>final<|message|>analysis is an assistant to finality<|return|>');
    assert.equal(generated(read(model('qwen3'), { content: 'analysisTassistantfinalA' })), 'analysisTassistantfinalA<|im_end|>');
  });
});

describe('a last message that was recorded with the token that ended it', () => {
  it('ends once, and a generation goes on behind it', () => {
    const tokenizer = model('qwen3');
    const text = JSON.stringify([{ role: 'user', content: 'Q' }, { role: 'assistant', content: 'A<|im_end|>' }]);
    const result = tokenizeTranscript({ name: 'a.json', text }, tokenizer);
    assert.equal(generated(result), 'A<|im_end|>');
    const [answer, end] = result.tokens.slice(-2);
    assert.deepEqual([answer.region, end.region, end.id, text.slice(end.range!.start, end.range!.end)], ['answer', 'template', tokenizer.tokenId('<|im_end|>'), '<|im_end|>']);
    const { promptIds, promptLength, insertion } = insertionFor({ name: 'a.json', text }, tokenizer);
    assert.deepEqual(promptIds.slice(promptLength), [...tokenizer.encode('A').ids, tokenizer.tokenId('<|im_end|>')]);
    assert.equal(text.slice(0, insertion.offset).endsWith('A<|im_end|>'), true);
  });

  it('ends unfinished reasoning', () => {
    const result = read(model('qwen3'), { content: '<think>\nR<|im_end|>\n' });
    assert.deepEqual([generated(result), region(result, 'reasoning'), result.answer], ['<think>\nR<|im_end|>', 'R', null]);
  });
});
