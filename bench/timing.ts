export interface Timing {
  /** Median, in ms. */
  readonly ms: number;
  readonly runs: number;
  readonly min: number;
  readonly max: number;
}

/** Times `run` after `warmUps` runs that do not count. */
export async function time(runs: number, run: () => Promise<unknown>, warmUps = 1): Promise<Timing> {
  for (let i = 0; i < warmUps; i++) await run();
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  return { ms: times[Math.floor(runs / 2)], runs, min: times[0], max: times[runs - 1] };
}
