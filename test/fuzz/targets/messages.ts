import assert from 'node:assert/strict';
import { TracerHandler } from '../../../src/engine/attribution/thread/tracerHandler';
import { isFromTracer, isToTracer } from '../../../src/engine/attribution/thread/checkedMessages';
import { fromErrorData } from '../../../src/engine/base/errors';
import { resolveReasoning, resolveTarget } from '../../../src/engine/requests/spans';
import { tokenizeTranscript } from '../../../src/engine/prompt/tokenizeTranscript';
import { isClientMessage, isEngineMessage } from '../../../src/protocol/engine/checkedMessages';
import type { TraceParams } from '../../../src/protocol/engine/requests';
import { isFromPanel, isToPanel } from '../../../src/protocol/panel/checkedMessages';
import { EMPTY_MODEL, receive } from '../../../webview/app/panelModel';
import { smallTrace } from '../../support/smallTrace';
import { embeddedTokenizer } from '../../support/tokenizers/realTokenizers';
import { VERIFIED } from './kept';
import { jsonOf, refusedOrDone, type FuzzTarget } from './target';

const TRACE = smallTrace([{ text: 'a', region: 'prompt', hops: [1] }, { text: 'b', region: 'answer', hops: [0] }], 1, [1, 2]);
const FROM_PANEL = [{ type: 'ready' }, { type: 'reveal', range: { start: 0, end: 4 } }, { type: 'choose', token: 4 }, { type: 'rerun', method: 'logit-flow', hops: 2 }, { type: 'cancel' }];
const TO_PANEL = [{ type: 'trace', trace: TRACE, stale: false, chosen: null }, { type: 'verified', verified: VERIFIED }, { type: 'busy', busy: { message: 'Tracing', fraction: 0.5 } }, { type: 'mark', token: 1 }, { type: 'notice', message: null }, { type: 'chosen', token: 1 }];

/** Messages of the panel and to it: taken in their form, or dropped. */
export const panelMessages: FuzzTarget = {
  name: 'panel-messages',
  cases: 7_000,
  seeds: () => [...FROM_PANEL, ...TO_PANEL].map((message) => JSON.stringify(message)),
  words: ['"type"', '"ready"', '"verify"', '"clear"', '"flashtrace"', '"ifr-span"'],
  run: async (input) => {
    const message = jsonOf(input);
    if (isFromPanel(message) && message.type === 'rerun') assert.ok(message.hops >= 0 && message.hops <= 8 && typeof message.method === 'string');
    if (isFromPanel(message) && message.type === 'reveal') assert.ok(message.range.start <= message.range.end);
    if (isToPanel(message)) receive(receive(EMPTY_MODEL, { type: 'trace', trace: TRACE, stale: false, chosen: null }), message);
  },
};

const DOCUMENT = { name: 'a.txt', text: 'Facts: Halcyon is based in Oslo. Question: Where is Halcyon based?\nassistant:\nOslo.' };
const LOAD = { modelDir: '/m', device: 'cpu', memoryBudget: 1e9 };
const TRACED = { ...LOAD, document: DOCUMENT, target: 'answer', options: { method: 'flashtrace', hops: 1, renormThreshold: 0 } };
const CLIENT = [
  { type: 'request', id: 1, method: 'load', params: LOAD }, { type: 'request', id: 2, method: 'tokenize', params: { ...LOAD, document: { ...DOCUMENT, format: 'dialogue', conversation: 0 } } }, { type: 'request', id: 3, method: 'trace', params: TRACED },
  { type: 'request', id: 4, method: 'trace', params: { ...TRACED, target: { start: 79, end: 83 }, reasoning: { tokens: { start: 1, end: 3 } }, ratherThan: 'Rome', warmOnly: true } },
  { type: 'request', id: 5, method: 'verify', params: { ...TRACED, verify: { passages: 8, granularity: 'sentences', seed: 1 } } },
  { type: 'request', id: 6, method: 'generate', params: { ...LOAD, document: DOCUMENT, options: { maxTokens: 8, temperature: 0.7, topK: 4, topP: 0.9, seed: 3 } } }, { type: 'cancel', id: 1 },
  { type: 'request', id: 7, method: 'findModels', params: { included: '/m', paths: ['/a'], used: [], tokens: 4096 } },
];
const ENGINE = [
  { type: 'ready', onnxRuntime: '1' }, { type: 'progress', id: 1, progress: { kind: 'phase', phase: 'prefill', done: 1, total: 2, left: { ms: 1, bytes: 2 } } }, { type: 'progress', id: 1, progress: { kind: 'text', text: 'a' } },
  { type: 'result', id: 1, result: {} }, { type: 'error', id: 1, error: { code: 'span', message: 'No.' } }, { type: 'log', level: 'warn', message: 'x' },
];
const TRACER = [
  { type: 'trace', id: 1, job: { method: 'ifr-span', hops: 0, renormThreshold: 0, nTokens: 2, promptLength: 1, keep: { $u8: [1, 1] }, target: { start: 1, end: 2 }, reasoning: null, usableEnd: 2 } },
  { type: 'answer', request: 1, answer: { columns: 2, values: { $f32: [1, 2] }, spans: [{ attention: { $f32: [1, 1] }, xMid: { $f64: [1] }, xIn: { $f64: [1] } }] } }, { type: 'answer', request: 1, answer: [{ moved: { $f32: [1] }, raised: 1, lowered: 0 }] },
  { type: 'refusal', request: 1, error: { code: 'cancelled', message: 'x' } }, { type: 'layer', request: 1, id: 1, layer: 0, spans: [{ start: 0, weights: { $f64: [1] } }] }, { type: 'result', id: 1, output: { target: { start: 1, end: 2 }, recursionSpan: null, importance: [{ $f64: [1, 0] }], carried: [{ $f64: [1, 0] }], ratios: [] } },
];
const ARRAYS: Readonly<Record<string, new (numbers: number[]) => unknown>> = { $u8: Uint8Array, $f32: Float32Array, $f64: Float64Array };

/** Typed arrays, which structured cloning keeps and JSON does not know. */
function withArrays(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withArrays);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, numbers] = ['', null]] = Object.entries(value);
  if (Object.hasOwn(ARRAYS, name) && Array.isArray(numbers)) return new ARRAYS[name](numbers as number[]);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withArrays(item)]));
}

/** Messages between client, engine and tracer: what is taken can be worked on, and fails with an error of the engine if at all. */
export const engineMessages: FuzzTarget = {
  name: 'engine-messages',
  cases: 6_000,
  seeds: () => [...CLIENT, ...ENGINE, ...TRACER].map((message) => JSON.stringify(message)),
  words: ['"trace"', '"answer"', '"alternatives"', '{"tokens":{"start":0,"end":3}}', '"format"', '"conversation"', '"plain"', '"openai"', '"raw"', '"constructor"', '{"$f64":[1e999]}', '{"$f32":[]}'],
  run: async (input) => {
    const message = withArrays(jsonOf(input));
    if (isEngineMessage(message) && message.type === 'error') fromErrorData(message.error);
    isFromTracer(message);
    if (isToTracer(message) && message.type !== 'trace') {
      const handler = new TracerHandler({ shape: [{ nHeads: 1, nKvHeads: 1, dHead: 1, dModel: 1 }], projections: [], kernels: null }, () => undefined);
      handler.receive(message);
    }
    if (!isClientMessage(message) || message.type !== 'request' || message.method === 'load' || message.method === 'findModels') return;
    const params = message.params as TraceParams;
    const tokenizer = await embeddedTokenizer();
    await refusedOrDone(() => {
      const tokenized = tokenizeTranscript(params.document, tokenizer, { date: new Date(0), contextLength: 100_000 });
      if (message.method === 'tokenize' || message.method === 'generate') return;
      resolveReasoning(params.reasoning, tokenized, resolveTarget(params.target, tokenized));
    });
  },
};
