import { cpus } from 'node:os';

/** What figures were measured on, and when. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
  /** ISO 8601 */
  readonly date: string;
}

export function thisMachine(): Machine {
  return { processor: cpus()[0].model, cores: cpus().length, node: process.version, date: new Date().toISOString() };
}
