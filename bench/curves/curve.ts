import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { formatBytes, formatDuration } from '../../src/concepts/formatNumbers';
import type { ModelConfig } from '../../src/engine/checkpoint/config/modelConfig';
import { stateBytes } from '../../src/engine/state/stateBytes';
import { DEFAULT_MEMORY_BUDGET } from '../../src/protocol/engine/model';
import { inChild } from '../measuring/inChild';
import { temporaryFolder } from '../measuring/temporaryFolder';
import { CURVE_METHODS, type CurveReading } from './curveMethods';
import { total, type CurveRun, type RunTask } from './curveRun';
import { contextPlaces, targetPlaces, type CurvePlace, type CurveSizes } from './curveSizes';
import type { TraceTask } from './traceTask';

/** Time and memory of one model's traces, all measured in one go. */
export interface Curve {
  readonly sizes: CurveSizes;
  readonly runs: readonly CurveRun[];
  /** Every method at every place, once each, also where a place is on both lines. */
  readonly readings: readonly CurveReading[];
}

/** Every length is run once and its state left in a file; from there every method at every place has a process of its own. */
export async function measureCurve(model: string, config: ModelConfig, sizes: CurveSizes): Promise<Curve> {
  const folder = temporaryFolder('flashtrace-curve-');
  const runs: CurveRun[] = [];
  const readings: CurveReading[] = [];
  const places = distinct([...targetPlaces(sizes), ...contextPlaces(sizes)]);
  const longest = Math.max(...sizes.targets);
  for (const context of new Set(places.map((place) => place.context))) {
    const stateFile = join(folder, `${context}.state`);
    const here = places.filter((place) => place.context === context);
    const taps = Math.max(...here.map(({ target }) => target)) + 1;
    const run = await inChild<CurveRun>(model, 'curve', { kind: 'run', context, taps, stateFile, repeatMs: sizes.repeatMs } satisfies RunTask);
    console.log(`  ${context.toLocaleString('en-US')} tokens: the run takes ${formatDuration(total(run.marks))} and at most ${formatBytes(run.peakBytes)}`);
    runs.push(run);
    for (const { target } of here) {
      for (const { method, kept } of traced(config, { context, target }, context === sizes.context && target === longest)) {
        const task: TraceTask = { kind: 'trace', method, target, kept, run, stateFile, affordMs: sizes.affordMs, repeatMs: sizes.repeatMs };
        const found = await inChild<CurveReading[]>(model, 'curve', task);
        for (const reading of found) console.log(readingText(reading));
        readings.push(...found);
      }
    }
    await rm(stateFile);
  }
  return { sizes, runs, readings };
}

/** What is measured at a place. @param isLongest whether it is the longest target's */
function traced(config: ModelConfig, { context, target }: CurvePlace, isLongest: boolean): Pick<TraceTask, 'method' | 'kept'>[] {
  const methods = (['flashtrace', 'ifr-span', 'logit-flow', 'tokenwise', 'ablation'] as const).filter((method) => isLongest || method !== 'ifr-span');
  // Where the state alone fills the memory budget, no attention is kept, and there is nothing else to measure.
  const hasRoom = stateBytes(config, context, context - target - 1) < DEFAULT_MEMORY_BUDGET;
  const keeping = (['flashtrace', 'ifr-span'] as const).filter((method) => hasRoom && methods.includes(method));
  return [...methods.map((method) => ({ method, kept: false })), ...keeping.map((method) => ({ method, kept: true }))];
}

function distinct(places: readonly CurvePlace[]): CurvePlace[] {
  return places.filter(({ context, target }, i) => places.findIndex((other) => other.context === context && other.target === target) === i);
}

function readingText({ method, context, target, ms, peakBytes, basis }: CurveReading): string {
  const memory = peakBytes === null ? '' : `, at most ${formatBytes(peakBytes)}`;
  return `    ${target.toLocaleString('en-US')} of ${context.toLocaleString('en-US')} tokens, ${CURVE_METHODS[method]}: ${formatDuration(ms)}${memory}${basis === null ? '' : ` (${basis})`}`;
}
