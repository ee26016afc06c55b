import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointError } from '../../../../../src/engine/base/errors';
import { openCheckpoint, type Checkpoint } from '../../../../../src/engine/checkpoint/checkpoint';
import type { GgufValue } from '../../../../../src/engine/gguf/metadata';
import { DATA } from '../../../../support/folders';
import { familyFile, withMetadata, withTensors, writeGguf, type GgufContent } from '../../../../support/ggufModel';
import { seededUniform } from '../../../../support/seededRandom';
import { temporaryFolder } from '../../../../support/temporaryFolder';

describe('GGUF files of families that are not read', () => {
  const folder = temporaryFolder();
  let count = 0;

  const opened = (content: GgufContent): Promise<Checkpoint> => openCheckpoint(writeGguf(join(folder(), `${count++}.gguf`), content, true));
  const changed = (name: string, entries: Readonly<Record<string, GgufValue | undefined>>) => opened(withMetadata(familyFile(name), entries));
  const renamed = (content: GgufContent, from: RegExp, to: string) => withTensors(content, (tensor) => ({ ...tensor, name: tensor.name.replace(from, to) }));

  async function refused(model: Promise<unknown>, ...words: readonly string[]): Promise<void> {
    await assert.rejects(model, (error) => {
      assert.ok(error instanceof CheckpointError, String(error));
      for (const word of words) assert.ok(error.message.includes(word), `"${error.message}" does not say "${word}"`);
      assert.match(error.message, /^[^\n]*[^.]\.$/);
      return true;
    });
  }

  it('end in a sentence', async () => {
    await refused(changed('qwen3-moe', { expert_gating_func: 2 }), 'qwen3moe.expert_gating_func = 2', 'not supported');
    await refused(changed('qwen3-moe', { expert_weights_scale: 2.5 }), 'expert_weights_scale = 2.5');
    await refused(changed('mixtral', { expert_weights_norm: false }), 'expert_weights_norm = false');
    await refused(changed('qwen3-moe', { expert_count: 4_000_000_000 }), 'expert_count', 'router');
    await refused(changed('gemma4-e', { 'attention.sliding_window_pattern': undefined }), 'no gemma4.attention.sliding_window_pattern');
    await refused(changed('qwen3-vl', { 'rope.scaling.type': 'longrope' }), 'rope_factors_short', 'rope_factors_long');
    await refused(changed('qwen3-vl', { 'rope.scaling.type': 'spiral' }), 'qwen3vl.rope.scaling.type = "spiral"');
    await refused(changed('qwen3.5-mtp', { nextn_predict_layers: 5 }), 'nextn_predict_layers = 5');
    await refused(changed('qwen3.5-mtp', { nextn_predict_layers: 0 }), 'nextn');
    await refused(changed('qwen3-vl', { 'attention.sliding_window': 64 }), 'qwen3vl.attention.sliding_window = 64');
    await refused(changed('llama-yarn', { 'attention.causal': false }), 'attention.causal = false');
    await refused(changed('llama-yarn', { 'final_logit_softcapping': 30 }), 'final_logit_softcapping = 30');
    await refused(changed('llama-yarn', { 'attention.value_length': 8 }), 'keys of 12', 'values of 8');
    await refused(changed('llama-yarn', { 'attention.head_count': [4, 4, 2] }), 'head_count = [4,4,2]');
    await refused(changed('cohere2', { 'rope.dimension_count': 12 }), 'rope.dimension_count = 12');
    await refused(changed('glm', { 'attention.key_length': undefined, 'attention.value_length': undefined }), 'its metadata ask for [48, 48]');
    await refused(changed('gemma', { embedding_length: undefined }), 'no gemma.embedding_length');
    await refused(changed('gemma', { block_count: 10_000 }), 'block_count = 10000');
    await refused(changed('gemma', { block_count: 'two' }), 'block_count = "two"', 'a number');
    await refused(changed('granite4-hybrid', { 'attention.head_count_kv': [0, 2] }), 'head_count_kv = [0,2]', '3 whole numbers');
    await refused(opened(renamed(familyFile('gemma'), /attn_q\./, 'attn_query.')), 'blk.0.attn_query.weight', 'not supported');
    await refused(opened(renamed(familyFile('starcoder2'), /^blk\.0\.ffn_down\.bias/, 'output.bias')), '"output.bias"');
    await refused(changed('gemma4-e', { embedding_length_per_layer_input: 0 }), '"per_layer_');
    await refused(opened(renamed(familyFile('gpt-oss'), /post_attention_norm/, 'ffn_norm')), 'blk.0.ffn_norm.weight');
    await refused(opened(withTensors(familyFile('gpt-oss'), (tensor) => (/blk\.1\.ffn_up_exps\.weight/.test(tensor.name) ? null : tensor))), 'no tensor for "model.layers.1.mlp.experts.0.up_proj.weight"');
    await refused(opened({ ...familyFile('gemma'), metadata: new Map([...familyFile('gemma').metadata, ['general.architecture', 'rwkv7']]) }), '"rwkv7"', 'gemma4');
  });

  it('stacked experts with an axis too many or too few, or more of them', async () => {
    for (const [shape, words] of [[[4, 24, 48, 2], 'does not hold "model.layers.1.mlp.experts.0.gate_proj.weight" of the shape [24, 48]'], [[4, 24], 'does not hold'], [[5, 24, 48], 'holds 5 experts'], [[3, 24, 48], 'no tensor for "model.layers.1.mlp.experts.3.gate_proj.weight"']] as const) {
      const data = new Uint8Array(2 * shape.reduce((a, b) => a * b, 1));
      await refused(opened(withTensors(familyFile('gpt-oss'), (tensor) => (/blk\.1\.ffn_gate_exps\.weight/.test(tensor.name) ? { ...tensor, shape, data } : tensor))), words);
    }
  });

  it('factors of RoPE that are not as many as pairs, or stand beside a scaling', async () => {
    const { metadata, tensors } = familyFile('qwen3-vl');
    const factors = (length: number): GgufContent => ({ metadata, tensors: [...tensors, { name: 'rope_freqs.weight', shape: [length], type: 'F32', data: new Uint8Array(4 * length) }] });
    await refused(opened(factors(6)), '6 factors of RoPE', '8 are needed');
    await refused(opened(withMetadata(factors(8), { 'rope.scaling.factor': 4 })), 'beside the scaling "linear"');
  });

  it('any value of any key is read, or refused in a sentence', async function () {
    this.timeout(120_000);
    const values: readonly (GgufValue | undefined)[] = [undefined, 0, -1, 1, 3, 1.5, 2 ** 31 - 1, 2n ** 63n, NaN, Infinity, 'yarn', '', true, false, [], [0], [1, 2, 3, 4, 5, 6], [true, false, true, true, false, true], ['a'], [[1]]];
    const uniform = seededUniform(11);
    let opens = 0;
    for (const name of readdirSync(join(DATA, 'gguf-families')).filter((file) => file.endsWith('.gguf')).map((file) => file.replace('.gguf', ''))) {
      const content = familyFile(name);
      const prefix = `${String(content.metadata.get('general.architecture'))}.`;
      for (const key of [...content.metadata.keys()].filter((known) => known.startsWith(prefix))) {
        for (let i = 0; i < 3; i++) {
          const value = values[Math.floor(values.length * uniform())];
          await opened(withMetadata(content, { [key.slice(prefix.length)]: value })).then(() => { opens++; }, (error: unknown) => {
            assert.ok(error instanceof CheckpointError, `${name}, ${key} = ${String(value)}: ${error instanceof Error ? error.stack : String(error)}`);
            assert.match(error.message, /^[^\n]{1,1000}[^.]\.$/, `${name}, ${key}`);
          });
        }
      }
    }
    assert.ok(opens > 100, `${opens} were read`);
  });
});
