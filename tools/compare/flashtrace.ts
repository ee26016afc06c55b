/**
 * npx tsx tools/compare/flashtrace.ts MODEL PRECISION [TOKENS] [GENERATED] [CACHE]: load, prefill with the trace state, decoding and memory of one process, beside llamaCpp.mjs.
 * Tokens are drawn by number: what they mean changes no time. The first prefill warms up.
 */
import { extendState } from '../../src/engine/model/extendState';
import { ModelRuntime } from '../../src/engine/model/modelRuntime';
import { TraceState } from '../../src/engine/state/traceState';
import { PRECISIONS, type Precision } from '../../src/protocol/engine/model';
import { DIST } from '../../test/support/folders';
import { memory } from './memory.mjs';

async function main([model, precision, tokens = '512', generated = '60', cache]: readonly string[]): Promise<void> {
  if (!PRECISIONS.includes(precision as Precision)) throw new Error(`The precision "${precision}" does not exist; choose one of ${PRECISIONS.join(', ')}.`);
  const base = memory();
  const started = performance.now();
  const runtime = await ModelRuntime.load(model, 'cpu', DIST, { precision: precision as Precision, ...(cache !== undefined && { weightCache: { folder: cache, budget: 1e12 } }) });
  const loadMs = performance.now() - started;
  const resting = memory();
  const { config } = runtime.checkpoint;
  const ids = Array.from({ length: Number(tokens) }, (_, i) => (i * 7919 + 13) % (config.dVocab - 1000));
  const prefill = async (): Promise<{ readonly state: TraceState; readonly ms: number }> => {
    const state = new TraceState(config, 0, ids.length + Number(generated));
    const began = performance.now();
    await extendState(runtime, state, ids);
    return { state, ms: performance.now() - began };
  };
  await prefill();
  const { state, ms } = await prefill();
  await runtime.session.readLogits(state); // of all rows of the prompt, which a step has no part in
  const began = performance.now();
  for (let i = 0; i < Number(generated); i++) {
    await runtime.session.extend(state, [state.argmax[state.argmax.length - 1]]);
    await runtime.session.readLogits(state);
  }
  const decoded = (1000 * Number(generated)) / (performance.now() - began);
  console.log(JSON.stringify({ program: `FlashTrace, ${precision}`, loadMs: Math.round(loadMs), baseMB: base.rss, restingMB: resting.rss, peakWhileLoadingMB: resting.peak, prefillMs: Math.round(ms), tokensPerSecond: Number(decoded.toFixed(1)) }));
  await runtime.dispose();
}

void main(process.argv.slice(2));
