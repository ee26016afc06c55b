import { median } from '../src/engine/evaluation/statistics';

export interface Timing {
  /** Median, in ms. */
  readonly ms: number;
  readonly runs: number;
  readonly min: number;
  readonly max: number;
}

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

/** ms */
export async function once(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
