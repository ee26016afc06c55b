/** What a curve is drawn and completed with: pure arithmetic. */

/** A run's progress: `rows` had been run `ms` after its start. */
export interface Mark {
  readonly rows: number;
  readonly ms: number;
}

/** Slope of the least-squares line through (log x, log y): the power that y grows with. NaN from less than two different x. */
export function logLogSlope(points: readonly (readonly [x: number, y: number])[]): number {
  const logs = points.map(([x, y]) => [Math.log(x), Math.log(y)]);
  const mean = (axis: 0 | 1) => logs.reduce((sum, point) => sum + point[axis], 0) / logs.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const sxx = logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return sxx > 0 ? logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / sxx : NaN;
}

/** Positions in the middles of `parts` equal parts of [0, total). */
export function middles(parts: number, total: number): number[] {
  return Array.from({ length: parts }, (_, i) => Math.floor(((i + 0.5) * total) / parts));
}

/** What all `total` would take if they take what the measured ones did on average. @param ms of `count` each */
export function scaledUp(ms: readonly number[], count: number, total: number): number {
  return (ms.reduce((a, b) => a + b, 0) / (ms.length * count)) * total;
}

/**
 * How long the rows from `position` on took in a run: what running them again on top of those before takes. Between two marks every row
 * is taken to be as fast as the next.
 * @param marks ascending, from 0 rows to all
 */
export function restMs(marks: readonly Mark[], position: number): number {
  const next = marks.findIndex(({ rows }) => rows > position);
  const [before, after] = [marks[next - 1], marks[next]];
  const at = before.ms + ((after.ms - before.ms) * (position - before.rows)) / (after.rows - before.rows);
  return marks[marks.length - 1].ms - at;
}

/** Mean of `restMs` over positions [0, end). */
export function meanRestMs(marks: readonly Mark[], end: number): number {
  let sum = 0;
  for (let position = 0; position < end; position++) sum += restMs(marks, position);
  return sum / end;
}
