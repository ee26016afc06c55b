import assert from 'node:assert/strict';
import { estimateNote } from '../../../src/cli/estimateNote';
import type { EngineProgress } from '../../../src/protocol/engine/messages';

const phase = (name: Extract<EngineProgress, { kind: 'phase' }>['phase'], done: number, ms?: number): EngineProgress => ({ kind: 'phase', phase: name, done, total: 12_000, ...(ms !== undefined && { left: { ms, bytes: 2.1e9 } }) });

describe('the note before a long run', () => {
  it('comes once for the run and once for the verification, when the estimate is there', () => {
    const notes: string[] = [];
    const report = estimateNote((text) => notes.push(text));
    for (const progress of [phase('load', 0), phase('prefill', 0), phase('prefill', 32, 75_000), phase('prefill', 512, 70_000), phase('trace', 1, 9000), phase('verify', 0, 300_000), phase('verify', 90, 290_000)]) report(progress);
    assert.deepEqual(notes, [
      'Running the model over 12,000 tokens: about 1 min 15 s, 2.1 GB of trace state.',
      'Verifying the sources runs the model over 12,000 tokens: about 5 min 0 s, 2.1 GB of trace state.',
    ]);
  });

  it('does not come before a short one', () => {
    const notes: string[] = [];
    const report = estimateNote((text) => notes.push(text));
    report(phase('prefill', 32, 900));
    report(phase('verify', 32, 900));
    assert.deepEqual(notes, []);
  });
});
