// node tools/compare/llamaCpp.mjs MODEL.gguf [TOKENS] [GENERATED] [THREADS]: the same of llama.cpp, by the package node-llama-cpp (3.22.1, its prebuilt CPU program), which has to be
// installed where Node finds it from here: it is no dependency of the project.
import { memory } from './memory.mjs';

// @ts-expect-error: see above
const { getLlama } = await import('node-llama-cpp');
const [file, tokens = '512', generated = '60', threads = '2'] = process.argv.slice(2);
const llama = await getLlama({ gpu: false, build: 'never' });
const base = memory();
const started = performance.now();
const model = await llama.loadModel({ modelPath: file, useMmap: true });
const loadMs = performance.now() - started;
const ids = Array.from({ length: Number(tokens) }, (_, i) => (i * 7919 + 13) % 40_000);
const context = await model.createContext({ contextSize: ids.length + 256, threads: Number(threads), batchSize: 512, sequences: 1 });
const sequence = context.getSequence();
const prefill = async () => {
  await sequence.clearHistory();
  const began = performance.now();
  await sequence.evaluateWithoutGeneratingNewTokens(ids.slice(0, -1));
  return performance.now() - began;
};
await prefill();
const prefillMs = await prefill();
const resting = memory();
const began = performance.now();
const decoding = sequence.evaluate(ids.slice(-1), { temperature: 0 });
let count = 0;
while (count < Number(generated) && !(await decoding.next()).done) count++;
const tokensPerSecond = (1000 * count) / (performance.now() - began);
console.log(JSON.stringify({ program: 'llama.cpp', loadMs: Math.round(loadMs), baseMB: base.rss, restingMB: resting.rss, prefillMs: Math.round(prefillMs), tokensPerSecond: Number(tokensPerSecond.toFixed(1)) }));
process.exit(0);
