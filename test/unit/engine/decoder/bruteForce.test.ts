import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Oracle } from '../../../support/bruteForce';
import { DATA } from '../../../support/folders';

const DIR = join(DATA, 'families');

/** Recorded checkpoints that Llama's decoder with norms of q and k, biases, windows and RoPE by layer is enough for. */
const ENOUGH = ['mistral-nemo', 'phi3', 'qwen2.5-vl', 'qwen3-vl', 'seed-oss', 'smollm3'];

interface Sequence {
  readonly input_ids: readonly number[];
  readonly last_logits: readonly number[];
}

describe('the brute force that tests compare with', () => {
  for (const family of readdirSync(DIR, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []))) {
    if (!ENOUGH.includes(family)) {
      it(`is none of ${family}, and says so`, () => assert.rejects(Oracle.open(join(DIR, family)), /^Error: The brute force computes Llama's decoder alone, and a \w+ model here has another "\w+": /));
      continue;
    }
    it(`gives the logits that transformers gives: ${family}`, async () => {
      const oracle = await Oracle.open(join(DIR, family));
      const { sequences: [{ input_ids: ids, last_logits: wanted }] } = JSON.parse(readFileSync(join(DIR, family, 'cases.json'), 'utf8')) as { sequences: Sequence[] };
      const { lastLogits } = oracle.forward(ids);
      wanted.forEach((logit, i) => { assert.ok(Math.abs(lastLogits[i] - logit) <= 2e-4, `logit ${i}: ${lastLogits[i]} where ${logit} is wanted`); });
    });
  }
});
