import { TRACE_METHODS } from '../../concepts/method';
import { GRANULARITIES } from '../../concepts/passages';
import { fields, finite, listOf, natural, nullable, oneOf, optional, range, text, truth, type Shape } from '../../concepts/shape';
import type { StoredTrace } from './storedTrace';
import type { TraceView } from './traceView';

const REGIONS = ['template', 'prompt', 'reasoning', 'answer'] as const;
const choice = fields({ id: natural, text, probability: finite });
const token = fields({ text, kind: oneOf([...REGIONS, 'stop']), region: oneOf(REGIONS), range: nullable(range), probability: nullable(finite) });
const numbers = listOf(finite);
const passage = { text, range, tokens: range };
const cuts = fields({
  passages: listOf(fields({ ...passage, level: oneOf([...GRANULARITIES, 'part']), drop: finite, targetDrop: finite })),
  measured: natural, sentences: natural, allDrop: nullable(finite), prefills: finite, isComplete: truth,
  together: nullable(fields({ passages: listOf(fields(passage)), drop: finite })),
});

const view = {
  documentName: nullable(text),
  modelName: text,
  device: text,
  method: oneOf(TRACE_METHODS),
  tokens: listOf(token),
  promptLength: natural,
  notes: optional(listOf(text)),
  target: range,
  belief: optional(fields({ logProb: finite, nTokens: natural, firstChoices: natural })),
  reasoning: nullable(range),
  recursionSpan: nullable(range),
  scores: numbers,
  hopScores: listOf(numbers),
  against: optional(numbers),
  hopAgainst: optional(listOf(numbers)),
  contrast: optional(fields({ written: choice, other: choice })),
  cuts: optional(cuts),
  thinkingRatios: numbers,
  shares: fields({ template: finite, prompt: finite, reasoning: finite, answer: finite, stop: finite }),
  timings: fields({ modelMs: finite, traceMs: finite, modelRuns: finite }),
};
const storedFields = fields({ ...view, matrix: optional(text) });
const viewFields = fields(view);

/** Whether what was kept is a trace, and one that fits its own tokens. */
export const isStoredTrace = ((value) => storedFields(value) && fitsTokens(value)) as Shape<StoredTrace>;

export const isTraceView = ((value) => viewFields(value) && fitsTokens(value) && isMatrix((value as { matrix?: unknown }).matrix)) as Shape<TraceView>;

function isMatrix(matrix: unknown): boolean {
  return matrix === undefined || matrix instanceof Float32Array;
}

/** Every list that goes over the tokens goes over all of them, and every span lies within them. */
function fitsTokens({ tokens, promptLength, target, reasoning, recursionSpan, scores, hopScores, against, hopAgainst }: Omit<TraceView, 'matrix'>): boolean {
  const n = tokens.length;
  const perToken = [scores, ...hopScores, ...(against ? [against] : []), ...(hopAgainst ?? [])];
  const spans = [target, ...(reasoning ? [reasoning] : []), ...(recursionSpan ? [recursionSpan] : [])];
  return promptLength <= n && hopScores.length > 0 && perToken.every(({ length }) => length === n) && spans.every(({ end }) => end <= n)
    && (against === undefined) === (hopAgainst === undefined) && (hopAgainst === undefined || hopAgainst.length === hopScores.length);
}
