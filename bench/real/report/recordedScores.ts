import type { RealRecord, Truth } from '../realRecord';
import { agreement } from './agreement';

export interface ModelRecords {
  readonly model: string;
  readonly records: readonly RealRecord[];
}

/** What is compared: methods at the price of a trace, the cut, which runs the model, and others' programs. */
export function methodsOf(records: readonly RealRecord[]): string[] {
  return [...Object.keys(records[0].scores), 'cut', ...new Set(records.flatMap(({ peers }) => Object.keys(peers?.scores ?? {})))];
}

export function scoresOf(record: RealRecord, method: string): readonly number[] | undefined {
  return method === 'cut' ? record.truths.cut : record.scores[method] ?? record.peers?.scores[method];
}

/** What methods are held to. The cut is none of these: it is a method itself. */
export const ARBITERS = ['padding', 'deletion', 'cut everywhere'] as const satisfies readonly Truth[];

export function agreementOf(records: readonly RealRecord[], method: string, truth: Truth) {
  return agreement(records.flatMap((record) => {
    const [scores, drops] = [scoresOf(record, method), record.truths[truth]];
    return scores && drops ? [{ scores, truth: drops }] : [];
  }));
}

/** Of the methods that people choose from. */
export const SHOWN = ['flashtrace, 1 hop', 'logit-flow, 2 hops', 'ifr-span', 'attention of the last layer', 'cut'];
