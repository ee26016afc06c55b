import assert from 'node:assert/strict';
import type { CharRange } from '../../../../src/concepts/ranges';
import type { TokenRegion } from '../../../../src/concepts/transcript';
import { decorationPlan } from '../../../../src/host/editor/decorationPlan';
import { colourScale } from '../../../../src/view/colour/colourScale';
import type { TraceView } from '../../../../src/view/trace/traceView';

interface Token {
  readonly region: TokenRegion;
  readonly range: CharRange | null;
  readonly score: number;
}

/** A trace whose last token is the target. */
function viewOf(tokens: readonly Token[], promptLength: number): TraceView {
  const scores = tokens.map(({ score }) => score);
  return {
    documentName: null, modelName: 'm', device: 'cpu', method: 'ifr-span', promptLength,
    tokens: tokens.map(({ region, range }) => ({ text: 'x', kind: region, region, range, probability: null })),
    target: { start: tokens.length - 1, end: tokens.length },
    reasoning: null, recursionSpan: null, scores, hopScores: [scores], thinkingRatios: [],
    shares: { template: 0, prompt: 1, reasoning: 0, answer: 0, stop: 0 },
    timings: { modelMs: 0, traceMs: 0, modelRuns: 0 },
  };
}

const plan = (view: TraceView) => decorationPlan(view, view.tokens.map(({ range }) => range));

describe('what is painted in the editor', () => {
  it('joins neighbours of one step, keeps the ramps apart, drops step 0 and template tokens', () => {
    const view = viewOf([
      { region: 'template', range: null, score: 5 },
      { region: 'prompt', range: { start: 0, end: 3 }, score: 1 },
      { region: 'prompt', range: { start: 3, end: 6 }, score: 1 },
      { region: 'prompt', range: { start: 6, end: 8 }, score: 0 },
      { region: 'prompt', range: { start: 8, end: 9 }, score: 1 },
      { region: 'reasoning', range: { start: 9, end: 12 }, score: 1 },
      { region: 'answer', range: { start: 14, end: 17 }, score: 0 },
    ], 5);
    assert.deepEqual(plan(view), {
      buckets: [
        { ramp: 'prompt', bucket: 10, ranges: [{ start: 0, end: 6 }, { start: 8, end: 9 }] },
        { ramp: 'reasoning', bucket: 10, ranges: [{ start: 9, end: 12 }] },
      ],
      target: [{ start: 14, end: 17 }],
      chosen: [],
    });
  });

  it('gives a character that several tokens share the strongest step of them', () => {
    for (const order of [[4, 1, 2], [1, 4, 2], [1, 2, 4]]) {
      const view = viewOf([
        ...order.map((score): Token => ({ region: 'prompt', range: { start: 3, end: 5 }, score })),
        { region: 'answer', range: { start: 9, end: 12 }, score: 0 },
      ], 3);
      assert.deepEqual(plan(view).buckets, [{ ramp: 'prompt', bucket: 10, ranges: [{ start: 3, end: 5 }] }]);
    }
  });

  it('cuts partial overlaps so that no character is painted twice', () => {
    const view = viewOf([
      { region: 'prompt', range: { start: 0, end: 4 }, score: 1 },
      { region: 'prompt', range: { start: 3, end: 6 }, score: 8 },
      { region: 'prompt', range: { start: 5, end: 9 }, score: 1 },
      { region: 'answer', range: { start: 9, end: 12 }, score: 0 },
    ], 3);
    const weak = colourScale(view).buckets[0];
    assert.deepEqual(plan(view).buckets, [
      { ramp: 'prompt', bucket: weak, ranges: [{ start: 0, end: 3 }, { start: 6, end: 9 }] },
      { ramp: 'prompt', bucket: 10, ranges: [{ start: 3, end: 6 }] },
    ]);
  });

  it('cuts what several weaker tokens paint under one that is wider', () => {
    const view = viewOf([
      { region: 'prompt', range: { start: 0, end: 2 }, score: 1 },
      { region: 'prompt', range: { start: 2, end: 4 }, score: 1 },
      { region: 'prompt', range: { start: 1, end: 5 }, score: 8 },
      { region: 'answer', range: { start: 9, end: 12 }, score: 0 },
    ], 3);
    assert.deepEqual(plan(view).buckets, [
      { ramp: 'prompt', bucket: colourScale(view).buckets[0], ranges: [{ start: 0, end: 1 }] },
      { ramp: 'prompt', bucket: 10, ranges: [{ start: 1, end: 5 }] },
    ]);
  });

  it('paints nothing of tokens without characters', () => {
    const base = viewOf([
      { region: 'prompt', range: { start: 2, end: 2 }, score: 1 },
      { region: 'prompt', range: { start: 4, end: 6 }, score: 1 },
      { region: 'answer', range: { start: 9, end: 9 }, score: 0 },
    ], 2);
    assert.deepEqual(plan(base), { buckets: [{ ramp: 'prompt', bucket: 10, ranges: [{ start: 4, end: 6 }] }], target: [], chosen: [] });
    const rows: TraceView = { ...base, matrix: Float32Array.of(0, 1, 0) };
    assert.deepEqual(decorationPlan(rows, rows.tokens.map(({ range }) => range), 2).chosen, []);
  });

  it('paints what worked against the target on its own ramp, on both sides', () => {
    const view: TraceView = {
      ...viewOf([
        { region: 'prompt', range: { start: 0, end: 3 }, score: 1 },
        { region: 'prompt', range: { start: 3, end: 6 }, score: 0.1 },
        { region: 'reasoning', range: { start: 6, end: 9 }, score: 1 },
        { region: 'reasoning', range: { start: 9, end: 12 }, score: 0 },
        { region: 'answer', range: { start: 12, end: 15 }, score: 0 },
      ], 2),
      against: [0.2, 1, 0, 1, 0],
    };
    assert.deepEqual(plan(view).buckets, [
      { ramp: 'prompt', bucket: 10, ranges: [{ start: 0, end: 3 }] },
      { ramp: 'reasoning', bucket: 10, ranges: [{ start: 6, end: 9 }] },
      { ramp: 'against', bucket: 10, ranges: [{ start: 3, end: 6 }, { start: 9, end: 12 }] },
    ]);
  });

  it('paints where the tokens stand now and leaves lost ones out', () => {
    const view = viewOf([
      { region: 'prompt', range: { start: 0, end: 3 }, score: 1 },
      { region: 'prompt', range: { start: 3, end: 6 }, score: 1 },
      { region: 'answer', range: { start: 6, end: 9 }, score: 0 },
    ], 2);
    assert.deepEqual(decorationPlan(view, [null, { start: 5, end: 8 }, null]), {
      buckets: [{ ramp: 'prompt', bucket: 10, ranges: [{ start: 5, end: 8 }] }],
      target: [],
      chosen: [],
    });
  });

  it('paints the row of a chosen target token, earlier target tokens with it', () => {
    const base = viewOf([
      { region: 'prompt', range: { start: 0, end: 3 }, score: 1 },
      { region: 'prompt', range: { start: 3, end: 6 }, score: 1 },
      { region: 'answer', range: { start: 6, end: 9 }, score: 0 },
      { region: 'answer', range: { start: 9, end: 12 }, score: 0 },
    ], 2);
    const view: TraceView = { ...base, target: { start: 2, end: 4 }, matrix: Float32Array.of(1, 0, 5, 0, 0, 1, 0.5, 5) };
    assert.deepEqual(decorationPlan(view, base.tokens.map(({ range }) => range), 3), {
      buckets: [
        { ramp: 'prompt', bucket: 10, ranges: [{ start: 3, end: 6 }] },
        { ramp: 'reasoning', bucket: 10, ranges: [{ start: 6, end: 9 }] },
      ],
      target: [{ start: 6, end: 12 }],
      chosen: [{ start: 9, end: 12 }],
    });
    assert.deepEqual(decorationPlan(view, [null, null, null, null], 3), { buckets: [], target: [], chosen: [] });
  });
});
