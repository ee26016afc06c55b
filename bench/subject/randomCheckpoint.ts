import { existsSync } from 'node:fs';
import { mkdir, open, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expectedShapes } from '../../src/engine/checkpoint/config/decoderWeights';
import { parseModelConfig } from '../../src/engine/checkpoint/parseModelConfig';

/** config.json of Qwen3-0.6B (28 layers, width 1024, 16 query and 8 key/value heads of 128). */
export const QWEN3_0_6B = {
  architectures: ['Qwen3ForCausalLM'], model_type: 'qwen3', vocab_size: 151_936, hidden_size: 1024, intermediate_size: 3072, num_hidden_layers: 28,
  num_attention_heads: 16, num_key_value_heads: 8, head_dim: 128, hidden_act: 'silu', max_position_embeddings: 40_960, rms_norm_eps: 1e-6,
  rope_theta: 1_000_000, tie_word_embeddings: true, torch_dtype: 'bfloat16', eos_token_id: 151_645, attention_bias: false,
};

/** config.json of the embedded model, with a longer context. */
export const TRACELET = {
  architectures: ['Qwen3ForCausalLM'], model_type: 'qwen3', vocab_size: 1471, hidden_size: 128, intermediate_size: 352, num_hidden_layers: 6,
  num_attention_heads: 4, num_key_value_heads: 2, head_dim: 32, hidden_act: 'silu', max_position_embeddings: 32_768, rms_norm_eps: 1e-6,
  rope_theta: 1_000_000, tie_word_embeddings: true, torch_dtype: 'bfloat16', eos_token_id: 1468, attention_bias: false,
};

/** A block of normal numbers in bf16, repeated to fill every weight: what is measured does not depend on the values being all different. */
const BLOCK = 1 << 20;

/**
 * Writes a checkpoint of the given shape with seeded random bf16 weights; norms are 1. Kept for the next run.
 * Matrices are scaled by 1 / sqrt(inputs), so that activations, attention and shares stay in the range of a real model.
 */
export async function randomCheckpoint(dir: string, config: Record<string, unknown>): Promise<string> {
  const path = join(dir, 'model.safetensors');
  if (existsSync(path)) return dir;
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'config.json'), JSON.stringify(config, null, 1));
  const shapes = [...expectedShapes(parseModelConfig(config, 'config.json'))];
  const header: Record<string, unknown> = {};
  let offset = 0;
  for (const [name, shape] of shapes) {
    const bytes = 2 * shape.reduce((a, b) => a * b, 1);
    header[name] = { dtype: 'BF16', shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  let json = JSON.stringify(header);
  json += ' '.repeat((8 - (json.length % 8)) % 8);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  const partial = join(dirname(path), 'partial');
  const file = await open(partial, 'w');
  await file.write(Buffer.concat([prefix, Buffer.from(json)]));
  const normal = normalBlock();
  for (const [, shape] of shapes) {
    const size = shape.reduce((a, b) => a * b, 1);
    const scale = shape.length === 1 ? null : 1 / Math.sqrt(shape[shape.length - 1]);
    const block = toBfloat16(scale === null ? new Float32Array(Math.min(size, BLOCK)).fill(1) : normal.subarray(0, Math.min(size, BLOCK)).map((x) => x * scale));
    for (let done = 0; done < size; done += BLOCK) {
      const count = Math.min(BLOCK, size - done);
      await file.write(new Uint8Array(block.buffer, 0, 2 * count));
    }
  }
  await file.close();
  await rename(partial, path);
  return dir;
}

function normalBlock(): Float32Array {
  let state = 12345;
  const uniform = () => (state = (state * 48271) % 2147483647) / 2147483647;
  return Float32Array.from({ length: BLOCK }, () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()));
}

function toBfloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return Uint16Array.from(bits, (x) => (x + 0x8000) >>> 16);
}
