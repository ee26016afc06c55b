import assert from 'node:assert/strict';
import { mulberry32 } from '../../../../src/engine/base/random';
import { parseModelConfig } from '../../../../src/engine/checkpoint/parseModelConfig';
import { headGraph } from '../../../../src/engine/decoder/graph/headGraph';
import { memoryWeights } from '../../../../src/engine/decoder/graph/builder/initializers';
import { createSession } from '../../../../src/engine/decoder/runtime/onnxRuntime';
import { float32, int64 } from '../../../../src/engine/decoder/runtime/sessionTensors';

const ROWS = 6;

describe('head graph', () => {
  // Vocabularies of Qwen3 and of Llama 2's kin, one that no block divides, and one shorter than a block.
  for (const dVocab of [151_936, 32_000, 50_257, 61]) {
    for (const spread of [0.5, 4]) {
      it(`log probabilities within 1e-5 of fp64's, ${dVocab} tokens, logits that spread by ${spread}`, async () => {
        const config = parseModelConfig({ model_type: 'qwen3', hidden_size: 8, intermediate_size: 8, head_dim: 8, num_attention_heads: 1, num_key_value_heads: 1, num_hidden_layers: 1, vocab_size: dVocab, tie_word_embeddings: true }, 'config.json');
        const random = mulberry32(dVocab);
        const noise = (length: number, scale: number) => Float32Array.from({ length }, () => scale * (2 * random() - 1));
        const weights = new Map([
          ['model.embed_tokens.weight', { dims: [dVocab, 8], data: noise(8 * dVocab, spread) }],
          ['model.norm.weight', { dims: [8], data: new Float32Array(8).fill(1) }],
        ]);
        const session = await createSession(headGraph(config, { initializers: memoryWeights(weights), activations: 'exact' }), { executionProviders: ['cpu'] });
        try {
          const targets = Array.from({ length: ROWS }, () => Math.floor(random() * dVocab));
          const out = await session.run({
            xFinal: float32(noise(8 * ROWS, 1), [ROWS, 8]),
            targets: int64(targets),
          });
          const logits = out.logits.data as Float32Array;
          targets.forEach((target, i) => {
            const row = Array.from(logits.subarray(i * dVocab, (i + 1) * dVocab));
            const highest = row.reduce((a, b) => Math.max(a, b));
            const exact = row[target] - highest - Math.log(row.reduce((sum, x) => sum + Math.exp(x - highest), 0));
            const found = (out.logProb.data as Float32Array)[i];
            assert.ok(Math.abs(Math.expm1(found - exact)) < 1e-5, `row ${i}: ${found} where fp64 has ${exact}`);
          });
        } finally {
          await session.release();
        }
      });
    }
  }
});
