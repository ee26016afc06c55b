import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TRACE_METHODS } from '../../../src/concepts/method';
import type { TraceResult } from '../../../src/concepts/traceResult';
import { DEFAULT_VERIFY_OPTIONS, type Verification } from '../../../src/concepts/trials/verification';
import { CancelledError, EngineCrashedError } from '../../../src/engine/base/errors';
import { mulberry32 } from '../../../src/engine/base/random';
import { Engine } from '../../../src/engine/process/engine';
import { ForkedEngine } from '../../../src/engine/process/forkedEngine';
import type { EngineProgress } from '../../../src/protocol/engine/messages';
import type { TraceParams } from '../../../src/protocol/engine/requests';
import { longTranscript } from '../../integration/support/longTranscript';
import { DIST, ROOT } from '../../support/folders';
import { longContextModel } from '../../support/longContextModel';
import { faultAt, isAlive } from '../../support/processes/engineProcesses';
import { temporaryFolder } from '../../support/temporaryFolder';

/** Counts the phases' messages: what a cancel must not let go on. */
function counting(): { readonly phases: string[]; readonly onProgress: (progress: EngineProgress) => void } {
  const phases: string[] = [];
  return { phases, onProgress: (progress) => { if (progress.kind === 'phase') phases.push(progress.phase); } };
}

describe('cancelling a request of a long transcript', () => {
  const folder = temporaryFolder();
  let models: readonly string[];
  let long: TraceParams;
  /** By method, of an engine that nothing was cancelled in. */
  const wanted = new Map<string, TraceResult>();
  let verified: Verification;
  let engine: ForkedEngine;

  before(async () => {
    models = ['a', 'b'].map((name) => {
      mkdirSync(join(folder(), name));
      return longContextModel(join(folder(), name));
    });
    const { text } = await longTranscript(models[0], { prompt: 800, reasoning: 300, answer: 60 });
    long = { modelDir: models[0], device: 'cpu', document: { name: 'long.prompty', text }, target: 'answer', options: { method: 'flashtrace', hops: 1 } };
    const fresh = new Engine(DIST);
    await fresh.call('trace', warmUp());
    for (const method of TRACE_METHODS) wanted.set(method, await fresh.call('trace', tracing(method)));
    verified = await fresh.call('verify', { ...tracing('logit-flow'), verify: DEFAULT_VERIFY_OPTIONS });
    await fresh.dispose();
    engine = new ForkedEngine({ modulePath: join(DIST, 'engineProcess.js') });
  });
  after(() => engine?.dispose());

  function tracing(method: TraceParams['options']['method']): TraceParams {
    return { ...long, options: { method, hops: method.startsWith('ifr') ? 0 : 2 } };
  }

  /** A model's first run begins with a few rows, to time them: rows in other chunks are rounded otherwise. */
  function warmUp(): TraceParams {
    return { ...long, document: { name: 'short.prompty', text: readFileSync(join(ROOT, 'samples', 'multi-hop.prompty'), 'utf8') } };
  }

  /** Lets go of everything that has been run of the document. */
  async function forget(): Promise<void> {
    await engine.call('load', { modelDir: models[1], device: 'cpu' });
    await engine.call('trace', warmUp()); // by the first model again
  }

  /** @param tolerance of scores; 0 where rows have been run in the same chunks */
  function same(found: TraceResult, method: string, tolerance = 0): void {
    const { scores, against, probabilities, matrix } = wanted.get(method)!;
    const close = (a: ArrayLike<number> | undefined, b: ArrayLike<number> | undefined, most: number, what: string) => {
      assert.equal(a?.length, b?.length, what);
      for (let i = 0; i < (a?.length ?? 0); i++) assert.ok(Math.abs(a![i] - b![i]) <= most || (Number.isNaN(a![i]) && Number.isNaN(b![i])), `${method}: ${what} of ${i}: ${a![i]}, ${b![i]}`);
    };
    close(found.scores, scores, tolerance, 'score');
    close(found.against, against, tolerance, 'opposition');
    close(found.probabilities, probabilities, 10 * tolerance, 'probability');
    found.matrix?.forEach((row, i) => { close(row, matrix![i], tolerance, `row ${i}`); });
  }

  /** Cancels when the stage has reported `reports` times. */
  function cancelAt(stage: string, reports: number) {
    const controller = new AbortController();
    let left = reports;
    const onProgress = (progress: EngineProgress) => {
      if (progress.kind === 'phase' && progress.phase === stage && --left === 0) controller.abort();
    };
    return { signal: controller.signal, onProgress };
  }

  for (const method of TRACE_METHODS) {
    it(`${method}: wherever it is cancelled, the next trace is that of a fresh engine`, async () => {
      const random = mulberry32(method.length);
      for (const stage of ['prefill', method === 'cut' ? 'cut' : 'trace']) {
        await forget();
        const all = counting();
        await engine.call('trace', tracing(method), all);
        const reports = all.phases.filter((phase) => phase === stage).length;
        assert.ok(reports > 1, `${stage} can be left at ${reports} places`);
        await forget();
        for (let i = 0; i < 3; i++) {
          const options = cancelAt(stage, 1 + Math.floor(random() * reports));
          // What is cancelled with its last report may be over before the cancel has come.
          await engine.call('trace', tracing(method), options).catch((error: unknown) => { assert.ok(error instanceof CancelledError, String(error)); });
          assert.equal(getEventListeners(options.signal, 'abort').length, 0);
        }
        // Attention that is kept in the pauses is summed up in other blocks than attention that is computed.
        same(await engine.call('trace', tracing(method)), method, method === 'cut' ? 1e-4 : method === 'logit-flow' ? 0 : 1e-8); // cuts that are known already leave others to be run together
      }
    });
  }

  it('verify: the next one finds the same', async () => {
    const params = { ...tracing('logit-flow'), verify: DEFAULT_VERIFY_OPTIONS };
    await forget();
    for (const reports of [1, 3, 9]) await assert.rejects(engine.call('verify', params, cancelAt('verify', reports)), CancelledError);
    const again = await engine.call('verify', params);
    assert.deepEqual(again.sources.map(({ text, verdict }) => [text, verdict]), verified.sources.map(({ text, verdict }) => [text, verdict]));
    again.sources.forEach(({ logProbDrop }, i) => assert.equal(logProbDrop, verified.sources[i].logProbDrop));
    same(await engine.call('trace', tracing('logit-flow')), 'logit-flow');
  });

  it('alternatives: cancelled in the prefill, the next ones are the same', async () => {
    const wanted = await engine.call('alternatives', long);
    await forget();
    await assert.rejects(engine.call('alternatives', long, cancelAt('prefill', 2)), CancelledError);
    const again = await engine.call('alternatives', long);
    assert.deepEqual(again.others.map(({ id }) => id), wanted.others.map(({ id }) => id));
  });

  it('a load: over at once, and the model goes on loading for whoever asks next', async () => {
    await engine.call('load', { modelDir: models[1], device: 'cpu' });
    await assert.rejects(engine.call('load', { modelDir: models[0], device: 'cpu' }, cancelAt('load', 1)), CancelledError);
    const again = counting();
    same(await engine.call('trace', tracing('flashtrace'), again), 'flashtrace', 1e-6);
    assert.ok(again.phases.includes('prefill'));
    // The other way round: what was cancelled is not wanted any more.
    await assert.rejects(engine.call('load', { modelDir: models[1], device: 'cpu' }, cancelAt('load', 1)), CancelledError);
    same(await engine.call('trace', tracing('ifr-span')), 'ifr-span', 1e-6);
  });

  it('a cancelled load does not wait for the model', async () => {
    const here = new Engine(DIST);
    const controller = new AbortController();
    let loaded = false;
    const other = here.call('load', { modelDir: models[0], device: 'cpu' }).then(() => { loaded = true; });
    const cancelled = here.call('load', { modelDir: models[0], device: 'cpu' }, { signal: controller.signal });
    controller.abort();
    await assert.rejects(cancelled, CancelledError);
    assert.equal(loaded, false);
    await other;
    await here.dispose();
  });

  it('one that waits for another document\'s run does not wait for it once cancelled', async () => {
    await forget();
    const ahead = counting();
    const first = engine.call('trace', tracing('ifr-span'), ahead);
    const text = long.document.text.replace('Facts:', 'Other facts:');
    const controller = new AbortController();
    const second = engine.call('trace', { ...long, document: { name: 'other.prompty', text } }, { signal: controller.signal });
    const over = assert.rejects(second, CancelledError).then(() => ahead.phases.includes('trace'));
    controller.abort();
    assert.equal(await over, false, 'the first is still running the model');
    same(await first, 'ifr-span', 1e-6);
  });

  it('a generation: what came is kept, and nothing comes after', async () => {
    const document = { name: 'ask.prompty', text: long.document.text.replace(/assistant:[^]*/, '') };
    const after: string[] = [];
    let over = false;
    const options = cancelAt('generate', 5);
    const result = await engine.call('generate', { ...long, document, options: { maxTokens: 400, temperature: 100, seed: 1 } }, {
      signal: options.signal,
      onProgress: (progress) => {
        options.onProgress(progress);
        if (over) after.push(progress.kind);
      },
    });
    over = true;
    assert.equal(result.stopReason, 'cancelled');
    await engine.call('load', { modelDir: models[0], device: 'cpu' });
    assert.deepEqual(after, []);
    same(await engine.call('trace', tracing('flashtrace-producing')), 'flashtrace-producing', 1e-6);
  });
});

describe('cancelling what does not let go', () => {
  const folder = temporaryFolder();
  let long: TraceParams;
  before(async () => {
    mkdirSync(join(folder(), 'model'));
    const modelDir = longContextModel(join(folder(), 'model'));
    long = { modelDir, device: 'cpu', document: { name: 'long.prompty', text: (await longTranscript(modelDir, { prompt: 300, reasoning: 100, answer: 50 })).text }, target: 'answer', options: { method: 'flashtrace', hops: 1 } };
  });

  it('is over for whoever asked, and the process with its model lives on', async () => {
    const engine = new ForkedEngine({ modulePath: join(DIST, 'engineProcess.js'), cancelAnswerMs: 300 });
    try {
      await engine.call('load', long);
      const pid = engine.pid!;
      const controller = new AbortController();
      const call = engine.call('trace', long, {
        signal: controller.signal,
        onProgress: () => {
          if (controller.signal.aborted) return;
          process.kill(pid, 'SIGSTOP'); // a native call that takes long
          controller.abort();
        },
      });
      await assert.rejects(call, CancelledError);
      const next = engine.call('trace', long);
      process.kill(pid, 'SIGCONT');
      assert.ok((await next).scores.some((score) => score > 0));
      assert.equal(engine.pid, pid);
    } finally {
      await engine.dispose();
    }
  });

  it('ends the process after its grace, with a sentence for who waits behind it', async () => {
    const nodeOptions = faultAt('prefill', 'block');
    const engine = new ForkedEngine({ modulePath: join(DIST, 'engineProcess.js'), cancelAnswerMs: 100, cancelGraceMs: 2_000, nodeOptions });
    try {
      const controller = new AbortController();
      let pid = 0;
      const call = engine.call('trace', long, {
        signal: controller.signal,
        onProgress: (progress) => {
          if (progress.kind !== 'phase' || progress.phase !== 'prefill') return;
          pid = engine.pid!;
          nodeOptions.length = 0;
          controller.abort();
        },
      });
      await assert.rejects(call, CancelledError);
      await assert.rejects(engine.call('trace', long), (error) => error instanceof EngineCrashedError
        && error.message === 'The engine process was ended, as a cancelled run did not let go of it; run the command again, it starts a new one.');
      assert.ok(!isAlive(pid));
      assert.ok((await engine.call('trace', long)).scores.some((score) => score > 0));
    } finally {
      await engine.dispose();
    }
  });
});
