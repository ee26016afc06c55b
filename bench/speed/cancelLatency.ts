import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TRACE_METHODS, type TraceMethod } from '../../src/concepts/method';
import { DEFAULT_VERIFY_OPTIONS } from '../../src/concepts/trials/verification';
import { mulberry32 } from '../../src/engine/base/random';
import { CancelledError } from '../../src/engine/base/errors';
import { ForkedEngine } from '../../src/engine/process/forkedEngine';
import type { EngineMethod, EngineMethods } from '../../src/protocol/engine/requests';
import { longTranscript } from '../../test/integration/support/longTranscript';
import { longContextModel } from '../../test/support/longContextModel';
import { temporaryFolder } from '../measuring/temporaryFolder';

const DIST = join(__dirname, '..', '..', 'dist');
/** Cancels a stage of a request. */
const MOMENTS = 8;

/** Tokens of the transcript. */
const PARTS = { prompt: 3000, reasoning: 2000, answer: 1000 };

interface Case<M extends EngineMethod = EngineMethod> {
  readonly name: string;
  readonly method: M;
  readonly stages: readonly string[];
  /** A request that finds nothing done before. */
  readonly fresh: (n: number) => EngineMethods[M]['params'];
}

/**
 * Cancels requests of a long transcript at random moments of every stage, in an engine process: the included model with a longer context. Prints how long
 * it took until the request was over, and until the engine answered the next one, which after a cancelled load waits for the model.
 */
export async function measureCancelLatency(): Promise<void> {
  const folder = temporaryFolder('flashtrace-bench-cancel-');
  const models = ['a', 'b'].map((name) => {
    mkdirSync(join(folder, name));
    return longContextModel(join(folder, name));
  });
  const { text, tokens } = await longTranscript(models[0], PARTS);
  console.log(`${tokens.tokens.length} tokens: prompt ${tokens.promptLength}`);
  const model = { modelDir: models[0], device: 'cpu' } as const;
  // What changes at the beginning shares nothing with what has been run.
  const document = (n: number) => ({ name: 'long.prompty', text: text.replace('Facts:\n', `Facts ${n}:\n`) });
  const trace = (method: TraceMethod) => (n: number) => ({ ...model, document: document(n), target: 'answer' as const, options: { method, hops: method.startsWith('ifr') ? 0 : 2 } });
  const cases: readonly Case[] = [
    { name: 'load', method: 'load', stages: ['load'], fresh: (n) => ({ ...model, modelDir: models[n % 2] }) },
    ...TRACE_METHODS.map((method): Case => ({ name: method, method: 'trace', stages: method === TRACE_METHODS[0] ? ['prefill', 'trace'] : ['trace'], fresh: trace(method) })),
    { name: 'alternatives', method: 'alternatives', stages: ['prefill'], fresh: (n) => ({ ...model, document: document(n), target: 'answer' }) },
    { name: 'verify', method: 'verify', stages: ['verify'], fresh: (n) => ({ ...trace('logit-flow')(n), verify: DEFAULT_VERIFY_OPTIONS }) },
    { name: 'generate', method: 'generate', stages: ['prefill', 'generate'], fresh: (n) => ({ ...model, document: { name: 'ask.prompty', text: document(n).text.replace(/assistant:[^]*/, '') }, options: { maxTokens: 300, temperature: 100, seed: n } }) },
  ];
  const engine = new ForkedEngine({ modulePath: join(DIST, 'engineProcess.js') });
  const random = mulberry32(1);
  let n = 0;
  try {
    for (const { name, method, stages, fresh } of cases) {
      await engine.call('load', { ...model, modelDir: models[n % 2] });
      const whole = await profile(engine, method, fresh(++n));
      for (const stage of stages) {
        const stageMs = whole.get(stage) ?? 0;
        const latencies: number[] = [];
        const idle: number[] = [];
        for (let i = 0; i < MOMENTS; i++) {
          const params = fresh(++n);
          const latency = await cancelIn(engine, method, params, stage, random() * stageMs);
          if (latency === null) continue; // it was over sooner this time
          latencies.push(latency.ms);
          if (stage !== 'load') {
            await engine.call('load', model);
            idle.push(performance.now() - latency.cancelled);
          }
        }
        const most = (values: readonly number[]) => (values.length === 0 ? '-' : Math.max(...values).toFixed(0)).padStart(5);
        console.log(`  ${name.padEnd(21)} ${stage.padEnd(9)} of ${stageMs.toFixed(0).padStart(6)} ms, ${latencies.length} cancels: over after at most ${most(latencies)} ms, idle after at most ${most(idle)} ms`);
      }
    }
  } finally {
    await engine.dispose();
  }
}

/** ms that each stage takes. */
async function profile<M extends EngineMethod>(engine: ForkedEngine, method: M, params: EngineMethods[M]['params']): Promise<Map<string, number>> {
  const begun = new Map<string, number>();
  await engine.call(method, params, { onProgress: (progress) => { if (progress.kind === 'phase' && !begun.has(progress.phase)) begun.set(progress.phase, performance.now()); } });
  const marks = [...begun, ['end', performance.now()] as const];
  return new Map(marks.slice(0, -1).map(([stage, at], i) => [stage, marks[i + 1][1] - at]));
}

/** Cancels so many ms after a stage has begun; null where the request had ended. */
async function cancelIn<M extends EngineMethod>(engine: ForkedEngine, method: M, params: EngineMethods[M]['params'], stage: string, after: number): Promise<{ readonly ms: number; readonly cancelled: number } | null> {
  const controller = new AbortController();
  let cancelled = 0;
  let timer: NodeJS.Timeout | undefined;
  try {
    await engine.call(method, params, {
      signal: controller.signal,
      onProgress: (progress) => {
        if (progress.kind === 'phase' && progress.phase === stage) timer ??= setTimeout(() => {
          cancelled = performance.now();
          controller.abort();
        }, after);
      },
    });
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
  }
  clearTimeout(timer);
  return cancelled === 0 ? null : { ms: performance.now() - cancelled, cancelled };
}
