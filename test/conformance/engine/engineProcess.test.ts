import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CancelledError, EngineError } from '../../../src/engine/base/errors';
import { Engine } from '../../../src/engine/process/engine';
import { ForkedEngine, type EngineProcessState } from '../../../src/engine/process/forkedEngine';
import type { EngineProgress } from '../../../src/protocol/engine/messages';
import type { GenerateParams, TraceParams } from '../../../src/protocol/engine/requests';
import { ROOT } from '../../support/folders';

const MODEL = { modelDir: join(ROOT, 'models', 'tracelet-1m'), device: 'cpu' } as const;

function sample(name: string) {
  const path = join(ROOT, 'samples', name);
  return { name: path, text: readFileSync(path, 'utf8') };
}
const TRACE: TraceParams = { ...MODEL, document: sample('multi-hop.prompty'), target: 'answer', options: { method: 'flashtrace', hops: 1 } };
const ASK: GenerateParams = { ...MODEL, document: sample('ask-me.prompty'), options: { maxTokens: 200, temperature: 0 } };
/** At this temperature the model rambles until its context is full. */
const LONG: GenerateParams = { ...ASK, options: { maxTokens: 900, temperature: 100, seed: 1 } };

describe('engine process', () => {
  const states: EngineProcessState[] = [];
  const warnings: string[] = [];
  const client = new ForkedEngine({ onLog: (level, message) => { if (level === 'warn') warnings.push(message); }, modulePath: join(ROOT, 'dist', 'engineProcess.js'), onState: (state) => states.push(state), cancelGraceMs: 10_000 });
  after(() => client.dispose());

  it('gives what the engine in this process gives', async () => {
    const engine = new Engine(join(ROOT, 'dist'));
    try {
      const here = await engine.call('trace', TRACE);
      const there = await client.call('trace', TRACE);
      assert.deepEqual(there.scores, here.scores);
      assert.deepEqual(there.tokens, here.tokens);
      assert.deepEqual(there.thinkingRatios, here.thinkingRatios);
    } finally {
      await engine.dispose();
    }
  });

  it('runs the model once for a transcript, whatever spans, hops and methods are traced', async () => {
    const first = await client.call('trace', TRACE);
    const { start } = first.reasoning!;
    for (const change of [
      { options: { method: 'flashtrace', hops: 3 } },
      { target: { tokens: { start, end: start + 4 } } },
      { options: { method: 'ifr-span', hops: 0 } },
      { options: { method: 'ifr-tokenwise', hops: 0 } },
    ] satisfies Partial<TraceParams>[]) {
      const again = await client.call('trace', { ...TRACE, ...change });
      assert.equal(again.timings.modelRuns, 0);
      assert.ok(again.scores.some((score) => score > 0));
    }
  });

  it('refuses a run that its memory budget has no room for, says what it takes, and runs it when told to', async () => {
    const document = { ...TRACE.document, text: TRACE.document.text.replace('Facts:\n', 'Write plainly.\nFacts:\n') };
    const tight: TraceParams = { ...TRACE, document, memoryBudget: 50_000 };
    await assert.rejects(client.call('trace', tight), (error) => error instanceof EngineError && error.code === 'memory'
      && /^".*" with \d+ tokens takes [\d.]+ [kM]B of trace state and about [\d.]+ m?s to run, and the memory budget is 50 kB; raise the budget \(flashtrace\.memoryBudget, --memory-budget\) or shorten the transcript\.$/.test(error.message));
    await assert.rejects(client.call('generate', { ...ASK, memoryBudget: 50_000 }), (error) => error instanceof EngineError && error.code === 'memory');
    assert.ok((await client.call('trace', { ...tight, exceedBudget: true })).timings.modelRuns > 0);
    assert.equal((await client.call('trace', tight)).timings.modelRuns, 0, 'what is there already is not asked about');
    assert.ok((await client.call('trace', { ...TRACE, memoryBudget: 4e9 })).timings.modelRuns > 0, 'the other transcript had to go');
  });

  it('needs no run for the trace after a generation, and gets the scores of a teacher-forced run', async () => {
    const progress: EngineProgress[] = [];
    const { insertion, text, stopReason } = await client.call('generate', ASK, { onProgress: (p) => progress.push(p) });
    assert.equal(stopReason, 'stop');
    assert.equal(progress.flatMap((p) => (p.kind === 'text' ? [p.text] : [])).join(''), text);
    assert.equal(progress.findIndex(({ kind }) => kind === 'insertion') < progress.findIndex(({ kind }) => kind === 'text'), true);
    const before = ASK.document.text;
    const document = { name: 'answered.prompty', text: before.slice(0, insertion.offset) + insertion.head + text + insertion.tail + before.slice(insertion.offset) };
    const traced = await client.call('trace', { ...TRACE, document });
    assert.equal(traced.timings.modelRuns, 0);
    const engine = new Engine(join(ROOT, 'dist'));
    try {
      const forced = await engine.call('trace', { ...TRACE, document });
      assert.ok(forced.timings.modelRuns > 0);
      forced.scores.forEach((score, i) => assert.ok(Math.abs(score - traced.scores[i]) < 1e-5, `token ${i}`));
      forced.probabilities.forEach((p, i) => assert.ok(Number.isNaN(p) ? i < traced.promptLength : Math.abs(p - traced.probabilities[i]) < 1e-4, `P of token ${i}`));
    } finally {
      await engine.dispose();
    }
  });

  it('a generation that is cancelled keeps what it has', async () => {
    const controller = new AbortController();
    let text = '';
    const result = await client.call('generate', LONG, {
      signal: controller.signal,
      onProgress: (progress) => {
        if (progress.kind !== 'text') return;
        text += progress.text;
        if (text.length > 20) controller.abort();
      },
    });
    assert.equal(result.stopReason, 'cancelled');
    assert.ok(result.tokenCount > 0 && result.tokenCount < 900);
    assert.ok(result.text.startsWith(text.slice(0, 20)));
  });

  it('a trace goes on while a generation runs', async () => {
    const controller = new AbortController();
    const generation = client.call('generate', LONG, { signal: controller.signal });
    await client.call('trace', TRACE);
    controller.abort();
    assert.equal((await generation).stopReason, 'cancelled');
  });

  it('a cancelled trace ends with a cancelled error and leaves nothing behind', async () => {
    const engine = new Engine(join(ROOT, 'dist'));
    try {
      for (const phase of ['prefill', 'trace']) {
        const controller = new AbortController();
        const onProgress = (progress: EngineProgress) => {
          if (progress.kind === 'phase' && progress.phase === phase) controller.abort();
        };
        await assert.rejects(engine.call('trace', TRACE, { signal: controller.signal, onProgress }), CancelledError);
        const again = await engine.call('trace', TRACE);
        assert.equal(again.timings.modelRuns > 0, phase === 'prefill', 'a state is kept only when it is whole');
      }
      await assert.rejects(engine.call('trace', TRACE, { signal: AbortSignal.abort() }), CancelledError);
    } finally {
      await engine.dispose();
    }
  });

  it('killed in the middle of a run: one sentence, and the next call works', async () => {
    const pid = client.pid!;
    const killed = client.call('generate', LONG, {
      onProgress: (progress) => {
        if (progress.kind === 'text') process.kill(pid, 'SIGKILL');
      },
    });
    await assert.rejects(killed, (error) => error instanceof EngineError && error.code === 'crashed' && /^The engine process was ended by SIGKILL .* run the command again, it starts a new one\.$/.test(error.message));
    assert.equal(client.pid, null);
    const traced = await client.call('trace', TRACE);
    assert.ok(traced.scores.some((score) => score > 0));
    assert.notEqual(client.pid, pid);
    assert.deepEqual(states.slice(-3), ['stopped', 'starting', 'running']);
  });

  it('tells errors by their kind', async () => {
    await assert.rejects(client.call('trace', { ...TRACE, modelDir: join(ROOT, 'nowhere') }), (error) => error instanceof EngineError && error.code === 'checkpoint');
    await assert.rejects(client.call('trace', { ...TRACE, target: { start: 5, end: 5 } }), (error) => error instanceof EngineError && error.code === 'span' && error.message.startsWith('Nothing is highlighted'));
    await assert.rejects(client.call('trace', { ...TRACE, options: { method: 'flashtrace', hops: 99 } }), (error) => error instanceof EngineError && error.code === 'options');
  });

  it('drops what no client sends with a line in the log, answers a request that it cannot read, and goes on', async () => {
    warnings.length = 0;
    for (const message of [null, 'x', { type: 'cancel' }, { type: 'toString', id: 1 }, { type: 'request', id: 'x', method: 'load', params: MODEL }]) client['current']!.child.send(message as never);
    await assert.rejects(client.call('constructor' as never, MODEL as never), (error) => error instanceof EngineError && error.code === 'options');
    await assert.rejects(client.call('trace', { ...TRACE, options: { method: 'flashtrace', hops: NaN } }), (error) => error instanceof EngineError && error.code === 'options');
    assert.deepEqual(warnings, Array.from({ length: 7 }, () => 'A message to the engine has a form that no client sends and was dropped.'));
    assert.equal((await client.call('load', MODEL)).modelDir, MODEL.modelDir);
  });
});
