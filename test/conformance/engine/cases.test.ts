import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointError } from '../../../src/engine/base/errors';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint';
import { ModelRuntime } from '../../../src/engine/model/modelRuntime';
import { openTokenizer } from '../../../src/engine/tokenizer/openTokenizer';
import { runTokenCase, type TokenCaseResult } from '../../../src/evaluation/tokenCases';
import { assertClose } from '../../support/assertClose';
import { DATA, DIST } from '../../support/folders';

const CHECKPOINTS = join(DATA, 'cases', 'checkpoints');
const TOKENIZERS = join(DATA, 'cases', 'tokenizers');

/** case.json. */
interface Case {
  readonly about: string;
  readonly origin: string;
  /** What the sentence must say, where the folder cannot be read. */
  readonly refused?: readonly string[];
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
        await assert.rejects(openCheckpoint(folder), (error) => {
          assert.ok(error instanceof CheckpointError);
          for (const words of refused) assert.ok(error.message.includes(words), `"${error.message}" does not say "${words}"`);
          return true;
        });
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
