import { median } from '../../src/evaluation/measures/statistics';

export interface Timing {
  /** Median, in ms. */
  readonly ms: number;
  readonly runs: number;
  readonly min: number;
  readonly max: number;
}

/** Runs that a median is taken of where a measurement is quick. */
export const REPEATS = 3;

export function timing(times: readonly number[]): Timing {
  return { ms: median(times), runs: times.length, min: Math.min(...times), max: Math.max(...times) };
}

/** Times `run` after `warmUps` runs that do not count. */
export async function time(runs: number, run: () => Promise<unknown>, warmUps = 1): Promise<Timing> {
  for (let i = 0; i < warmUps; i++) await run();
  const times: number[] = [];
  for (let i = 0; i < runs; i++) times.push(await once(run));
  return timing(times);
}

/** What took less than `repeatMs` the first time is timed again, and the first time was its warm-up. @param first ms */
export async function repeated(first: number, repeatMs: number, run: () => Promise<unknown>): Promise<Timing> {
  return first < repeatMs ? time(REPEATS, run, 0) : timing([first]);
}

/** ms */
export async function once(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
