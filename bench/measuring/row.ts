import { formatBytes } from '../../src/concepts/formatNumbers';

/** A line of the report. */
export interface Row {
  readonly measure: string;
  /** A ratio, or bytes. */
  readonly value: number;
  readonly bytes?: boolean;
  /** What the value should stay below (or, for `atLeast`, above). */
  readonly goal?: number;
  readonly atLeast?: boolean;
}

export function rowText({ measure, value, bytes, goal, atLeast }: Row): string {
  const write = (x: number) => (bytes ? formatBytes(x) : x < 1e-3 ? x.toExponential(1) : x.toFixed(x < 10 ? 3 : 1));
  const verdict = goal === undefined ? '' : `goal ${atLeast ? '>=' : '<='} ${write(goal)}: ${(atLeast ? value >= goal : value <= goal) ? 'holds' : 'FALLS SHORT'}`;
  return `  ${write(value).padStart(9)}  ${verdict.padEnd(28)}  ${measure}`;
}
