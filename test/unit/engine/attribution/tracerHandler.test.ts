import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectionFiles, tracerShape } from '../../../../src/engine/attribution/aggregation/outputProjection';
import { TracerHandler } from '../../../../src/engine/attribution/thread/tracerHandler';
import { TracerThread } from '../../../../src/engine/attribution/thread/tracerThread';
import type { FromTracer, TracerWorkerData } from '../../../../src/engine/attribution/thread/tracerProtocol';
import { CancelledError, EngineCrashedError, EngineError, SpanError } from '../../../../src/engine/base/errors';
import { openCheckpoint } from '../../../../src/engine/checkpoint/checkpoint';
import { eventually } from '../../../support/eventually';
import { DIST } from '../../../support/folders';
import { GOLDEN_DIR } from '../../../support/recordedCases';
import { SyntheticSpans } from '../../../support/syntheticSpans';
import { temporaryFolder } from '../../../support/temporaryFolder';
import { traceJob } from '../../../support/traceJob';

const N = 14;
const job = traceJob(N, 5, 3, { method: 'ifr-span' });

/** Seeded layers for the output projections of a real checkpoint. */
async function given(family: string): Promise<{ data: TracerWorkerData; source: SyntheticSpans }> {
  const checkpoint = await openCheckpoint(join(GOLDEN_DIR, family));
  const shape = tracerShape(checkpoint.config);
  return { data: { shape, projections: projectionFiles(checkpoint), kernels: null }, source: new SyntheticSpans(shape, N, 4) };
}

const settled = async () => { for (let i = 0; i < 50; i++) await new Promise(setImmediate); };

describe('the tracer\'s side of the messages', () => {
  it('asks for layers by number, takes each answer for its own request, and tells progress and result', async () => {
    const { data, source } = await given('qwen2');
    const sent: { message: FromTracer; transfer?: ArrayBuffer[] }[] = [];
    const handler = new TracerHandler(data, (message, transfer) => sent.push({ message, transfer }));
    handler.receive({ type: 'trace', id: 7, job });
    const answered = new Set<number>();
    const unanswered = () => sent.flatMap(({ message }) => (message.type === 'layer' && !answered.has(message.request) ? [message] : []));
    while (answered.size < data.shape.length) {
      await eventually('the next layer', () => unanswered().length > 0);
      // The later one first: an answer is known by its request, not by its place.
      for (const { request, layer, spans, id } of unanswered().reverse()) {
        assert.equal(id, 7);
        answered.add(request);
        handler.receive({ type: 'answer', request, answer: await source.layer(layer, spans) });
      }
    }
    await eventually('the result', () => sent.at(-1)?.message.type === 'result');
    const layers = sent.flatMap(({ message, transfer }) => (message.type === 'layer' ? [{ message, transfer }] : []));
    assert.deepEqual(layers.map(({ message }) => message.layer), Array.from({ length: data.shape.length }, (_, l) => l));
    assert.equal(new Set(layers.map(({ message }) => message.request)).size, layers.length);
    for (const { message, transfer } of layers) assert.deepEqual(transfer, message.spare && [message.spare], 'spare memory goes with the question');
    assert.deepEqual(sent.flatMap(({ message }) => (message.type === 'progress' ? [[message.id, message.done, message.total]] : [])), layers.map((_, l) => [7, l + 1, layers.length]));
    const { message: last } = sent.at(-1)!;
    assert.ok(last.type === 'result' && last.id === 7);
    assert.equal(last.output.importance[0].length, N);
  });

  it('reads its own output projections, value biases with them', async () => {
    const { data, source } = await given('qwen2');
    for (const { valueBias } of data.projections) assert.deepEqual(valueBias?.shape, [data.shape[0].nKvHeads * data.shape[0].dHead]);
    assert.ok((await given('llama')).data.projections.every(({ valueBias }) => valueBias === null));
    const thread = new TracerThread(join(DIST, 'tracerWorker.js'), data);
    try {
      const inThread = await thread.trace(job, source, () => undefined);
      let result: unknown;
      const handler = new TracerHandler(data, (message) => {
        if (message.type === 'layer') void source.layer(message.layer, message.spans).then((answer) => { handler.receive({ type: 'answer', request: message.request, answer }); });
        if (message.type === 'result') result = message.output;
        assert.notEqual(message.type, 'error');
      });
      handler.receive({ type: 'trace', id: 1, job });
      await eventually('a result', () => result !== undefined);
      assert.deepEqual(result, inThread, 'in this thread as in the other');
    } finally {
      await thread.dispose();
    }
  });

  it('ends a trace with the refusal of what it asked for, or with what went wrong', async () => {
    const { data, source } = await given('llama');
    const sent: FromTracer[] = [];
    const handler = new TracerHandler(data, (message) => sent.push(message));
    handler.receive({ type: 'trace', id: 1, job });
    await settled();
    const asked = sent.filter((message) => message.type === 'layer');
    assert.equal(asked.length, 2);
    handler.receive({ type: 'answer', request: 99, answer: [] });
    handler.receive({ type: 'refusal', request: 99, error: { code: 'span', message: 'Nobody asked.' } });
    await settled();
    assert.equal(sent.length, 2, 'what was not asked for changes nothing');
    handler.receive({ type: 'refusal', request: asked[0].request, error: { code: 'cancelled', message: 'The run was cancelled.' } });
    await settled();
    assert.deepEqual(sent[2], { type: 'error', id: 1, error: { code: 'cancelled', message: 'The run was cancelled.' } });
    handler.receive({ type: 'trace', id: 2, job: { ...job, method: 'logit-flow' } });
    await settled();
    const rows = sent.at(-1)!;
    assert.ok(rows.type === 'contributions' && rows.id === 2);
    assert.deepEqual(rows.tokens, [11, 12, 13]);
    handler.receive({ type: 'answer', request: rows.request, answer: await source.contributions(rows.tokens) });
    await settled();
    const more = sent.at(-1)!;
    assert.ok(more.type === 'contributions');
    handler.receive({ type: 'answer', request: more.request, answer: [] });
    await settled();
    const fault = sent.at(-1)!;
    assert.ok(fault.type === 'error' && fault.id === 2 && fault.error.code === 'internal');
  });
});

describe('the tracer\'s thread', () => {
  let data: TracerWorkerData;
  let source: SyntheticSpans;
  let thread: TracerThread;
  const folder = temporaryFolder();
  before(async () => { ({ data, source } = await given('llama')); });
  beforeEach(() => { thread = new TracerThread(join(DIST, 'tracerWorker.js'), data); });
  afterEach(() => thread.dispose());

  it('computes traces, several at once, each from its own source with its own progress', async () => {
    const other = new SyntheticSpans(data.shape, N, 77);
    const progress: string[] = [];
    const [one, two] = await Promise.all([
      thread.trace(job, source, (done, total) => progress.push(`one ${done}/${total}`)),
      thread.trace({ ...job, target: { start: 12, end: 14 } }, other, (done, total) => progress.push(`two ${done}/${total}`)),
    ]);
    assert.notDeepEqual(one.importance, two.importance);
    for (const name of ['one', 'two']) assert.deepEqual(progress.filter((text) => text.startsWith(name)), Array.from({ length: data.shape.length }, (_, l) => `${name} ${l + 1}/${data.shape.length}`));
    assert.deepEqual((await thread.trace(job, source, () => undefined)).importance, one.importance);
    const flow = await thread.trace({ ...job, method: 'logit-flow' }, source, () => undefined);
    assert.equal(flow.against!.length, job.hops + 1);
  });

  it('takes the memory of answers over', async () => {
    const given: ArrayBufferLike[] = [];
    const watched = { ...source, layer: async (...asked: Parameters<SyntheticSpans['layer']>) => {
      const answer = await source.layer(...asked);
      given.push(answer.values!.buffer, ...answer.spans.map(({ attention }) => attention.buffer));
      return answer;
    }, contributions: (tokens: readonly number[]) => source.contributions(tokens) };
    await thread.trace(job, watched, () => undefined);
    assert.ok(given.length > 0 && given.every((buffer) => buffer.byteLength === 0));
  });

  it('ends with the error of the source', async () => {
    const refusing = { layer: () => Promise.reject(new SpanError('No such span.')), contributions: () => Promise.reject(new SpanError('No such rows.')) };
    await assert.rejects(thread.trace(job, refusing, () => undefined), (error: EngineError) => error instanceof EngineError && error.code === 'span' && error.message === 'No such span.');
    await assert.rejects(thread.trace({ ...job, method: 'logit-flow' }, refusing, () => undefined), /No such rows/);
    assert.ok((await thread.trace(job, source, () => undefined)).importance.length > 0, 'and the next one goes on');
  });

  it('is cancelled before it begins and at once while it waits, and the next trace goes on', async () => {
    await assert.rejects(thread.trace(job, source, () => undefined, AbortSignal.abort()), CancelledError);
    const stop = new AbortController();
    const waiting = { layer: () => new Promise<never>(() => undefined), contributions: () => new Promise<never>(() => undefined) };
    const cancelled = thread.trace(job, waiting, () => undefined, stop.signal);
    setImmediate(() => stop.abort());
    await assert.rejects(cancelled, CancelledError);
    assert.ok((await thread.trace(job, source, () => undefined)).importance.length > 0);
  });

  it('refuses layers to a trace that has been cancelled, which ends in the thread, too', async () => {
    const stop = new AbortController();
    let asked = 0;
    const slow = { layer: async (...args: Parameters<SyntheticSpans['layer']>) => {
      asked++;
      if (asked === 2) stop.abort();
      return source.layer(...args);
    }, contributions: () => Promise.resolve([]) };
    await assert.rejects(thread.trace(job, slow, () => assert.fail('no progress of a cancelled trace'), stop.signal), CancelledError);
    await thread.trace(job, source, () => undefined);
    assert.equal(asked, 2);
  });

  it('hears nothing of a result that comes after a cancel', async () => {
    const stop = new AbortController();
    const late = thread.trace(job, source, (done, total) => { if (done === total) stop.abort(); }, stop.signal);
    await assert.rejects(late, CancelledError);
    assert.ok((await thread.trace(job, source, () => undefined)).importance.length > 0);
  });

  it('that stops by itself or is given up ends its traces in a sentence', async () => {
    const waiting = { layer: () => new Promise<never>(() => undefined), contributions: () => new Promise<never>(() => undefined) };
    const given = thread.trace(job, waiting, () => undefined);
    void thread.dispose();
    await assert.rejects(given, CancelledError);
    writeFileSync(join(folder(), 'exits.js'), "require('node:worker_threads').parentPort.once('message', () => process.exit(0));");
    const exits = new TracerThread(join(folder(), 'exits.js'), data);
    await assert.rejects(exits.trace(job, waiting, () => undefined), (error: Error) => error instanceof EngineCrashedError && error.message === 'The tracer stopped before it had finished; run the command again.');
    const none = new TracerThread(join(DIST, 'no such file.js'), data);
    await assert.rejects(none.trace(job, waiting, () => undefined), (error: Error) => error instanceof EngineCrashedError && /^The tracer stopped with ".+"; run the command again\.$/.test(error.message));
  });
});
