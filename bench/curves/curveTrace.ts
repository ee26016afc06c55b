import { TOKENWISE_BLOCK } from '../../src/engine/attribution/methods/ifrTokenwise';
import type { TraceJob } from '../../src/engine/attribution/methods/traceJob';
import { attribute } from '../../src/engine/model/attribute';
import type { ModelRuntime } from '../../src/engine/model/modelRuntime';
import type { TraceState } from '../../src/engine/state/traceState';
import { once, repeated } from '../measuring/timing';
import { job, runState, type Shape } from '../subject/benchModel';
import { measureAblation } from './curveAblation';
import type { CurveReading } from './curveMethods';
import { middles, scaledUp } from './extrapolation';
import { firstTrace, type TraceTask } from './traceTask';

/** A method on the state of a run. One method and place a process. */
export async function measureTrace(model: ModelRuntime, task: TraceTask): Promise<CurveReading[]> {
  const { method, target, kept, run: { context }, repeatMs } = task;
  const shape: Shape = { prompt: context - target, reasoning: 0, answer: target };
  const few: Shape = { prompt: 32, reasoning: 0, answer: 32 };
  const warmUp = await runState(model, few);
  const place = { context, target, basis: null };
  switch (method) {
    case 'flashtrace':
    case 'ifr-span': {
      await attribute(model, warmUp, job(few, { method }));
      const trace = (state: TraceState) => once(() => attribute(model, state, job(shape, { method })));
      const { result: { state, ms }, bytes } = await firstTrace(model, task, trace);
      return [{ method: kept ? `${method}-kept` : method, ...place, ...(await repeated(ms, repeatMs, () => trace(state))), peakBytes: bytes }];
    }
    case 'logit-flow': {
      await attribute(model, warmUp, job(few, { method }));
      const later = (state: TraceState) => once(() => attribute(model, state, job(shape, { method })));
      const { result: { state, ms }, bytes } = await firstTrace(model, task, later);
      return [
        { method: 'logit-flow-later', ...place, ...(await repeated(0, repeatMs, () => later(state))), peakBytes: bytes },
        { method, ...place, ...(await repeated(ms, repeatMs, () => { state.contributions.clear(); return later(state); })), peakBytes: bytes },
      ];
    }
    case 'tokenwise':
      await attribute(model, warmUp, job(few, { method: 'ifr-tokenwise' }));
      return [await measureTokenwise(model, task, shape)];
    case 'ablation':
      return measureAblation(model, task);
  }
}

/** Blocks that stand for a target whose tokens are too many. */
const BLOCKS = 2;

/** Every token, where one block says that this can be afforded; else blocks of tokens in the middles of equal parts. */
async function measureTokenwise(model: ModelRuntime, task: TraceTask, shape: Shape): Promise<CurveReading> {
  const { target, run: { context }, affordMs, repeatMs } = task;
  const tokenwise = (state: TraceState, change: Partial<TraceJob>) => once(() => attribute(model, state, job(shape, { method: 'ifr-tokenwise', ...change })));
  const block = (state: TraceState, middle: number) => {
    const start = context - target + Math.max(0, Math.min(target - TOKENWISE_BLOCK, middle - TOKENWISE_BLOCK / 2));
    return tokenwise(state, { target: { start, end: Math.min(context, start + TOKENWISE_BLOCK) } });
  };
  const blocks: number[] = [];
  const isLong = target > BLOCKS * TOKENWISE_BLOCK;
  const { result: { state, ms }, bytes } = await firstTrace(model, task, async (of) => {
    if (isLong) blocks.push(await block(of, middles(BLOCKS, target)[0]));
    return isLong && scaledUp(blocks, TOKENWISE_BLOCK, target) > affordMs ? NaN : tokenwise(of, {});
  });
  const reading = { method: 'tokenwise', context, target } as const;
  if (!Number.isNaN(ms)) return { ...reading, ...(await repeated(ms, repeatMs, () => tokenwise(state, {}))), peakBytes: bytes, basis: null };
  for (const middle of middles(BLOCKS, target).slice(1)) blocks.push(await block(state, middle));
  return { ...reading, ms: scaledUp(blocks, TOKENWISE_BLOCK, target), runs: 1, peakBytes: null, basis: `extrapolated from ${BLOCKS * TOKENWISE_BLOCK} rows` };
}
