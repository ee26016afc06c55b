import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROMPT_KINDS, realPrompts } from '../../../bench/real/prompts/promptKinds';
import { has, hasOnly } from '../../../bench/real/prompts/realPrompt';
import { appendRecord, readRecords, type RealRecord } from '../../../bench/real/realRecord';
import { agreement } from '../../../bench/real/report/agreement';
import { curveArea, realReport } from '../../../bench/real/report/realReport';
import { ranks, spearman } from '../../../src/evaluation/measures/statistics';

const FOLDER = join(__dirname, '../../../docs/evaluation/real');
const committed = () => readdirSync(FOLDER).filter((name) => name.endsWith('.jsonl')).sort().map((name) => ({ model: name.replace('.jsonl', ''), records: readRecords(join(FOLDER, name)) }));

describe('Prompts for real models', () => {
  it('are of eight kinds at least, and of some more that are held out', () => {
    assert.ok(PROMPT_KINDS.filter(({ isHeldOut }) => !isHeldOut).length >= 8);
    assert.ok(PROMPT_KINDS.filter(({ isHeldOut }) => isHeldOut).length >= 3);
    assert.equal(new Set(PROMPT_KINDS.map(({ name }) => name)).size, PROMPT_KINDS.length);
  });

  it('are the same for a seed, however many are asked for, and others for another', () => {
    const texts = (count: number, seed: number) => realPrompts(count, seed).map(({ id, messages }) => [id, messages]);
    assert.deepEqual(texts(48, 5), texts(96, 5).slice(0, 48));
    assert.notDeepEqual(texts(48, 5), texts(48, 6));
  });

  it('have their evidence in their messages, and no two of a kind are the same', () => {
    const prompts = realPrompts(PROMPT_KINDS.length * 12, 2026);
    for (const { id, messages, evidence } of prompts) {
      assert.ok(evidence.length > 0, id);
      for (const sentence of evidence) assert.ok(messages.some(({ content }) => content.includes(sentence)), `${id}: ${sentence}`);
    }
    assert.equal(new Set(prompts.map(({ messages }) => JSON.stringify(messages))).size, prompts.length);
  });

  it('tell right from wrong answers', () => {
    const of = (kind: string) => realPrompts(PROMPT_KINDS.length, 2026).find((prompt) => prompt.kind.name === kind)!;
    const { evidence: [fact], isRight } = of('one fact');
    assert.ok(isRight(fact));
    assert.ok(!isRight('I do not know.'));
    assert.ok(has('In Oslo, I think', 'oslo') && !has('Osloer', 'Oslo'));
    assert.ok(hasOnly('Oslo.', 'Oslo', ['Oslo', 'Rome']) && !hasOnly('Oslo or Rome', 'Oslo', ['Oslo', 'Rome']));
  });
});

describe('Agreement of scores with what sentences are worth', () => {
  it('ranks from the least, equal ones alike', () => {
    assert.deepEqual(ranks([3, 1, 3, 2]), [2.5, 0, 2.5, 1]);
  });

  it("is Spearman's, as scipy.stats.spearmanr gives it", () => {
    assert.equal(spearman([1, 2, 3], [10, 20, 30]), 1);
    assert.equal(spearman([1, 2, 3], [3, 2, 1]), -1);
    assert.ok(Math.abs(spearman([1, 2, 2, 5], [4, 1, 3, 9]) - 0.316227766016838) < 1e-12);
    assert.equal(spearman([1, 1, 1], [1, 2, 3]), 0);
  });

  it('counts how often the first is the first, and what part of the scores it has', () => {
    const { first, shareOfFirst } = agreement([{ scores: [1, 3, 0], truth: [0, 9, 1] }, { scores: [3, 1, -4], truth: [0, 9, 1] }]);
    assert.equal(first.mean, 0.5);
    assert.equal(shareOfFirst.mean, 0.5);
  });

  it('a curve counts what is lost, and what is kept, of all that the prompt is worth', () => {
    const curve = { deletion: [-2, -10, -12], insertion: [-12, -4, -2] };
    assert.equal(curveArea(curve, 'deletion'), 0.9);
    assert.equal(curveArea(curve, 'insertion'), 0.9);
  });
});

describe('Recorded transcripts of real models', () => {
  it('a line that a run was ended in is left out, and the next one begins a line of its own', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flashtrace-records-'));
    try {
      const file = join(folder, 'a.jsonl');
      const record = { id: 'a', logProb: -1.23456789 } as RealRecord;
      appendRecord(file, record);
      appendFileSync(file, '{"id":"b","log');
      appendRecord(file, { ...record, id: 'c' });
      assert.deepEqual(readRecords(file).map(({ id, logProb }) => [id, logProb]), [['a', -1.2346], ['c', -1.2346]]);
      writeFileSync(file, '');
      appendRecord(file, record);
      assert.equal(readRecords(file).length, 1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('are what docs/evaluation/real.md was written from', async () => {
    assert.equal((await realReport(committed())).page, readFileSync(`${FOLDER}.md`, 'utf8'));
  });

  it('hold for every sentence what every way to do without it does, and every method says', () => {
    for (const { records } of committed()) {
      for (const { id, sentences, truths, scores, ids, promptLength } of records) {
        for (const values of [...Object.values(truths), ...Object.values(scores)]) assert.equal(values.length, sentences.length, id);
        assert.ok(sentences.every(({ tokens: [start, end] }) => 0 < start && start < end && end <= promptLength), id);
        assert.ok(promptLength < ids.length, id);
      }
    }
  });
});
