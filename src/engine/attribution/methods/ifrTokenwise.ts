import type { AttributionMethod, MethodRun } from './attributionMethod';

/** Rows a block: each row of the target is a span of its own, and a block of them shares one attention product. */
export const TOKENWISE_BLOCK = 32;

/** METHOD step 2 once for each token of the span, and their mean. */
export const ifrTokenwise: AttributionMethod = {
  passes: (_, target) => Math.ceil((target.end - target.start) / TOKENWISE_BLOCK),
  reads: 'attention',
  rowShift: 0,
  trace: async (run) => {
    const { job, target } = run;
    const matrix = await rowByRow(run);
    const mean = new Float64Array(job.nTokens);
    for (const row of matrix) for (let j = 0; j < row.length; j++) mean[j] += row[j] / matrix.length;
    return { target, recursionSpan: null, importance: [mean], carried: [mean], ratios: [], matrix };
  },
};

async function rowByRow({ job, target, source, tracer, onLayer }: MethodRun): Promise<Float64Array[]> {
  const matrix: Float64Array[] = [];
  for (let start = target.start; start < target.end; start += TOKENWISE_BLOCK) {
    const rows = Math.min(TOKENWISE_BLOCK, target.end - start);
    const spans = Array.from({ length: rows }, (_, i) => ({ start, weights: Float64Array.from({ length: rows }, (_, j) => (i === j ? 1 : 0)) }));
    matrix.push(...(await tracer.importance(source, spans, job.nTokens, job.renormThreshold, onLayer)));
  }
  return matrix;
}
