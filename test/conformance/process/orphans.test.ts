import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ForkedEngine } from '../../../src/engine/process/forkedEngine';
import type { TraceParams } from '../../../src/protocol/engine/requests';
import { longTranscript } from '../../integration/support/longTranscript';
import { DIST, ROOT } from '../../support/folders';
import { longContextModel } from '../../support/longContextModel';
import { enginesOf, faultAt, isAlive, until, type FaultWay } from '../../support/processes/engineProcesses';
import { temporaryFolder } from '../../support/temporaryFolder';

const MODULE = join(DIST, 'engineProcess.js');

describe('whoever owns an engine', function () {
  const folder = temporaryFolder();
  const owners: ChildProcess[] = [];
  let long: TraceParams;
  let short: TraceParams;

  before(async function () {
    if (process.platform !== 'linux') {
      console.log('    skipped: processes are looked up in /proc, which only Linux has');
      this.skip();
    }
    const text = readFileSync(join(ROOT, 'samples', 'multi-hop.prompty'), 'utf8');
    short = { modelDir: join(ROOT, 'models', 'tracelet-1m'), device: 'cpu', document: { name: 'multi-hop.prompty', text }, target: 'answer', options: { method: 'flashtrace', hops: 1 } };
    const modelDir = longContextModel(join(folder(), 'model'));
    long = { ...short, modelDir, document: { name: 'long.prompty', text: (await longTranscript(modelDir, { prompt: 3000, reasoning: 2000, answer: 500 })).text }, options: { method: 'ifr-tokenwise', hops: 0 } };
  });
  afterEach(() => {
    for (const owner of owners.splice(0)) owner.kill('SIGKILL');
  });

  /** Starts an owner; resolves with it and its engine once the request is at the phase. */
  async function owning(request: TraceParams, phase: string, nodeOptions: readonly string[] = []): Promise<{ owner: ChildProcess; engine: number }> {
    const owner = spawn(process.execPath, ['--require', 'tsx/cjs', join(ROOT, 'test', 'support', 'processes', 'engineOwner.ts'), MODULE, JSON.stringify(request), ...nodeOptions], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    owners.push(owner);
    let engine = 0;
    for await (const line of createInterface({ input: owner.stdout! })) {
      if (line.startsWith('pid ')) engine = Number(line.slice(4));
      if (line === phase && engine !== 0) return { owner, engine };
    }
    throw new Error(`The owner ended before "${phase}".`);
  }

  const MOMENTS: readonly { readonly name: string; readonly request: () => TraceParams; readonly phase: string; readonly fault?: FaultWay }[] = [
    { name: 'idle', request: () => short, phase: 'idle' },
    { name: 'in the prefill of a long text', request: () => long, phase: 'prefill' },
    { name: 'in a trace that keeps both threads busy', request: () => long, phase: 'trace' },
    { name: 'in a native call that does not return', request: () => short, phase: 'prefill', fault: 'block' },
    { name: 'in a loop that does not end', request: () => short, phase: 'trace', fault: 'spin' },
  ];

  for (const { name, request, phase, fault } of MOMENTS) {
    it(`takes it along when killed while the engine is ${name}`, async () => {
      const { owner, engine } = await owning(request(), phase, fault && faultAt(phase as 'prefill' | 'trace', fault));
      assert.deepEqual(enginesOf(owner.pid!), [engine]);
      owner.kill('SIGKILL');
      // A generous bound; it takes a few ms.
      const ms = await until('the engine is gone with all its threads', () => !isAlive(engine), 10_000);
      console.log(`      gone after ${Math.round(ms)} ms`);
    });
  }

  it('has one of its own: two at once give the same scores as one', async () => {
    const windows = [new ForkedEngine({ modulePath: MODULE }), new ForkedEngine({ modulePath: MODULE })];
    try {
      const [a, b] = await Promise.all(windows.map((engine) => engine.call('trace', short)));
      assert.deepEqual(a.scores, b.scores);
      assert.notEqual(windows[0].pid, windows[1].pid);
      assert.deepEqual(new Set(enginesOf(process.pid)), new Set(windows.map(({ pid }) => pid)));
      process.kill(windows[0].pid!, 'SIGKILL');
      assert.deepEqual((await windows[1].call('trace', { ...short, options: { method: 'flashtrace', hops: 3 } })).timings.modelRuns, 0, 'the other one has lost nothing');
      await until('the first is gone', () => windows[0].pid === null);
      assert.deepEqual((await windows[0].call('trace', short)).scores, a.scores);
    } finally {
      await Promise.all(windows.map((engine) => engine.dispose()));
    }
    assert.deepEqual(enginesOf(process.pid), []);
  });
});
