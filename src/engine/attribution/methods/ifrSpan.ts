import { rowImportance, type AttributionMethod } from './attributionMethod';

/** METHOD step 2 alone: the span as one, unweighted, without recursion. */
export const ifrSpan: AttributionMethod = {
  passes: () => 1,
  reads: 'attention',
  rowShift: 0,
  trace: async (run) => {
    const { target } = run;
    const total = await rowImportance(run, 0)(target, new Float64Array(target.end - target.start).fill(1));
    return { target, recursionSpan: null, importance: [total], carried: [total], ratios: [] };
  },
};
