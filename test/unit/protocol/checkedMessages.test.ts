import assert from 'node:assert/strict';
import { isFromTracer, isToTracer } from '../../../src/engine/attribution/thread/checkedMessages';
import { TracedTexts } from '../../../src/host/tracing/tracedTexts';
import { isClientMessage, isEngineMessage } from '../../../src/protocol/engine/checkedMessages';
import { checkedState, isFromPanel, isToPanel } from '../../../src/protocol/panel/checkedMessages';
import { toStoredTrace } from '../../../src/view/trace/storedTrace';
import { smallTrace, tokenwiseTrace } from '../../support/smallTrace';

const TOKENS = [{ text: 'a', region: 'prompt' }, { text: 'b', region: 'answer' }] as const;
const TRACE = smallTrace([{ ...TOKENS[0], hops: [1] }, { ...TOKENS[1], hops: [0] }], 1, [1, 2]);
const DOCUMENT = { name: 'a.txt', text: 'user:\nQ' };
const LOAD = { modelDir: '/m', device: 'cpu' };

/** The first is taken; every other one is it with a field that is wrong. */
function holdsTo(isMessage: (value: unknown) => boolean, good: object, ...wrong: readonly object[]): void {
  assert.ok(isMessage(good), JSON.stringify(good));
  for (const fields of wrong) assert.ok(!isMessage({ ...good, ...fields }), JSON.stringify({ ...good, ...fields }));
}

describe('messages over a boundary', () => {
  it('of the panel: another type, another method, hops or ranges that are none are dropped', () => {
    holdsTo(isFromPanel, { type: 'ready' }, { type: 'constructor' }, { type: '__proto__' }, { type: null });
    holdsTo(isFromPanel, { type: 'rerun', method: 'logit-flow', hops: 2 }, { method: 'toString' }, { method: ['logit-flow'] }, { hops: 9 }, { hops: -1 }, { hops: 0.5 }, { hops: '2' }, { hops: undefined });
    holdsTo(isFromPanel, { type: 'reveal', range: { start: 1, end: 2 } }, { range: { start: 2, end: 1 } }, { range: { start: -1, end: 2 } }, { range: { start: 0, end: NaN } }, { range: [0, 1] }, { range: null });
    holdsTo(isFromPanel, { type: 'choose', token: null }, { token: 1e300 }, { token: undefined }, { token: {} });
    for (const none of [null, undefined, 0, 'ready', [], ['ready'], Object.create({ type: 'ready' })]) assert.ok(!isFromPanel(none));
  });

  it('to the panel: a trace that does not fit its tokens is dropped', () => {
    holdsTo(isToPanel, { type: 'trace', trace: TRACE, stale: false, chosen: null },
      { trace: null }, { trace: { ...TRACE, scores: [1] } }, { trace: { ...TRACE, hopScores: [] } }, { trace: { ...TRACE, target: { start: 0, end: 3 } } }, { trace: { ...TRACE, promptLength: 5 } },
      { trace: { ...TRACE, method: 'other' } }, { trace: { ...TRACE, tokens: [null, null] } }, { trace: { ...TRACE, matrix: 'AAAA' } }, { stale: 0 });
    assert.ok(isToPanel({ type: 'trace', trace: tokenwiseTrace(TOKENS, 1, [[1, 0]]), stale: true, chosen: 1 }));
    holdsTo(isToPanel, { type: 'busy', busy: { message: 'Tracing', fraction: null } }, { busy: {} }, { busy: { message: 1, fraction: 0 } });
  });

  it('what the panel kept: a trace that cannot be drawn is none, a choice of a hop that it does not have is all of them', () => {
    const kept = { trace: toStoredTrace(TRACE, 100), stale: false, hop: 7, chosen: null };
    assert.equal(checkedState(kept)?.hop, 'all');
    assert.deepEqual(checkedState(kept)?.trace, kept.trace);
    assert.equal(checkedState({ ...kept, verified: { sources: 'x' } })?.verified, null);
    for (const wrong of [undefined, null, 'x', [], { ...kept, hop: -1 }, { ...kept, trace: { ...kept.trace, tokens: 5 } }, { ...kept, chosen: 'x' }, { ...kept, trace: { ...kept.trace, scores: [Infinity, 0] } }]) assert.equal(checkedState(wrong), null);
  });

  it('to the engine: parameters are those of the method', () => {
    holdsTo(isClientMessage, { type: 'request', id: 1, method: 'load', params: LOAD }, { id: '1' }, { id: -1 }, { method: 'constructor' }, { params: null }, { params: { ...LOAD, device: 'tpu' } }, { params: { ...LOAD, modelDir: ['/m'] } });
    const trace = { ...LOAD, document: DOCUMENT, target: 'answer', options: { method: 'flashtrace', hops: 1 } };
    holdsTo(isClientMessage, { type: 'request', id: 1, method: 'trace', params: trace }, ...[
      { target: 'all' }, { target: { start: 2, end: 1 } }, { target: { tokens: 1 } }, { document: { name: 'a' } }, { document: { ...DOCUMENT, conversation: -1 } }, { options: {} }, { reasoning: 'x' }, { ratherThan: {} }, { warmOnly: 1 },
    ].map((fields) => ({ params: { ...trace, ...fields } })));
    assert.ok(isClientMessage({ type: 'request', id: 2, method: 'generate', params: { ...LOAD, document: { ...DOCUMENT, conversation: undefined }, options: { maxTokens: 4, temperature: 0, topK: undefined } } }));
    assert.ok(!isClientMessage({ type: 'request', id: 2, method: 'verify', params: trace }));
    holdsTo(isClientMessage, { type: 'cancel', id: 3 }, { id: undefined });
  });

  it('of the engine and of the tracer: progress, errors and layers have their fields', () => {
    holdsTo(isEngineMessage, { type: 'progress', id: 1, progress: { kind: 'phase', phase: 'load', done: 0, total: 1 } }, { progress: { kind: 'toString' } }, { progress: { kind: 'text' } }, { progress: null });
    holdsTo(isEngineMessage, { type: 'error', id: 1, error: { code: 'tokenizer', message: 'No.' } }, { error: { code: 'other', message: '' } }, { error: 'x' });
    holdsTo(isToTracer, { type: 'answer', request: 1, answer: [{ moved: new Float32Array(1), raised: 1, lowered: 0 }] }, { answer: [{ moved: [1], raised: 1, lowered: 0 }] }, { answer: {} }, { request: null });
    holdsTo(isFromTracer, { type: 'layer', request: 1, id: 1, layer: 0, spans: [{ start: 0, weights: new Float64Array(1) }] }, { spans: [{ start: 0, weights: [1] }] }, { layer: -1 });
  });
});

describe('texts that were remembered', () => {
  it('of another form are forgotten, the others stay', () => {
    const good = ['file:///a', { textHash: 'h', textLength: 3 }];
    const stored = (value: unknown) => new TracedTexts({ get: (_: string, fallback: unknown) => value ?? fallback, update: () => Promise.resolve(), keys: () => [] } as never);
    assert.deepEqual(stored([null, 5, ['x'], ['file:///b', { textHash: 1, textLength: 3 }], good]).recall('file:///a'), good[1]);
    for (const wrong of [undefined, null, 'x', {}, [[]], [['file:///a', null]]]) assert.equal(stored(wrong).recall('file:///a'), undefined);
  });
});
