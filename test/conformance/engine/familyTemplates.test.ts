import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { TokenizedTranscript, TranscriptDocument } from '../../../src/concepts/transcript';
import { TemplateError } from '../../../src/engine/base/errors';
import { insertionFor, type GenerationStart } from '../../../src/engine/prompt/insertionFor';
import { openedBy } from '../../../src/engine/prompt/openedReasoning';
import { tokenizeTranscript } from '../../../src/engine/prompt/tokenizeTranscript';
import type { Tokenizer } from '../../../src/engine/tokenizer/tokenizer';
import { familyCases, familyTokenizer, type FamilyCase } from '../../support/tokenizers/familyCases';

const DATE = new Date(2026, 6, 4, 12);

/** Documents that hold the same conversation, each in another way that people have it. */
function documentsOf({ messages, variables, generation, end, reasoning, answer, fields, expected: { prompt } }: FamilyCase): Record<string, TranscriptDocument> {
  const chat = (answered: object): TranscriptDocument => ({ name: 'chat.json', text: JSON.stringify({ messages: [...messages, { role: 'assistant', ...answered }], ...(variables && { chat_template_kwargs: variables }) }) });
  const opened = openedBy(prompt)?.text;
  return {
    'the literal text': chat({ content: generation }),
    'the literal text with the token that ended it': chat({ content: generation + end }),
    ...(opened !== undefined && { 'the literal text with what the prompt opens': chat({ content: opened + generation }) }),
    ...(fields !== false && Object.fromEntries((reasoning === null ? ['reasoning_content'] : ['reasoning_content', 'thinking', 'reasoning']).map((name) => [`a field ${name}`, chat({ content: answer, ...(reasoning !== null && { [name]: reasoning }) })]))),
    ...(fields !== false && reasoning !== null && { 'parts of a content': chat({ content: [{ type: 'thinking', thinking: reasoning }, { type: 'text', text: answer }] }) }),
    ...(generation.includes('<|channel|>analysis') && { 'the text without special tokens': chat({ content: generation.replace(/<\|\w+\|>/g, '') }) }),
    'raw template text': { name: 'chat.txt', text: `${prompt}${generation}${end}\n` },
  };
}

/** The tokens that cover characters `[from, to)` of the generation. */
function covering({ tokens, promptLength }: TokenizedTranscript, range: readonly [number, number] | null, behind: number): { start: number; end: number } | null {
  if (!range) return null;
  let at = behind;
  const over = tokens.flatMap(({ text }, index) => {
    if (index < promptLength) return [];
    const start = at;
    at += text.length;
    return start < range[1] && at > range[0] ? [index] : [];
  });
  return { start: over[0], end: over[over.length - 1] + 1 };
}

/** @param hidden characters of the generation that this reading counts to the prompt */
function assertSame(result: TokenizedTranscript, { expected }: FamilyCase, document: TranscriptDocument, hidden = 0): void {
  const texts = result.tokens.map(({ text }) => text).join('');
  assert.equal(texts, expected.prompt + expected.generation.join(''), 'the text that the model sees');
  const generation = result.tokens.slice(result.promptLength);
  if (hidden === 0) {
    const ids = result.tokens.slice(0, result.promptLength).map(({ id }) => id);
    assert.deepEqual([ids.length, createHash('sha256').update(ids.join()).digest('hex')], expected.promptIds, 'the ids of the prompt');
    assert.deepEqual(generation.map(({ text }) => text), expected.generation, 'the tokens of the generation');
  }
  assert.deepEqual(result.reasoning, covering(result, expected.reasoning, hidden), 'the reasoning');
  assert.deepEqual(result.answer, covering(result, expected.answer, hidden), 'the answer');
  for (const { region, range, text, kind } of generation) {
    if (region === 'template' || kind === 'stop') continue;
    assert.ok(range, `${JSON.stringify(text)} of the ${region} stands in the document`);
    const shown = document.text.slice(range.start, range.end);
    assert.ok(text.includes(document.name.endsWith('.json') ? JSON.parse(`"${shown}"`) as string : shown), `${JSON.stringify(text)} stands where ${JSON.stringify(shown)} does`);
  }
}

/** What insertionFor runs before the first token, for a chat whose last message the model goes on with from `begun`. */
function started({ messages, variables }: FamilyCase, tokenizer: Tokenizer, begun: string | null): { readonly start: GenerationStart; readonly document: TranscriptDocument } {
  const all = begun === null ? messages : [...messages, { role: 'assistant', content: begun }];
  const document = { name: 'chat.json', text: JSON.stringify({ messages: all, ...(variables && { chat_template_kwargs: variables }) }) };
  return { document, start: insertionFor(document, tokenizer, { date: DATE }) };
}

describe('generations of families of chat templates, in a chat', () => {
  for (const family of familyCases().filter(({ refused }) => !refused)) {
    it(`${family.name}: what is generated reads as the ids that were run, and goes on where it was cut off`, () => {
      const tokenizer = familyTokenizer(family);
      const { generation, expected, reasoning, answer } = family;
      const prompt = tokenizer.encode(expected.prompt).ids;
      const { document, start } = started(family, tokenizer, null);
      assert.deepEqual([start.promptIds, start.promptLength], [prompt, prompt.length]);
      const { offset, head, tail } = start.insertion;
      const text = document.text.slice(0, offset) + head + start.encodePiece(generation) + start.endOfTurn + tail + document.text.slice(offset);
      const { tokens, promptLength } = tokenizeTranscript({ ...document, text }, tokenizer, { date: DATE });
      assert.equal(promptLength, prompt.length);
      assert.deepEqual(tokens.slice(promptLength).map((token) => token.text), expected.generation);
      for (const cut of [...(reasoning === null ? [] : [generation.indexOf(reasoning) + 6]), generation.indexOf(answer) + 6]) {
        const begun = generation.slice(0, cut);
        assert.deepEqual(started(family, tokenizer, begun).start.promptIds, [...prompt, ...tokenizer.encode(begun).ids], begun);
      }
    });
  }
});

describe('families of chat templates: prompt, reasoning and answer, as transformers 5.24 renders them (test/data/cases/families)', () => {
  for (const family of familyCases()) {
    it(`${family.name}: ${family.about}`, () => {
      assert.ok(family.origin.length > 0 && family.licence.length > 0, 'says where it comes from');
      const tokenizer = familyTokenizer(family);
      if (family.refused) {
        const text = JSON.stringify({ messages: [...family.messages, { role: 'assistant', content: 'A' }] });
        assert.throws(() => tokenizeTranscript({ name: 'chat.json', text }, tokenizer, { date: DATE }), (error: Error) => error instanceof TemplateError && family.refused!.every((words) => error.message.includes(words)));
        return;
      }
      for (const [form, document] of Object.entries(documentsOf(family))) {
        const result = tokenizeTranscript(document, tokenizer, { date: DATE });
        try {
          const hidden = document.name === 'chat.txt' ? result.tokens.slice(0, result.promptLength).map(({ text }) => text).join('').length - family.expected.prompt.length : 0;
          assertSame(result, family, document, hidden);
          const notes = result.notes!.join('\n');
          for (const words of document.name === 'chat.json' ? family.notes ?? [] : []) assert.ok(notes.includes(words), `notes say ${words}`);
        } catch (error) {
          throw new Error(`${form}: ${(error as Error).message}`, { cause: error });
        }
      }
    });
  }
});
