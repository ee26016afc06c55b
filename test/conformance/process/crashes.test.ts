import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_VERIFY_OPTIONS } from '../../../src/concepts/trials/verification';
import type { TraceResult } from '../../../src/concepts/traceResult';
import { EngineCrashedError } from '../../../src/engine/base/errors';
import { ForkedEngine } from '../../../src/engine/process/forkedEngine';
import type { EngineProgress } from '../../../src/protocol/engine/messages';
import type { TraceParams } from '../../../src/protocol/engine/requests';
import { DIST, ROOT } from '../../support/folders';
import { enginesOf, faultAt, isAlive, until, type FaultWay, type Stage } from '../../support/processes/engineProcesses';
import { temporaryFolder } from '../../support/temporaryFolder';

const MODEL = { modelDir: join(ROOT, 'models', 'tracelet-1m'), device: 'cpu' } as const;
const sample = (name: string) => ({ name, text: readFileSync(join(ROOT, 'samples', name), 'utf8') });
const TRACE: TraceParams = { ...MODEL, document: sample('multi-hop.prompty'), target: 'answer', options: { method: 'logit-flow', hops: 2 } };

type CallOptions = NonNullable<Parameters<ForkedEngine['call']>[2]>;

/** A request that comes by the stage. */
const REQUESTS: Record<Stage, (engine: ForkedEngine, options: CallOptions) => Promise<unknown>> = {
  load: (engine, options) => engine.call('load', MODEL, options),
  prefill: (engine, options) => engine.call('trace', TRACE, options),
  trace: (engine, options) => engine.call('trace', TRACE, options),
  generate: (engine, options) => engine.call('generate', { ...MODEL, document: sample('ask-me.prompty'), options: { maxTokens: 100, temperature: 0 } }, options),
  verify: (engine, options) => engine.call('verify', { ...TRACE, verify: DEFAULT_VERIFY_OPTIONS }, options),
  idle: (engine, options) => engine.call('trace', TRACE, options),
};

const DOING: Record<Exclude<Stage, 'idle'>, string> = {
  load: 'loading the model', prefill: 'running the model over the text', generate: 'generating', trace: 'attributing the span', verify: 'verifying the sources',
};

interface Death {
  readonly name: string;
  /** What goes on in the engine at the stage. */
  readonly way: FaultWay;
  /** What it is sent from outside while it does. */
  readonly signal?: NodeJS.Signals;
  readonly sentence: (doing: string) => string;
}

const AGAIN = 'run the command again, it starts a new one.';
const native = (signal: string) => (doing: string) => `The engine process was ended by ${signal} while it was ${doing} (a fault in native code, of which the log may tell more); ${AGAIN}`;
const DEATHS: readonly Death[] = [
  { name: 'SIGKILL', way: 'block', signal: 'SIGKILL', sentence: (doing) => `The engine process was ended by SIGKILL while it was ${doing} (systems do that when memory runs short); ${AGAIN}` },
  { name: 'SIGSEGV', way: 'block', signal: 'SIGSEGV', sentence: native('SIGSEGV') },
  { name: 'SIGABRT', way: 'spin', signal: 'SIGABRT', sentence: native('SIGABRT') },
  { name: 'abort() of its own', way: 'abort', sentence: native('SIGABRT') },
  { name: 'a full heap', way: 'heap', sentence: (doing) => `The engine process ran out of memory while it was ${doing}; choose a smaller model or shorten the text, then ${AGAIN}` },
  { name: 'an exit', way: 'exit', sentence: (doing) => `The engine process ended with code 7 while it was ${doing}; ${AGAIN}` },
  { name: 'an uncaught error', way: 'throw', sentence: (doing) => `The engine process ended with code 1 while it was ${doing}; ${AGAIN}` },
];

describe('an engine process that dies', function () {
  const folder = temporaryFolder();
  /** Options of Node for the next process. */
  const nodeOptions: string[] = [];
  const logged: string[] = [];
  const engine = new ForkedEngine({ modulePath: join(DIST, 'engineProcess.js'), nodeOptions, onLog: (_, message) => logged.push(message) });
  const most = { engines: 0 };
  let counter: NodeJS.Timeout | undefined;
  let wanted: TraceResult;

  before(async function () {
    if (process.platform !== 'linux') {
      console.log('    skipped: processes are counted in /proc, which only Linux has');
      this.skip();
    }
    counter = setInterval(() => { most.engines = Math.max(most.engines, enginesOf(process.pid).length); }, 25);
    wanted = await engine.call('trace', TRACE);
  });
  after(async () => {
    clearInterval(counter);
    await engine.dispose();
    assert.deepEqual(enginesOf(process.pid), [], 'none is left');
  });

  /** The engine whose fault is due replaces the healthy one. */
  async function startWith(options: readonly string[]): Promise<void> {
    const { pid } = engine;
    nodeOptions.splice(0, nodeOptions.length, ...options);
    if (pid === null) return;
    process.kill(pid, 'SIGKILL');
    await until('the engine is gone', () => engine.pid === null);
  }

  async function worksAgain(): Promise<void> {
    nodeOptions.length = 0;
    const traced = await engine.call('trace', TRACE);
    assert.deepEqual(traced.scores, wanted.scores);
    assert.deepEqual(traced.against, wanted.against);
    assert.deepEqual(traced.thinkingRatios, wanted.thinkingRatios);
    assert.equal(most.engines, 1, 'never a second engine');
  }

  for (const [stage, doing] of Object.entries(DOING) as [keyof typeof DOING, string][]) {
    for (const { name, way, signal, sentence } of DEATHS) {
      it(`by ${name} while ${doing}: one sentence, and the next trace is the same`, async () => {
        await startWith(faultAt(stage, way));
        const controller = new AbortController();
        let dying = 0;
        const onProgress = (progress: EngineProgress) => {
          if (progress.kind !== 'phase' || progress.phase !== stage || dying !== 0) return;
          dying = engine.pid!;
          if (signal) process.kill(dying, signal);
        };
        await assert.rejects(REQUESTS[stage](engine, { signal: controller.signal, onProgress }), (error) => {
          assert.ok(error instanceof EngineCrashedError);
          assert.equal(error.message, sentence(doing));
          return true;
        });
        assert.equal(engine.pid, null);
        assert.ok(dying !== 0 && !isAlive(dying));
        assert.equal(getEventListeners(controller.signal, 'abort').length, 0, 'no listener is left');
        await worksAgain();
      });
    }
  }

  for (const { name, way, signal } of DEATHS) {
    it(`by ${name} while nothing runs: the log says so, nobody is disturbed, and the next trace is the same`, async () => {
      await startWith(signal ? [] : faultAt('idle', way));
      await REQUESTS.idle(engine, {});
      logged.length = 0;
      if (signal) process.kill(engine.pid!, signal);
      await until('the engine is gone', () => engine.pid === null);
      assert.match(logged.filter((line) => line.startsWith('The engine process')).join('\n'), /^The engine process (was ended by SIG[A-Z]+|ran out of memory|ended with code \d+)\.$/);
      await worksAgain();
    });
  }

  it('with several requests under way, each of them ends, and the next ones share one new process', async () => {
    await startWith(faultAt('prefill', 'abort'));
    const ended = await Promise.allSettled([REQUESTS.prefill(engine, {}), REQUESTS.generate(engine, {}), REQUESTS.load(engine, {})]);
    for (const outcome of ended) assert.ok(outcome.status === 'rejected' ? outcome.reason instanceof EngineCrashedError : outcome.value);
    nodeOptions.length = 0;
    await Promise.all([worksAgain(), worksAgain()]);
  });

  for (const [way, sentence] of [
    ['heap', /^The tracer stopped with "Worker terminated due to reaching memory limit: JS heap out of memory"; run the command again\.$/],
    ['exit', /^The tracer stopped before it had finished; run the command again\.$/],
    ['throw', /^The tracer stopped with "thrown in the engine"; run the command again\.$/],
  ] as const) {
    it(`outlives its tracer's thread (${way}): one sentence, and the next trace is the same, by the same process`, async () => {
      await startWith(faultAt('trace', way, join(folder(), way)));
      const call = REQUESTS.trace(engine, {});
      await assert.rejects(call, (error) => error instanceof Error && sentence.test(error.message));
      const { pid } = engine;
      await worksAgain();
      assert.equal(engine.pid, pid);
    });
  }

  it('one that cannot be started says so', async () => {
    const absent = new ForkedEngine({ modulePath: join(DIST, 'engineProcess.js'), nodeOptions: ['--no-such-option'] });
    await assert.rejects(absent.call('load', MODEL), (error) => error instanceof EngineCrashedError && /^The engine process ended with code 9 while it was starting; /.test(error.message));
    await absent.dispose();
  });
});
