import assert from 'node:assert/strict';
import { runProgress } from '../../../../src/host/runs/runProgress';
import type { EngineProgress } from '../../../../src/protocol/engine/messages';

const phase = (name: Extract<EngineProgress, { kind: 'phase' }>['phase'], done: number, total: number) => runProgress({ kind: 'phase', phase: name, done, total });

describe('progress of a run', () => {
  it('never goes back over the phases of a trace, cuts, a generation or a verification', () => {
    for (const phases of [['load', 'prefill', 'trace'], ['load', 'prefill', 'cut'], ['load', 'prefill', 'generate'], ['load', 'prefill', 'verify']] as const) {
      const fractions = phases.flatMap((name) => [0, 50, 100].map((done) => phase(name, done, 100)!.fraction!));
      assert.deepEqual(fractions, [...fractions].sort((a, b) => a - b));
      assert.equal(fractions[0], 0);
      assert.equal(fractions.at(-1), 1);
    }
  });

  it('says what is going on in words and counts', () => {
    assert.equal(phase('prefill', 512, 2048)!.message, 'Running the model: 512 of 2,048 tokens');
    assert.equal(phase('cut', 128, 460)!.message, 'Hiding passages: 128 of 460 tokens');
    assert.equal(phase('verify', 410, 1260)!.message, 'Verifying the sources: 410 of 1,260 tokens');
    assert.equal(phase('load', 0, 0)!.fraction, 0);
    const long = (ms: number) => runProgress({ kind: 'phase', phase: 'prefill', done: 512, total: 8192, left: { ms, bytes: 2.1e9 } })!.message;
    assert.equal(long(75_000), 'Running the model: 512 of 8,192 tokens, about 1 min 15 s left, 2.1 GB');
    assert.equal(long(900), 'Running the model: 512 of 8,192 tokens');
  });

  it('has nothing to say about text', () => {
    assert.equal(runProgress({ kind: 'text', text: 'a', said: 'a' }), null);
  });
});
