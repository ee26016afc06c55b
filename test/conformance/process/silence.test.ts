import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TraceResult } from '../../../src/concepts/traceResult';
import { EngineCrashedError } from '../../../src/engine/base/errors';
import { ForkedEngine } from '../../../src/engine/process/forkedEngine';
import type { Silence } from '../../../src/engine/process/silence';
import type { TraceParams } from '../../../src/protocol/engine/requests';
import { DIST, ROOT } from '../../support/folders';
import { faultAt, isAlive, until } from '../../support/processes/engineProcesses';

const TRACE: TraceParams = {
  modelDir: join(ROOT, 'models', 'tracelet-1m'), device: 'cpu',
  document: { name: 'multi-hop.prompty', text: readFileSync(join(ROOT, 'samples', 'multi-hop.prompty'), 'utf8') },
  target: 'answer', options: { method: 'flashtrace', hops: 1 },
};
const SILENCE_MS = 8_000;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('an engine that says nothing', () => {
  const asked: Silence[] = [];
  let answer: (silence: Silence) => Promise<'stop' | 'wait'>;
  const engines: ForkedEngine[] = [];
  function engine(nodeOptions: readonly string[] = []): ForkedEngine {
    const made = new ForkedEngine({
      modulePath: join(DIST, 'engineProcess.js'), nodeOptions: nodeOptions, silenceMs: SILENCE_MS,
      onSilence: (silence) => {
        asked.push(silence);
        return answer(silence);
      },
    });
    engines.push(made);
    return made;
  }
  /** A trace whose process is stopped as a suspended one is, at its first word. */
  function suspendedTrace(): { readonly by: ForkedEngine; readonly call: Promise<TraceResult>; readonly pid: () => number } {
    const by = engine();
    let pid = 0;
    const call = by.call('trace', TRACE, {
      onProgress: () => {
        if (pid !== 0) return;
        pid = by.pid!;
        process.kill(pid, 'SIGSTOP');
      },
    });
    return { by, call, pid: () => pid };
  }
  beforeEach(() => {
    asked.length = 0;
    answer = () => Promise.resolve('stop');
  });
  afterEach(async () => {
    for (const made of engines.splice(0)) await made.dispose();
  });

  it('in a native call that does not return: the person is asked and stops it, one sentence, the next call works', async () => {
    const options = faultAt('prefill', 'block');
    const stuck = engine(options);
    const call = stuck.call('trace', TRACE);
    setImmediate(() => { options.length = 0; });
    await assert.rejects(call, (error) => error instanceof EngineCrashedError
      && error.message === `The engine process was ended, as it had not answered for ${SILENCE_MS / 1000} s; run the command again, it starts a new one.`);
    assert.deepEqual(asked, [{ ms: SILENCE_MS, stage: 'prefill', condition: 'busy' }]);
    assert.ok((await stuck.call('trace', TRACE)).scores.some((score) => score > 0));
  });

  it('suspended: the person is asked once, waits, and the trace goes on where it was', async () => {
    const wanted = await engine().call('trace', TRACE);
    answer = () => Promise.resolve('wait');
    const { call, pid } = suspendedTrace();
    await until('the person is asked', () => asked.length > 0);
    await pause(SILENCE_MS / 2); // for a second question, which does not come
    assert.deepEqual(asked.map(({ condition }) => condition), ['still']);
    assert.ok(isAlive(pid()), 'nothing is ended by itself');
    process.kill(pid(), 'SIGCONT');
    assert.deepEqual((await call).scores, wanted.scores);
    assert.equal(asked.length, 1);
  });

  it('suspended for less: nobody is asked', async () => {
    const { call, pid } = suspendedTrace();
    await until('it is suspended', () => pid() !== 0);
    await pause(3_000);
    process.kill(pid(), 'SIGCONT');
    assert.ok((await call).scores.some((score) => score > 0));
    assert.deepEqual(asked, []);
  });

  it('with nothing to do: the person is asked, too', async () => {
    await assert.rejects(engine(faultAt('idle', 'mute')).call('trace', TRACE), EngineCrashedError);
    assert.deepEqual(asked.map(({ condition }) => condition), ['waiting']);
  });

  it('and is asked to stop after it has answered: nothing is ended', async () => {
    let decide: (answer: 'stop') => void = () => undefined;
    answer = () => new Promise((resolve) => (decide = resolve));
    const { by: slow, call, pid } = suspendedTrace();
    await until('the person is asked', () => asked.length > 0);
    process.kill(pid(), 'SIGCONT');
    await call;
    decide('stop');
    await pause(100);
    assert.equal(slow.pid, pid());
    assert.equal((await slow.call('trace', TRACE)).timings.modelRuns, 0);
  });

  it('nor is anybody asked while nothing runs', async () => {
    const idle = engine();
    await idle.call('trace', TRACE);
    process.kill(idle.pid!, 'SIGSTOP');
    await pause(SILENCE_MS + 3_000);
    process.kill(idle.pid!, 'SIGCONT');
    assert.deepEqual(asked, []);
  });
});
