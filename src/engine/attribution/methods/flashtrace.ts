import { rowImportance, type AttributionMethod, type RowShift } from './attributionMethod';
import { onlyFor, recurse } from './hopRecursion';

/** The paper's method (METHOD steps 2 and 3): the span as one, then hop by hop through the reasoning. */
export const flashtrace = flashtraceOn(0);

/** @param rowShift which rows it reads */
export function flashtraceOn(rowShift: RowShift): AttributionMethod {
  return {
    passes: ({ hops }) => hops + 1,
    reads: 'attention',
    rowShift,
    trace: (run) => recurse(run.job, run.target, onlyFor(rowImportance(run, rowShift), run.job.nTokens)),
  };
}
