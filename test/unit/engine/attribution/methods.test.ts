import assert from 'node:assert/strict';
import type { TokenRange } from '../../../../src/concepts/ranges';
import { createShareKernel } from '../../../../src/engine/attribution/aggregation/createShareKernel';
import { SpanTracer } from '../../../../src/engine/attribution/aggregation/spanTracer';
import { attributionMethod, trace } from '../../../../src/engine/attribution/methods/methodRegistry';
import type { TraceJob, TraceOutput } from '../../../../src/engine/attribution/methods/traceJob';
import { assertClose } from '../../../support/assertClose';
import { bruteForceImportance } from '../../../support/bruteForce';
import { sameLayers, SyntheticSpans } from '../../../support/syntheticSpans';
import { traceJob } from '../../../support/traceJob';

const SHAPE = sameLayers(3, { nHeads: 4, nKvHeads: 2, dHead: 3, dModel: 7 });
const N = 20;
const PROMPT = 8;

const given = () => new SyntheticSpans(SHAPE, N, 5);
const job = (change: Partial<TraceJob>) => traceJob(N, PROMPT, 3, { hops: 2, ...change });

function traced(source: SyntheticSpans, wanted: TraceJob, onProgress: (done: number, total: number) => void = () => undefined): Promise<TraceOutput> {
  return trace(wanted, source, new SpanTracer(source.shape, createShareKernel(null, source.shape), (layer) => Promise.resolve(source.projection(layer))), onProgress);
}

const sum = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0);
const lists = (rows: readonly Float64Array[]) => rows.map((row) => Array.from(row));

/** METHOD step 3 by its definition, for hops of any kind. */
function bruteForceHops({ hops, keep }: TraceJob, target: TokenRange, span: TokenRange, importanceOf: (span: TokenRange, weights: readonly number[]) => Float64Array) {
  const importance: Float64Array[] = [];
  const carried: Float64Array[] = [];
  const ratios: number[] = [];
  let weights = Array.from(keep.subarray(target.start, target.end));
  for (let hop = 0; hop <= hops; hop++) {
    const raw = importanceOf(hop === 0 ? target : span, weights);
    const total = raw.map((x, j) => (keep[j] ? x : 0));
    importance.push(raw);
    carried.push(total.map((x) => x * ratios.reduce((a, b) => a * b, 1)));
    weights = Array.from(total.subarray(span.start, span.end));
    ratios.push(sum(weights) === 0 ? 0 : sum(weights) / sum(total));
  }
  return { importance, carried, ratios: ratios.map((_, hop) => ratios.slice(0, hop + 1).reduce((a, b) => a * b, 1)) };
}

describe('methods on seeded layers', () => {
  const keep = new Uint8Array(N).fill(1);
  for (const stop of [2, 11, 18]) keep[stop] = 0;

  for (const [what, change, target, span] of [
    ['a span with its reasoning', {}, { start: 17, end: 20 }, { start: 8, end: 20 }],
    ['a span before the end of the reasoning', { target: { start: 10, end: 12 }, reasoning: { start: 9, end: 15 } }, { start: 10, end: 12 }, { start: 9, end: 15 }],
    ['a span that begins before the reasoning and reaches beyond the usable end', { target: { start: 12, end: 20 }, reasoning: { start: 14, end: 20 }, usableEnd: 19 }, { start: 12, end: 19 }, { start: 12, end: 19 }],
    ['a span behind its reasoning', { target: { start: 17, end: 19 }, reasoning: { start: 9, end: 15 } }, { start: 17, end: 19 }, { start: 9, end: 19 }],
    ['a span without reasoning', { reasoning: null, usableEnd: 19 }, { start: 17, end: 19 }, { start: 8, end: 19 }],
    ['the whole generation', { target: null, usableEnd: 19 }, { start: 8, end: 19 }, { start: 8, end: 19 }],
  ] as const) {
    for (const [method, shift] of [['flashtrace', 0], ['flashtrace-producing', 1]] as const) {
      for (const renormThreshold of [0, 0.02]) {
        it(`${method} of ${what} is the paper's, hop by hop${renormThreshold ? ', small proximities cut' : ''}`, async () => {
          const source = given();
          const wanted = job({ method, keep, renormThreshold, ...change });
          const found = await traced(source, wanted);
          const brute = bruteForceHops(wanted, target, span, (at, weights) => bruteForceImportance(source.layers, at.start - shift, weights, renormThreshold));
          assertClose('importance', lists(found.importance), lists(brute.importance), 1e-5);
          assertClose('carried', lists(found.carried), lists(brute.carried), 1e-5);
          assertClose('ratios', found.ratios, brute.ratios, 1e-5);
          assert.deepEqual([found.target, found.recursionSpan, found.against, found.matrix], [target, span, undefined, undefined]);
          assert.ok(source.asked.every(({ spans: [{ start }] }, i) => start === (i < SHAPE.length ? target : span).start - shift));
        });
      }
    }
  }

  it('a hop that no mass reaches takes no work and gives nothing', async () => {
    const source = given();
    // Every generated token is a stop token: hop 0 has no weights, nothing stays for the others.
    const all = new Uint8Array(N).fill(1).fill(0, PROMPT);
    const { importance, carried, ratios } = await traced(source, job({ keep: all }));
    assert.equal(source.asked.length, SHAPE.length);
    assert.deepEqual(ratios, [0, 0, 0]);
    for (const hop of [1, 2]) assert.deepEqual([importance[hop], carried[hop]], [new Float64Array(N), new Float64Array(N)]);
  });

  it('ifr-span is the rows of the span as one, stop tokens with them, without hops', async () => {
    const source = given();
    const { target, recursionSpan, importance, carried, ratios, matrix } = await traced(source, job({ method: 'ifr-span', keep }));
    const brute = Array.from(bruteForceImportance(source.layers, 17, [1, 1, 1]));
    assertClose('importance', lists(importance), [brute], 1e-5);
    assert.deepEqual(carried, importance);
    assert.deepEqual([target, recursionSpan, ratios, matrix], [{ start: 17, end: 20 }, null, [], undefined]);
  });

  it('ifr-tokenwise is a row for every token, in blocks of 32, and their mean', async () => {
    const source = new SyntheticSpans(sameLayers(2, { nHeads: 1, nKvHeads: 1, dHead: 2, dModel: 3 }), 45, 3);
    const progress: number[][] = [];
    const { target, recursionSpan, importance, carried, ratios, matrix } = await traced(source, traceJob(45, 5, 40, { method: 'ifr-tokenwise', reasoning: null }), (...told) => progress.push(told));
    const rows = Array.from({ length: 40 }, (_, i) => Array.from(bruteForceImportance(source.layers, 5 + i, [1])));
    assertClose('matrix', lists(matrix!), rows, 1e-5);
    assertClose('mean', lists(importance), [rows[0].map((_, j) => rows.reduce((acc, row) => acc + row[j] / 40, 0))], 1e-5);
    assert.deepEqual(carried, importance);
    assert.deepEqual([target, recursionSpan, ratios], [{ start: 5, end: 45 }, null, []]);
    assert.deepEqual(source.asked.map(({ spans }) => spans.length), [32, 32, 8, 8]);
    assert.deepEqual(progress, [[1, 4], [2, 4], [3, 4], [4, 4]]);
  });

  for (const method of ['flashtrace', 'flashtrace-producing', 'ifr-span', 'ifr-tokenwise', 'logit-flow'] as const) {
    it(`${method} tells every layer of every pass that it makes, and may be stopped there`, async () => {
      const passes = attributionMethod(method).passes(job({ method }), { start: 17, end: 20 });
      assert.equal(passes, { 'flashtrace': 3, 'flashtrace-producing': 3, 'ifr-span': 1, 'ifr-tokenwise': 1, 'logit-flow': 3 }[method]);
      assert.deepEqual([attributionMethod(method).reads, attributionMethod(method).rowShift], method === 'logit-flow' ? ['contributions', 1] : ['attention', method === 'flashtrace-producing' ? 1 : 0]);
      const progress: number[][] = [];
      await traced(given(), job({ method }), (...told) => progress.push(told));
      const total = method === 'logit-flow' ? 0 : passes * SHAPE.length;
      assert.deepEqual(progress, Array.from({ length: total }, (_, i) => [i + 1, total]));
      if (total > 0) await assert.rejects(traced(given(), job({ method }), () => { throw new Error('enough'); }), /enough/);
    });
  }

  describe('logit-flow', () => {
    const part = (row: { moved: Float32Array }, sign: number) => Float64Array.from({ length: N }, (_, j) => Math.max(0, sign * (row.moved[j] ?? 0)));
    const mix = (rows: readonly Float64Array[], weights: readonly number[]) => Float64Array.from({ length: N }, (_, j) => rows.reduce((acc, row, i) => acc + weights[i] * row[j], 0));
    const scaled = (row: Float64Array, by: number) => row.map((x) => (by === 0 ? 0 : x / by));
    const raised = ({ rows }: SyntheticSpans, token: number) => scaled(part(rows[token], 1), sum(part(rows[token], 1)));
    const lowered = ({ rows }: SyntheticSpans, token: number) => scaled(part(rows[token], -1), Math.max(sum(part(rows[token], 1)), sum(part(rows[token], -1))));

    it('passes on what raised the logits, hop by hop by the root of the score, and tells what lowered them', async () => {
      const source = given();
      const { importance, carried, against, ratios } = await traced(source, job({ method: 'logit-flow', keep, hops: 1 }));
      const first = [17, 19]; // 18 is a stop token
      const hop0 = mix(first.map((token) => raised(source, token)), [1 / 2, 1 / 2]);
      const against0 = mix(first.map((token) => lowered(source, token)), [1 / 2, 1 / 2]).map((x, j) => x * keep[j]);
      const inside = Array.from({ length: N - PROMPT }, (_, i) => PROMPT + i);
      const roots = inside.map((token) => Math.sqrt(hop0[token] * keep[token]));
      const weights = roots.map((x) => x / sum(roots));
      const hop1 = mix(inside.map((token) => raised(source, token)), weights);
      const ratio = sum(inside.map((token) => hop0[token] * keep[token])) / sum(hop0.map((x, j) => x * keep[j]));
      const against1 = mix(inside.map((token) => lowered(source, token)), weights.map((x) => x * ratio))
        .map((x, j) => (x + mix(inside.map((token) => raised(source, token)), inside.map((token) => against0[token]))[j]) * keep[j]);
      assertClose('hop 0', Array.from(importance[0]), Array.from(hop0), 1e-6);
      assertClose('hop 1', Array.from(importance[1]), Array.from(hop1), 1e-6);
      assertClose('carried', Array.from(carried[1]), Array.from(hop1, (x, j) => x * ratio * keep[j]), 1e-6);
      assertClose('against 0', Array.from(against![0]), Array.from(against0), 1e-6);
      assertClose('against 1', Array.from(against![1]), Array.from(against1), 1e-6);
      assertClose('ratio', ratios[0], ratio, 1e-6);
    });

    it('asks for each row once, and for none that has no say', async () => {
      const source = given();
      await traced(source, job({ method: 'logit-flow', keep, hops: 3 }));
      const asked = source.askedRows.flat();
      assert.equal(new Set(asked).size, asked.length);
      assert.deepEqual(source.askedRows[0], [17, 19]);
      assert.ok(source.askedRows.every((rows) => rows.length > 0));
      assert.ok(asked.every((token) => keep[token] === 1 && token >= PROMPT));
      assert.equal(source.asked.length, 0, 'no layer');
    });

    it('of a comparison begins with the row of the difference', async () => {
      const source = given();
      const contrast = source.rows[15];
      const { importance, against } = await traced(source, job({ method: 'logit-flow', hops: 0, target: { start: 19, end: 20 }, contrast }));
      assertClose('for', Array.from(importance[0]), Array.from(raised(source, 15)), 1e-6);
      assertClose('against', Array.from(against![0]), Array.from(lowered(source, 15)), 1e-6);
      assert.deepEqual(source.askedRows, []);
    });

    it('of a token that nothing raised gives nothing, and divides by nothing', async () => {
      const source = given();
      source.rows[19].moved.fill(0);
      Object.assign(source.rows[19], { raised: 0, lowered: 0 });
      const { importance, against } = await traced(source, job({ method: 'logit-flow', hops: 1, target: { start: 19, end: 20 } }));
      for (const row of [...importance, ...against!]) assert.deepEqual(row, new Float64Array(N));
    });
  });
});
