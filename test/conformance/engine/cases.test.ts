import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TokenizedTranscript } from '../../../src/concepts/transcript';
import { CheckpointError, EngineError } from '../../../src/engine/base/errors';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint';
import { ModelRuntime } from '../../../src/engine/model/modelRuntime';
import { tokenizeTranscript } from '../../../src/engine/prompt/tokenizeTranscript';
import { openTokenizer } from '../../../src/engine/tokenizer/openTokenizer';
import type { Tokenizer } from '../../../src/engine/tokenizer/tokenizer';
import { runTokenCase, type TokenCaseResult } from '../../../src/evaluation/tokenCases';
import { assertClose } from '../../support/assertClose';
import { DATA, DIST } from '../../support/folders';
import { realTokenizer, type RealTokenizer } from '../../support/tokenizers/realTokenizers';

const CHECKPOINTS = join(DATA, 'cases', 'checkpoints');
const TOKENIZERS = join(DATA, 'cases', 'tokenizers');
const TEMPLATES = join(DATA, 'cases', 'templates');
const TRANSCRIPTS = join(DATA, 'cases', 'transcripts');

/** case.json. */
interface Case {
  readonly about: string;
  readonly origin: string;
  /** What the sentence must say, where the folder cannot be read. */
  readonly refused?: readonly string[];
  /** The day on which templates are rendered that write one. */
  readonly date?: string;
}

/** Whether a sentence holds all these words. */
function says(error: Error, words: readonly string[]): true {
  for (const word of words) assert.ok(error.message.includes(word), `"${error.message}" does not say "${word}"`);
  return true;
}

/** The prompt is this text, tokenized as a whole. */
function assertPrompt({ tokens, promptLength }: TokenizedTranscript, right: string, tokenizer: Tokenizer): void {
  const prompt = tokens.slice(0, promptLength);
  assert.equal(prompt.map(({ text }) => text).join(''), right);
  assert.deepEqual(prompt.map(({ id }) => id), [...tokenizer.encode(right).ids]);
}

const read = (...path: string[]): unknown => JSON.parse(readFileSync(join(...path), 'utf8'));

describe('checkpoints as people have them (test/data/cases/checkpoints)', () => {
  for (const name of readdirSync(CHECKPOINTS).sort()) {
    const folder = join(CHECKPOINTS, name);
    const { about, origin, refused } = read(folder, 'case.json') as Case;

    it(`${name}: ${about}`, async () => {
      assert.ok(origin.length > 0, 'says where it comes from');
      assert.notEqual(refused === undefined, !existsSync(join(folder, 'expected.json')), 'has a right value: either numbers or words');
      if (refused) {
        await assert.rejects(openCheckpoint(folder), (error) => error instanceof CheckpointError && says(error, refused));
        return;
      }
      const { cases: [tokens] } = read(folder, 'cases.json') as { cases: readonly unknown[] };
      const right = read(folder, 'expected.json') as Pick<TokenCaseResult, 'argmax_per_position' | 'last_logits_head'>;
      const model = await ModelRuntime.load(folder, 'cpu', DIST);
      try {
        const result = await runTokenCase(model, tokens);
        assert.deepEqual(result.argmax_per_position, right.argmax_per_position);
        assertClose('last logits', result.last_logits_head, right.last_logits_head, 1e-4);
      } finally {
        await model.dispose();
      }
    });
  }
});

describe('tokenizers as people have them (test/data/cases/tokenizers)', () => {
  for (const name of readdirSync(TOKENIZERS).sort()) {
    const folder = join(TOKENIZERS, name);
    const { about, origin } = read(folder, 'case.json') as Case;

    it(`${name}: ${about}`, async () => {
      assert.ok(origin.length > 0, 'says where it comes from');
      const texts = read(folder, 'texts.json') as string[];
      const tokenizer = await openTokenizer(folder);
      const found = texts.map((text) => [text, [...tokenizer.encode(text).ids]]);
      assert.deepEqual(found, (read(folder, 'expected.json') as number[][]).map((ids, i) => [texts[i], ids]));
    });
  }
});

describe('chat templates as people have them (test/data/cases/templates)', () => {
  for (const name of readdirSync(TEMPLATES).sort()) {
    const folder = join(TEMPLATES, name);
    const { about, origin } = read(folder, 'case.json') as Case;

    it(`${name}: ${about}`, async () => {
      assert.ok(origin.length > 0, 'says where it comes from');
      const tokenizer = await openTokenizer(folder);
      const transcript = tokenizeTranscript({ name: 'transcript.json', text: readFileSync(join(folder, 'transcript.json'), 'utf8') }, tokenizer);
      assertPrompt(transcript, readFileSync(join(folder, 'expected.txt'), 'utf8'), tokenizer);
    });
  }
});

describe('transcripts as people have them (test/data/cases/transcripts)', () => {
  for (const name of readdirSync(TRANSCRIPTS).sort()) {
    const folder = join(TRANSCRIPTS, name);
    const { about, origin, date } = read(folder, 'case.json') as Case;
    const right = read(folder, 'expected.json') as Partial<Record<RealTokenizer, string | { readonly refused: readonly string[] }>>;
    const file = readdirSync(folder).find((entry) => entry.startsWith('transcript.'))!;

    for (const [model, prompt] of Object.entries(right)) {
      it(`${name}, ${model}: ${about}`, async () => {
        assert.ok(origin.length > 0, 'says where it comes from');
        const tokenizer = await realTokenizer(model as RealTokenizer);
        const tokenize = () => tokenizeTranscript({ name: file, text: readFileSync(join(folder, file), 'utf8') }, tokenizer, date === undefined ? {} : { date: new Date(`${date}T12:00:00`) });
        if (typeof prompt !== 'string') {
          assert.throws(tokenize, (error) => error instanceof EngineError && says(error, prompt.refused));
          return;
        }
        assertPrompt(tokenize(), prompt, tokenizer);
      });
    }
  }
});
