import assert from 'node:assert/strict';
import type { TranscriptDocument } from '../../../../../../src/concepts/transcript';
import { insertionFor } from '../../../../../../src/engine/prompt/insertionFor';
import { tokenizeTranscript } from '../../../../../../src/engine/prompt/tokenizeTranscript';
import { generated, jsonDocument } from '../../../../../support/jsonTurns';
import { realTokenizer } from '../../../../../support/tokenizers/realTokenizers';
import { OPEN, SAMPLES } from './samples';

const DATE = new Date(2026, 10, 26);

/** What the document says where the tokens of `text` in the prompt stand. */
async function standing(document: TranscriptDocument, text: string): Promise<string> {
  const { tokens, promptLength } = tokenizeTranscript(document, await realTokenizer('Qwen2.5'), { date: DATE });
  const starts: number[] = [];
  let prompt = '';
  for (const token of tokens.slice(0, promptLength)) {
    starts.push(prompt.length);
    prompt += token.text;
  }
  const at = prompt.lastIndexOf(text);
  assert.ok(at >= 0, `${text} is not in ${prompt}`);
  const ranges = tokens.filter((_, index) => starts[index] + tokens[index].text.length > at && starts[index] < at + text.length).flatMap(({ range }) => range ?? []);
  return document.text.slice(Math.min(...ranges.map(({ start }) => start)), Math.max(...ranges.map(({ end }) => end)));
}

describe('conversations of APIs in a chat template (Qwen2.5)', () => {
  for (const [what, value] of Object.entries(SAMPLES)) {
    it(`${what}: calls and results reach it, each with its place`, async () => {
      const document = jsonDocument(value, 1);
      const { tokens, promptLength, answer } = tokenizeTranscript(document, await realTokenizer('Qwen2.5'), { date: DATE });
      const prompt = tokens.slice(0, promptLength).map(({ text }) => text).join('');
      assert.match(prompt, /<tools>\n\{"type": "function", "function": \{"name": "stock_level"/);
      assert.match(prompt, /<tool_call>\n\{"name": "stock_level", "arguments": \{"item": "desk lamp"/);
      assert.match(prompt, /<tool_call>\n\{"name": "orders", "arguments": \{\}\}\n<\/tool_call><\|im_end\|>/);
      assert.match(prompt, /<\|im_start\|>assistant\n$/);
      assert.match(await standing(document, 'desk lamp"'), /^ ?desk lamp/);
      assert.match(await standing(document, 'wall lamp"}'), /wall lamp/);
      const generation = tokens.slice(answer!.start, answer!.end);
      assert.match(generation.map(({ text }) => text).join(''), /^Seven desk lamps/);
      assert.ok(generation.every(({ range }) => range !== null));
    });
  }

  it('an object that a function answers is text of the prompt, character by character', async () => {
    const document = jsonDocument(SAMPLES.gemini, 1);
    assert.match(await standing(document, '{"left":7'), /^\{\s+"left": 7$/);
    assert.match(await standing(document, 'shelves":[1,2.5]'), /^,?\s*"?shelves": \[\s+1,\s+2\.5\s+\]/);
  });

  for (const [what, value] of Object.entries(OPEN)) {
    it(`what is generated into ${what} reads as the ids that were run`, async () => {
      const tokenizer = await realTokenizer('Qwen2.5');
      const document = jsonDocument(value, 2);
      const text = 'It is "seven",\n\tC:\\ 💡.';
      const { promptIds, promptLength } = insertionFor(document, tokenizer, { date: DATE });
      const result = tokenizeTranscript({ ...document, text: generated(document, text) }, tokenizer, { date: DATE });
      assert.deepEqual(result.tokens.slice(0, -1).map(({ id }) => id), [...promptIds, ...tokenizer.encode(text).ids]);
      assert.equal(result.promptLength, promptLength);
    });
  }
});
