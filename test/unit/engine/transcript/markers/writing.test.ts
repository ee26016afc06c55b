import assert from 'node:assert/strict';
import { detectFormat, formatReader } from '../../../../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../../../../src/engine/transcript/formats/parseTranscript';
import { generateInto } from '../../../../support/transcripts/generateInto';
import { CONVERSATIONS, withTexts, type MarkedConversation } from '../../../../support/transcripts/markedConversations';
import { turnsOf } from '../../../../support/transcripts/turnsOf';

const TEXTS = { S: 'Be short.', Q: 'Where is it?', A: 'Behind the clock.', R: 'And the lamp?', B: 'In the hall.' };
const written = (text: string, pieces: readonly string[] = [TEXTS.B], ended = true) => generateInto({ name: 'a.txt', text }, pieces, ended).text;
const notes = (text: string) => parseTranscript({ name: 'a.txt', text }).notes;

/** What a marker's line break or a header is that the model writes itself, which the prompt ends before. */
const OWN: Readonly<Record<string, string>> = { 'Harmony': '<|channel|>final<|message|>', 'GLM': '\n', 'Granite 3 with settings': ' {"length": "short"}' };
/** Families of several models: without an earlier answer the text is written as the first of them has it. */
const FIRST: Readonly<Record<string, string>> = {
  'Phi-4-mini': '<|end|>\n<|assistant|>\nIn the hall.<|end|>\n', 'Zephyr': '<|end|>\n<|assistant|>\nIn the hall.<|end|>\n', 'OLMo': '<|end|>\n<|assistant|>\nIn the hall.<|end|>\n', 'Hunyuan': '<｜hy_Assistant｜>In the hall.<｜end▁of▁sentence｜>\n', 'Llama 2': ' [/INST]In the hall.</s>\n', 'OpenChat': '<|end_of_turn|>GPT4 Correct Assistant:In the hall.<|end_of_turn|>\n',
};
const NAMES: Readonly<Record<string, string>> = {
  'ChatML with names': 'ChatML', 'Kimi K2': 'Kimi', 'Granite 3 with settings': 'Granite', 'Phi-3': 'Phi, Zephyr or OLMo', 'Phi-4-mini': 'Phi, Zephyr or OLMo', 'Zephyr': 'Phi, Zephyr or OLMo', 'OLMo': 'Phi, Zephyr or OLMo', 'Llama 2': 'Llama 2 or Mistral',
};

const oneBreak = (text: string) => `${text.trimEnd()}\n`;

function withoutOwn({ family }: MarkedConversation, text: string): string {
  const at = OWN[family] === undefined ? -1 : text.lastIndexOf(OWN[family], text.lastIndexOf(TEXTS.B));
  return at < 0 ? text : text.slice(0, at) + text.slice(at + OWN[family].length);
}

describe('a generation in raw template text, to the letter', () => {
  for (const conversation of CONVERSATIONS) {
    const text = withTexts(conversation, TEXTS);
    it(`${conversation.family}: as its template writes it`, () => {
      const upTo = (asked: string) => text.slice(0, text.lastIndexOf(asked) + asked.length);
      // Where the marker stands already, nothing but the text and what closes it is written.
      assert.equal(written(text.slice(0, text.lastIndexOf(TEXTS.B))), oneBreak(text));
      // Behind an open turn: as earlier in this text.
      assert.equal(written(upTo(TEXTS.R)), oneBreak(withoutOwn(conversation, text)));
      const asked = upTo(TEXTS.Q);
      if (!conversation.words) assert.equal(written(asked), FIRST[conversation.family] ? asked + FIRST[conversation.family] : oneBreak(withoutOwn(conversation, text.slice(0, text.indexOf(TEXTS.A)) + TEXTS.B + conversation.close)));
    });

    it(`${conversation.family}: its name, where another family's markers stand before`, () => {
      const [first, before] = conversation.family === 'Gemma' ? ['ChatML', '<|im_start|>user\nQ<|im_end|>\n'] : ['Gemma', '<start_of_turn>user\nQ<end_of_turn>\n'];
      const [note] = notes(before + text)!;
      if (['OpenChat', 'Vicuna', 'StarCoder2', 'Alpaca'].includes(conversation.family)) assert.equal(note, 'a.txt ends in text behind its last closing marker, which is no one\'s turn; write a marker before it, or take it out.');
      else assert.equal(note, `a.txt holds markers of ${first} and of ${NAMES[conversation.family] ?? conversation.family}; its turns were cut at those of ${first}, and the others are part of their text: take them out if they are not meant.`);
    });
  }

  const chatml = (role: string, text: string) => `<|im_start|>${role}\n${text}<|im_end|>`;
  for (const [text, right] of [
    // Behind a closing marker: what stands between the turns is as it was earlier.
    [`${chatml('user', 'Q')}\n`, `${chatml('user', 'Q')}\n${chatml('assistant', 'X')}\n`], [chatml('user', 'Q'), `${chatml('user', 'Q')}\n${chatml('assistant', 'X')}\n`], [`${chatml('user', 'Q')}\n\n`, `${chatml('user', 'Q')}\n\n${chatml('assistant', 'X')}\n`],
    [`${chatml('user', 'Q')}${chatml('assistant', 'A')}${chatml('user', 'R')}`, `${chatml('user', 'Q')}${chatml('assistant', 'A')}${chatml('user', 'R')}${chatml('assistant', 'X')}\n`],
    [`${chatml('user', 'Q')}\n\n${chatml('assistant', 'A')}\n\n${chatml('user', 'R')}`, `${chatml('user', 'Q')}\n\n${chatml('assistant', 'A')}\n\n${chatml('user', 'R')}\n\n${chatml('assistant', 'X')}\n`], [`${chatml('user', 'Q')}\n\n${chatml('assistant', 'A')}\n\n${chatml('user', 'R')}\n`, `${chatml('user', 'Q')}\n\n${chatml('assistant', 'A')}\n\n${chatml('user', 'R')}\n\n${chatml('assistant', 'X')}\n`],
    [`${chatml('user', 'Q')}\n${chatml('assistant', 'A')}\n${chatml('user', 'R')} \n`, `${chatml('user', 'Q')}\n${chatml('assistant', 'A')}\n${chatml('user', 'R')} \n${chatml('assistant', 'X')}\n`],
    // The last exchange of the same role tells, not that of a tool.
    [`${chatml('user', 'Q')}${chatml('assistant', 'A')}${chatml('tool', 'T')}\n${chatml('assistant', 'B')}\n${chatml('user', 'R')}`, `${chatml('user', 'Q')}${chatml('assistant', 'A')}${chatml('tool', 'T')}\n${chatml('assistant', 'B')}\n${chatml('user', 'R')}${chatml('assistant', 'X')}\n`],
    [`${chatml('user', 'Q')}${chatml('user', 'R')}\n${chatml('assistant', 'A')}\n${chatml('user', 'R')}`, `${chatml('user', 'Q')}${chatml('user', 'R')}\n${chatml('assistant', 'A')}\n${chatml('user', 'R')}\n${chatml('assistant', 'X')}\n`],
    // An open turn is closed.
    ['<|im_start|>user\nQ', `${chatml('user', 'Q')}\n${chatml('assistant', 'X')}\n`], ['<|im_start|>user\nQ\n', `${chatml('user', 'Q')}\n${chatml('assistant', 'X')}\n`],
    // The assistant's turn has begun: without its line break, with it, with a text, closed.
    [`${chatml('user', 'Q')}\n<|im_start|>assistant`, `${chatml('user', 'Q')}\n${chatml('assistant', 'X')}\n`], [`${chatml('user', 'Q')}\n<|im_start|>assistant\n`, `${chatml('user', 'Q')}\n${chatml('assistant', 'X')}\n`], [`${chatml('user', 'Q')}\n<|im_start|>assistant\nSo`, `${chatml('user', 'Q')}\n${chatml('assistant', 'SoX')}\n`], [`${chatml('user', 'Q')}\n${chatml('assistant', 'So')}`, `${chatml('user', 'Q')}\n${chatml('assistant', 'SoX')}`], [`${chatml('user', 'Q')}\n${chatml('assistant', 'So')}\n`, `${chatml('user', 'Q')}\n${chatml('assistant', 'SoX')}\n`],
    // What closes it is as earlier in the text.
    ['<|user|>\nQ</s>\n<|assistant|>\nA</s>\n<|user|>\nR</s>\n', '<|user|>\nQ</s>\n<|assistant|>\nA</s>\n<|user|>\nR</s>\n<|assistant|>\nX</s>\n'], ['<|user|>\nQ<|end|>\n<|assistant|>\n', '<|user|>\nQ<|end|>\n<|assistant|>\nX<|end|>\n'], ['<|user|>Q<|end|><|assistant|>', '<|user|>Q<|end|><|assistant|>X<|end|>\n'],
  ] as const) {
    it(JSON.stringify(text), () => {
      assert.equal(written(text, ['X']), right);
      assert.equal(written(text.replaceAll('\n', '\r\n'), ['X']), text.includes('\n') ? right.replaceAll('\n', '\r\n') : right);
    });
  }

  it('is closed only where it ended', () => {
    assert.equal(written(`${chatml('user', 'Q')}\n`, ['X'], false), `${chatml('user', 'Q')}\n<|im_start|>assistant\nX\n`);
    assert.equal(written(`${chatml('user', 'Q')}\n${chatml('assistant', 'So')}\n`, ['X'], false), `${chatml('user', 'Q')}\n${chatml('assistant', 'SoX')}\n`);
  });

  it('begins with a space where encoding drops one', () => {
    const head = (text: string) => {
      const parsed = parseTranscript({ name: 'a.txt', text });
      return [true, false].map((insertsLeadingSpace) => formatReader(parsed.format).insertion({ name: 'a.txt', text }, parsed, { insertsLeadingSpace }).point.head);
    };
    assert.deepEqual(head('[INST] Q [/INST]'), [' ', '']);
    assert.deepEqual(head('[INST] <<SYS>>\nS\n<</SYS>>\n\nQ'), [' [/INST] ', ' [/INST]']);
    assert.deepEqual(head('[INST] Q [/INST] So'), ['', '']);
    assert.deepEqual(head(`${chatml('user', 'Q')}\n<|im_start|>assistant`), ['\n ', '\n']);
  });
});

describe('roles in markers', () => {
  for (const [name, role] of [['system', 'system'], ['available_tools', 'system'], ['documents', 'system'], ['document', 'system'], ['tool_declare', 'system'], ['developer', 'developer'], ['user', 'user'], ['human', 'user'], ['query', 'user'], ['assistant', 'assistant'], ['model', 'assistant'], ['ai', 'assistant'], ['bot', 'assistant'], ['User', 'user'],
    ['tool', 'tool'], ['ipython', 'tool'], ['observation', 'tool'], ['tool_response', 'tool'], ['tool_result', 'tool'], ['environment', 'tool'], ['function', 'tool'], ['weather', 'tool']] as const) {
    it(name, () => { assert.equal(turnsOf({ name: 'a.txt', text: `<|im_start|>user\nQ<|im_end|>\n<|im_start|>${name}\nx<|im_end|>\n<|im_start|>user\nR<|im_end|>\n` })[2], role); });
  }

  it('tokens that stand around turns are no one\'s text', () => {
    for (const token of ['<s>', '</s>', '<bos>', '</bos>', '<BOS_TOKEN>', '[gMASK]', '<sop>', ']~!b[', '<SPECIAL_12>', '<SPECIAL_7>', '<|endoftext|>', '<｜begin▁of▁sentence｜>', ' \n']) {
      assert.deepEqual(turnsOf({ name: 'a.txt', text: `${token}${token}<|im_start|>user\nQ<|im_end|>${token}<|im_start|>assistant\nA<|im_end|>${token}` }), ['user', '  text:Q', 'assistant', '  text:A'], token);
    }
    for (const text of ['<x>', '<|a b\nc|>', '[MASK]', '<SPECIAL_>']) assert.deepEqual(turnsOf({ name: 'a.txt', text: `${text}<|im_start|>user\nQ<|im_end|>` })[0], 'system', text);
  });
});

describe('reasoning between a family\'s own tags', () => {
  for (const [text, lines] of [
    ['<seed:bos>user\nQ<seed:eos><seed:bos>assistant\n<seed:think>R</seed:think>A<seed:eos>', ['reasoning:R', 'text:A']], ['<|user_start|>Q<|user_end|><|assistant_start|><|inner_prefix|>R<|inner_suffix|>A<|assistant_end|>', ['reasoning:R', 'text:A']],
    ['<｜hy_User｜>Q<｜hy_Assistant｜><think>\nR\n</think>\n<answer>\nA\n</answer>', ['reasoning:R', 'text:A']], ['<｜hy_User｜>Q<｜hy_Assistant｜><think:opensource>R</think:opensource>A<｜hy_eos:x｜>', ['reasoning:R', 'text:A']], ['<｜hy_User:opensource｜>Q<｜hy_place▁holder▁no▁2:opensource｜><｜hy_Assistant:opensource｜>A<｜hy_eos:opensource｜>', ['text:A']],
    ['<|START_OF_TURN_TOKEN|><|USER_TOKEN|>Q<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|><|START_THINKING|>R<|END_THINKING|><|START_TEXT|>A<|END_TEXT|><|END_OF_TURN_TOKEN|>', ['reasoning:R', 'text:A']], ['<start_of_turn>user\nQ<end_of_turn>\n<start_of_turn>model\n<think>R</think>A<end_of_turn>', ['reasoning:R', 'text:A']],
  ] as const) {
    it(text, () => { assert.deepEqual(turnsOf({ name: 'a.txt', text }), ['user', '  text:Q', 'assistant', ...lines.map((line) => `  ${line}`)]); });
  }

  it('markers count where their family\'s needs are met', () => {
    for (const text of ['<role>HUMAN</role>Q<role>ASSISTANT</role>A', '<role>USER</role>Q<|role_end|><role>ASSISTANT</role>A<|role_end|>']) assert.deepEqual(turnsOf({ name: 'a.txt', text }), ['user', '  text:Q', 'assistant', '  text:A'], text);
    for (const text of ['<role>USER</role>Q<role>ASSISTANT</role>A', 'Write [INST] here.', 'GPT4 Correct User: Q', '<|bar|>Q']) assert.equal(detectFormat({ name: 'a.txt', text }), 'plain', text);
    assert.deepEqual(notes('<|user|>\nQ<|assistant|>\nA<|observation|>\n1<start_of_turn>user\n'), ['a.txt holds markers of GLM and of Gemma; its turns were cut at those of GLM, and the others are part of their text: take them out if they are not meant.']);
    assert.deepEqual(notes('<sop><|user|>\nQ<start_of_turn>user\n')![0].slice(0, 44), 'a.txt holds markers of GLM and of Gemma; its');
  });
});
