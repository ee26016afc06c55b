import assert from 'node:assert/strict';
import type { TranscriptDocument } from '../../../../src/concepts/transcript';
import { TranscriptError } from '../../../../src/engine/base/errors';
import { insertionFor } from '../../../../src/engine/prompt/insertionFor';
import { tokenizeTranscript } from '../../../../src/engine/prompt/tokenizeTranscript';
import type { Tokenizer } from '../../../../src/engine/tokenizer/tokenizer';
import { CHAT_MODELS, chatModel, type ChatModel } from '../../../support/tokenizers/chatModels';

const DATE = new Date(2024, 6, 26);

/** Writes a generation of these ids into the document, piece by piece, as the engine does. */
function generate(document: TranscriptDocument, tokenizer: Tokenizer, ids: readonly number[], ended = true): { text: string; promptIds: readonly number[]; promptLength: number } {
  const { promptIds, promptLength, insertion, encodePiece, endOfTurn, createDecoder } = insertionFor(document, tokenizer, { date: DATE });
  const decoder = createDecoder();
  const pieces = ids.map((id) => encodePiece(decoder.push(id)));
  pieces.push(encodePiece(decoder.end()), ended ? endOfTurn : '');
  const { offset, head, tail } = insertion;
  return { text: document.text.slice(0, offset) + head + pieces.join('') + tail + document.text.slice(offset), promptIds, promptLength };
}

/** The finished document must give exactly the ids that were run, and say where the generation begins. */
function assertRoundTrip(document: TranscriptDocument, tokenizer: Tokenizer, generated: string, label: string): string {
  const { ids } = tokenizer.encode(generated);
  const { text, promptIds, promptLength } = generate(document, tokenizer, ids);
  const result = tokenizeTranscript({ ...document, text }, tokenizer, { date: DATE });
  const end = result.tokens.at(-1)!.id === tokenizer.endOfTurnId ? -1 : undefined;
  assert.deepEqual(result.tokens.map(({ id }) => id).slice(0, end), [...promptIds, ...ids], `${label}: ${JSON.stringify(text)}`);
  assert.equal(result.promptLength, promptLength, label);
  return text;
}

const GENERATIONS = [
  'Paris', 'It is "Paris",\n\tC:\\x.\n', ' leading, trailing ', '\n\nTwo breaks before, three behind\n\n\n', 'naïve 漢字 𠮷 👩‍👩‍👧 שלום', '<think>\nHm, "so".\n</think>\n\nParis', '<think>\nunfinished', 'a {"b": [1]} </div> {{x}}', '',
];
const RAW: Readonly<Partial<Record<ChatModel, string>>> = {
  'tracelet': '<|im_start|>user\nQ<|im_end|>\n',
  'Qwen3': '<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\n',
  'Llama 3.2': '<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\nQ<|eot_id|>',
  'Gemma 3': '<bos><start_of_turn>user\nQ<end_of_turn>\n<start_of_turn>model\n',
  'DeepSeek-V3': '<｜begin▁of▁sentence｜><｜User｜>Q\n',
  'DeepSeek, reasoning opened': '<｜begin▁of▁sentence｜><｜User｜>Q<｜Assistant｜><think>\n',
  'Llama 2 chat': '<s>[INST] Q [/INST]',
};

describe('insertionFor', () => {
  for (const name of CHAT_MODELS) {
    it(`gives back what ${name} generated, in every format`, async () => {
      const tokenizer = await chatModel(name);
      const raw = RAW[name];
      const documents: TranscriptDocument[] = [
        { name: 'a.prompty', text: '---\nname: x\n---\nuser:\nQ\n' },
        { name: 'a.prompty', text: 'user:\nQ\n\nassistant:' },
        { name: 'a.prompty', text: 'user:\nQ\n\nassistant:\n' },
        { name: 'a.md', text: '# Title\n\nQ' },
        { name: 'a.prompt.yml', text: 'messages:\n  - role: user\n    content: Q\n' },
        { name: 'a.prompt.yml', text: 'messages:\n  - role: user\n    content: {{q}}\n  - role: assistant\n    content: ""\ntestData:\n  - q: Why?\n'.replace('{{q}}', '"{{q}}"') },
        { name: 'a.prompt', text: '---\ninput:\n  default: {q: Why?}\n---\n{{role "user"}}\n{{q}}\n' },
        { name: 'a.prompt.md', text: '# Title\n\nQ' },
        { name: 'a.json', text: JSON.stringify({ messages: [{ role: 'user', content: 'Q' }] }) },
        { name: 'a.json', text: JSON.stringify([{ role: 'user', content: 'Q' }, { role: 'assistant', content: '' }], null, 2) },
        ...(raw ? [{ name: 'a.txt', text: raw }, { name: 'a.txt', text: `${raw}\n` }] : []),
      ];
      for (const document of documents) {
        for (const generated of GENERATIONS) assertRoundTrip(document, tokenizer, generated, `${name}, ${document.name} ${JSON.stringify(document.text)}`);
      }
    });

    it(`gives back what ${name} generated where its turn had begun`, async () => {
      const tokenizer = await chatModel(name);
      for (const document of [
        { name: 'a.prompty', text: 'user:\nQ\nassistant:\nThe town is\n' },
        { name: 'a.txt', text: 'Q\nassistant:\nThe town is' },
        { name: 'a.json', text: JSON.stringify([{ role: 'user', content: 'Q' }, { role: 'assistant', content: 'The town is' }]) },
      ]) {
        const whole = tokenizer.encode('The town is Paris, France.').ids;
        const begun = tokenizer.encode('The town is').ids;
        assert.deepEqual(whole.slice(0, begun.length), begun);
        const { text, promptIds } = generate(document, tokenizer, whole.slice(begun.length));
        assert.deepEqual(promptIds.slice(-begun.length), begun);
        const result = tokenizeTranscript({ ...document, text }, tokenizer, { date: DATE });
        assert.deepEqual(result.tokens.slice(result.promptLength, -1).map(({ id }) => id), whole, JSON.stringify(text));
      }
    });
  }

  it('takes the layout of the JSON file for a new message', async () => {
    const tokenizer = await chatModel('tracelet');
    const ids = tokenizer.encode('A').ids;
    const layout = (text: string) => generate({ name: 'a.json', text }, tokenizer, ids).text;
    assert.equal(layout('{"messages":[{"role":"user","content":"Q"}]}'), '{"messages":[{"role":"user","content":"Q"},{"role":"assistant","content":"A"}]}');
    const messages = (count: number) => [{ role: 'system', content: 'S' }, { role: 'user', content: 'Q' }, { role: 'assistant', content: 'A' }].slice(3 - count - (count === 1 ? 1 : 0), 3 - (count === 1 ? 1 : 0));
    for (const indent of [2, 4, '\t']) {
      const before = JSON.stringify({ messages: [{ role: 'system', content: 'S' }, { role: 'user', content: 'Q' }] }, null, indent);
      assert.equal(layout(before), JSON.stringify({ messages: messages(3) }, null, indent));
    }
    assert.equal(layout('[\n  { "role": "user", "content": "Q" }\n]\n'), '[\n  { "role": "user", "content": "Q" },\n  { "role": "assistant", "content": "A" }\n]\n');
    assert.equal(layout('[{"conversations": [{"from": "human", "value": "Q"}]}]'), '[{"conversations": [{"from": "human", "value": "Q"}, {"from": "gpt", "value": "A"}]}]');
  });

  it('opens and closes turns of raw text in its own markers', async () => {
    const tokenizer = await chatModel('tracelet');
    const ids = tokenizer.encode('A').ids;
    const written = (text: string, ended: boolean) => generate({ name: 'a.txt', text }, tokenizer, ids, ended).text;
    assert.equal(written('<|im_start|>user\nQ<|im_end|>\n', true), '<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\nA<|im_end|>\n');
    assert.equal(written('<|im_start|>user\nQ', true), '<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\nA<|im_end|>\n');
    assert.equal(written('<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant', false), '<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\nA\n');
    assert.equal(written('<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\nB <|im_end|>\n', true), '<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\nB A<|im_end|>\n');
  });

  it('writes CRLF into CRLF documents', async () => {
    const tokenizer = await chatModel('tracelet');
    for (const document of [{ name: 'a.prompty', text: 'user:\r\nQ\r\nR\r\n' }, { name: 'a.txt', text: '<|im_start|>user\r\nQ<|im_end|>\r\n' }]) {
      const text = assertRoundTrip(document, tokenizer, '<think>\nA\n</think>\nB\n', document.name);
      assert.doesNotMatch(text, /[^\r]\n/);
    }
  });

  it('shows the reasoning tag that the template opens a turn with', async () => {
    const tokenizer = await chatModel('DeepSeek, reasoning opened');
    const ids = tokenizer.encode('R\n</think>\n\nA').ids;
    const written = (document: TranscriptDocument) => generate(document, tokenizer, ids).text;
    assert.equal(written({ name: 'a.prompty', text: 'user:\nQ\n' }), 'user:\nQ\n\nassistant:\n<think>\nR\n</think>\n\nA\n');
    assert.equal(written({ name: 'a.json', text: '[{"role":"user","content":"Q"}]' }), '[{"role":"user","content":"Q"},{"role":"assistant","content":"<think>\\nR\\n</think>\\n\\nA"}]');
    assert.equal(written({ name: 'a.txt', text: '<｜User｜>Q<｜Assistant｜><think>\n' }), '<｜User｜>Q<｜Assistant｜><think>\nR\n</think>\n\nA<｜end▁of▁sentence｜>\n');
    assert.equal(written({ name: 'a.txt', text: '<｜User｜>Q\n' }), '<｜User｜>Q<｜Assistant｜><think>\nR\n</think>\n\nA<｜end▁of▁sentence｜>\n');
  });

  it('goes on behind reasoning in a field of its own', async () => {
    const tokenizer = await chatModel('tracelet');
    const document = { name: 'a.json', text: JSON.stringify([{ role: 'user', content: 'Q' }, { role: 'assistant', reasoning_content: 'R', content: '' }]) };
    const { text } = generate(document, tokenizer, tokenizer.encode('A').ids);
    assert.deepEqual(JSON.parse(text), [{ role: 'user', content: 'Q' }, { role: 'assistant', reasoning_content: 'R', content: 'A' }]);
  });

  it('needs a content to write into', async () => {
    const tokenizer = await chatModel('tracelet');
    const document = { name: 'a.json', text: '[{"role": "user", "content": "Q"}, {"role": "assistant", "content": null}]' };
    assert.throws(() => insertionFor(document, tokenizer), (error: Error) => error instanceof TranscriptError && /holds no text to write into; write an empty text \(""\) there\.$/.test(error.message));
  });
});
