import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionProvider } from '../../protocol/engine/model';
import { expectedShapes } from '../checkpoint/config/decoderWeights';
import { parseModelConfig } from '../checkpoint/parseModelConfig';
import { TraceState } from '../state/traceState';
import { memoryWeights } from './graph/builder/initializers';
import { NO_CONSTANTS } from './layerConstants';
import { ModelSession } from './modelSession';
import { binariesFolder } from './runtime/onnxRuntime';

/** Largest difference of logits and attention sums, relative to the largest value, that a device may show against the CPU. */
const SELF_TEST_TOLERANCE = 1e-2;

/** Runs a small decoder on a provider. @returns null when it agrees with the CPU, else what is wrong, as the end of a sentence */
export async function selfTest(provider: ExecutionProvider): Promise<string | null> {
  if (provider === 'cuda' && cudaLibraryMissing()) return 'ONNX Runtime\'s CUDA library is not installed';
  let found: Float32Array;
  try {
    found = await smallRun(provider);
  } catch (error) {
    return `it does not start ("${reasonOf(error)}")`;
  }
  const wanted = await smallRun('cpu');
  let scale = 0;
  let difference = 0;
  for (let i = 0; i < wanted.length; i++) {
    scale = Math.max(scale, Math.abs(wanted[i]));
    difference = Math.max(difference, Math.abs(wanted[i] - found[i]));
  }
  return difference <= SELF_TEST_TOLERANCE * scale ? null : `its results differ from the CPU's by ${(difference / scale).toPrecision(2)} of the largest value`;
}

/** ONNX Runtime puts the source line and the condition that failed before the reason. */
function reasonOf(error: unknown): string {
  const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.replace(/^.* was false\.\s*/, '').replace(/[.\s]+$/, '');
}

/** Grouped-query attention, QK-norm and 40 rows (32 and more have gone wrong where fewer did not). */
const SMALL = parseModelConfig({
  model_type: 'qwen3', hidden_size: 32, intermediate_size: 48, head_dim: 16, num_attention_heads: 4, num_key_value_heads: 2, num_hidden_layers: 2, vocab_size: 64, max_position_embeddings: 64,
  tie_word_embeddings: true, use_sliding_window: true, sliding_window: 24, layer_types: ['full_attention', 'sliding_attention'],
}, 'the small decoder');

/** Runs the small decoder in two pieces; logits of the last row and attention sums, one after the other. */
async function smallRun(provider: ExecutionProvider): Promise<Float32Array> {
  const weights = new Map([...expectedShapes(SMALL)].map(([name, dims], seed) => [name, { dims, data: noise(dims, seed) }]));
  const { data: table } = weights.get('model.embed_tokens.weight')!;
  const embeddings = {
    rows: (ids: readonly number[]) => Promise.resolve(Float32Array.from({ length: ids.length * SMALL.dModel }, (_, i) => table[ids[Math.floor(i / SMALL.dModel)] * SMALL.dModel + (i % SMALL.dModel)])),
    close: () => undefined,
  };
  const session = await ModelSession.create(SMALL, { initializers: memoryWeights(weights), activations: 'exact', embeddings, constants: SMALL.layers.map(() => NO_CONSTANTS) }, provider);
  try {
    const ids = Array.from({ length: 48 }, (_, i) => (i * 29 + 3) % SMALL.dVocab);
    const state = new TraceState(SMALL, 0, ids.length);
    await session.extend(state, ids.slice(0, 40));
    await session.extend(state, ids.slice(40));
    await session.readLogits(state);
    const { sums } = await session.attention.columnSums(state, 1, Array.from(ids.keys()), new Float32Array(ids.length).fill(1 / ids.length));
    return Float32Array.from([...state.lastLogits, ...sums]);
  } finally {
    await session.release();
  }
}

/** Weights of the size that training gives; norms around 1. Deterministic. */
function noise(dims: readonly number[], seed: number): Float32Array {
  const size = dims.reduce((a, b) => a * b, 1);
  return Float32Array.from({ length: size }, (_, i) => (dims.length === 1 ? 1 : 0) + 0.2 * Math.sin(12.9898 * (i + 1) + 78.233 * (seed + 1)));
}

/**
 * CUDA's library is not part of the npm package (its install script fetches it on request). Asking for it where it is
 * missing would make ONNX Runtime print an error of its own.
 */
function cudaLibraryMissing(): boolean {
  return !existsSync(join(binariesFolder(), process.platform === 'win32' ? 'onnxruntime_providers_cuda.dll' : 'libonnxruntime_providers_cuda.so'));
}
