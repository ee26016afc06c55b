import assert from 'node:assert/strict';
import { conversationsIn } from '../../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../../src/engine/transcript/formats/parseTranscript';
import { insertionFor } from '../../../src/engine/prompt/insertionFor';
import { tokenizeTranscript } from '../../../src/engine/prompt/tokenizeTranscript';
import { embeddedTokenizer } from '../../support/tokenizers/realTokenizers';
import { FORMAT_FILES } from '../../support/transcripts/formatFiles';
import { generateInto } from '../../support/transcripts/generateInto';
import { refusedOrDone, textOf, type FuzzTarget } from './target';

const WORDS = [
  '"role"', '"content"', '"messages"', '"parts"', '"tool_calls"', '"type":"text"', '<|im_start|>', '<|im_end|>\n', '<|start_header_id|>', '<think>', '</think>', '[INST]', '[/INST]', '<start_of_turn>', '\nuser:\n', '\nassistant:\n', '\nsystem[x]:\n',
  'User: ', '---\n', 'messages:\n  - role: user\n    content: |\n', '{{role "user"}}', '{{#each a}}', '{{/each}}', '{{x}}', '{% for a in b %}', '&a [*a, *a]', '<<: *a', '!!js/function', '"\\ud800"', '\r\n', '\u2028', '\ufeff', 'Received request chatcmpl-1: prompt: \'', '\\N{BULLET}',
];

/** The name in the first line, the text behind it. */
function documentOf(input: Uint8Array): { name: string; text: string } {
  const all = textOf(input);
  const end = all.indexOf('\n');
  return end < 0 ? { name: 'a.txt', text: all } : { name: all.slice(0, end).slice(0, 100), text: all.slice(end + 1) };
}

const seeds = (): string[] => FORMAT_FILES.map(({ name, text }) => `${name}\n${text}`);

/** A transcript of any format: parts stand in their order inside the document, and a generation into it is read again. */
export const transcript: FuzzTarget = {
  name: 'transcript',
  cases: 17_000,
  seeds,
  words: WORDS,
  run: async (input) => {
    const document = documentOf(input);
    await refusedOrDone(() => conversationsIn(document));
    const parsed = await refusedOrDone(() => parseTranscript(document));
    for (const { parts } of parsed?.turns ?? []) {
      for (const { range, text, offsets } of parts) {
        assert.ok(range.start >= 0 && range.start <= range.end && range.end <= document.text.length, 'a part lies in the document');
        if (offsets) assert.equal(offsets.length, text.length + 1);
      }
    }
    if (parsed) await refusedOrDone(() => parseTranscript(generateInto(document, ['A "b"\n', ' c'])));
  },
};

/** The same through the included model's template and tokenizer: every token has its place. */
export const prompt: FuzzTarget = {
  name: 'prompt',
  cases: 3_000,
  seeds,
  words: WORDS,
  run: async (input) => {
    const document = documentOf(input);
    const tokenizer = await embeddedTokenizer();
    const read = await refusedOrDone(() => tokenizeTranscript(document, tokenizer, { date: new Date(0), contextLength: 100_000 }));
    for (const { range } of read?.tokens ?? []) if (range) assert.ok(range.start >= 0 && range.start <= range.end && range.end <= document.text.length, 'a token lies in the document');
    await refusedOrDone(() => insertionFor(document, tokenizer, { date: new Date(0), contextLength: 100_000 }));
  },
};
