import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointError } from '../../../../src/engine/base/errors';
import { openCheckpoint } from '../../../../src/engine/checkpoint/checkpoint';
import { checkpointName } from '../../../../src/engine/checkpoint/checkpointName';
import { readTensor } from '../../../../src/engine/checkpoint/weights/readTensor';
import { DATA } from '../../../support/folders';
import { GOLDEN_DIR } from '../../../support/recordedCases';
import { readTensors, shardedCopy, writeSafetensors } from '../../../support/safetensorsWriter';
import { temporaryFolder } from '../../../support/temporaryFolder';

const SOURCE = join(GOLDEN_DIR, 'qwen3');

describe('checkpoint folder', () => {
  const folder = temporaryFolder();
  let count = 0;

  function copy(config: object = {}): string {
    const dir = join(folder(), `model-${count++}`);
    mkdirSync(dir);
    const original = JSON.parse(readFileSync(join(SOURCE, 'config.json'), 'utf8')) as object;
    writeFileSync(join(dir, 'config.json'), JSON.stringify({ ...original, ...config }));
    copyFileSync(join(SOURCE, 'model.safetensors'), join(dir, 'model.safetensors'));
    return dir;
  }

  /** Writes a file whose header is given; `declared` overrides the length that it announces. */
  function withHeader(header: string, declared?: bigint): string {
    const dir = copy();
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(declared ?? BigInt(Buffer.byteLength(header)));
    writeFileSync(join(dir, 'model.safetensors'), Buffer.concat([prefix, Buffer.from(header), Buffer.alloc(64)]));
    return dir;
  }

  async function refused(dir: string, ...words: string[]): Promise<void> {
    await assert.rejects(openCheckpoint(dir), (error) => {
      assert.ok(error instanceof CheckpointError);
      for (const word of words) assert.ok(error.message.includes(word), `"${error.message}" does not say "${word}"`);
      assert.match(error.message, /[^.]\.$/);
      return true;
    });
  }

  it('is read: config, tensors, type', async () => {
    const { config, dtype, tensors, parameters } = await openCheckpoint(SOURCE);
    assert.equal(config.family, 'qwen3');
    assert.equal(dtype, 'F32');
    assert.ok(parameters > 90_000 && tensors.size === 2 + 11 * config.nLayers);
  });

  it('in shards with an index, through symlinks as a model cache has them', async () => {
    const sharded = await openCheckpoint(shardedCopy(SOURCE, join(folder(), 'cache')));
    const whole = await openCheckpoint(SOURCE);
    assert.equal(sharded.name, 'org/tiny');
    for (const [name, tensor] of whole.tensors) assert.deepEqual(await readTensor(sharded.tensors.get(name)!), await readTensor(tensor), name);
  });

  it('has the name of its repository in a cache', () => {
    assert.equal(checkpointName('/c/hub/models--Qwen--Qwen3-0.6B/snapshots/0a1b'), 'Qwen/Qwen3-0.6B');
    assert.equal(checkpointName('/models/tracelet-1m'), 'tracelet-1m');
  });

  it('missing folder', () => refused(join(folder(), 'nowhere'), 'nowhere', 'does not exist', 'give'));
  it('a file in place of a folder', () => refused(join(SOURCE, 'config.json'), 'does not begin as a GGUF file does'));
  it('missing config.json', () => {
    const dir = join(folder(), 'empty');
    mkdirSync(dir);
    return refused(dir, 'config.json', 'cannot be read');
  });
  it('unreadable config.json', () => {
    const dir = copy();
    writeFileSync(join(dir, 'config.json'), '{ "model_type": ');
    return refused(dir, 'config.json', 'not valid JSON');
  });
  it('missing weights', () => {
    const dir = join(folder(), 'config-only');
    mkdirSync(dir);
    copyFileSync(join(SOURCE, 'config.json'), join(dir, 'config.json'));
    return refused(dir, 'neither model.safetensors nor');
  });
  for (const file of ['pytorch_model.bin', 'model.onnx', 'model-Q4_K_M.gguf', 'consolidated.safetensors']) {
    it(`weights of another kind: ${file}`, () => {
      const dir = join(folder(), `other-${file}`);
      mkdirSync(dir);
      copyFileSync(join(SOURCE, 'config.json'), join(dir, 'config.json'));
      writeFileSync(join(dir, file), 'weights');
      return refused(dir, 'another kind', `"${file}"`, 'safetensors');
    });
  }
  it('weight files that its index lists and that are not there', () => {
    const dir = shardedCopy(SOURCE, join(folder(), 'unfinished'));
    const shard = readdirSync(dir).find((name) => /^model-.*safetensors$/.test(name))!;
    rmSync(join(dir, shard));
    return refused(dir, 'index.json', `"${shard}"`, 'missing', 'download the rest');
  });
  it('an index without a single weight file', () => {
    const dir = copy();
    rmSync(join(dir, 'model.safetensors'));
    writeFileSync(join(dir, 'model.safetensors.index.json'), JSON.stringify({ weight_map: { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' } }));
    return refused(dir, '2 weight files', '2 are missing', 'model-00001-of-00002.safetensors');
  });
  for (const file of ['../outside/model.safetensors', '/etc/model.safetensors', 'sub/model.safetensors', '..']) {
    it(`an index that leads out of its folder: ${file}`, () => {
      const dir = copy();
      rmSync(join(dir, 'model.safetensors'));
      writeFileSync(join(dir, 'model.safetensors.index.json'), JSON.stringify({ weight_map: { a: file } }));
      return refused(dir, 'outside of its folder', `"${file}"`, 'put all files');
    });
  }
  it('a config.json that Git LFS has left a pointer of', () => {
    const dir = copy();
    writeFileSync(join(dir, 'config.json'), 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 700\n');
    return refused(dir, 'config.json', 'Git LFS pointer', 'git lfs pull');
  });
  it('an adapter beside whole weights, which transformers would put on top', () => {
    const dir = copy();
    writeFileSync(join(dir, 'adapter_config.json'), JSON.stringify({ peft_type: 'LOHA' }));
    return refused(dir, 'a LOHA adapter', 'merge');
  });
  it('an adapter whose configuration is damaged', () => {
    const dir = copy();
    writeFileSync(join(dir, 'adapter_config.json'), '[');
    return refused(dir, 'an adapter', 'merge');
  });
  for (const [tensor, method] of [['a.scales', 'GPTQ or AWQ'], ['a.biases', 'MLX'], ['a.weight.absmax', 'bitsandbytes'], ['a.weight_scale', 'FP8']]) {
    it(`quantised weights by their names: ${tensor}`, () => refused(withHeader(JSON.stringify({ [tensor]: { dtype: 'F32', shape: [4], data_offsets: [0, 16] } })), 'quantised', method, 'BF16'));
  }
  it('a head of its own where config.json ties it: a note; none where the tied tensor is written twice', async () => {
    const notes = async (name: string) => (await openCheckpoint(join(DATA, 'cases', 'checkpoints', name))).notes;
    const [note, ...more] = await notes('tied-but-own-head-in-file');
    assert.match(note, /^config\.json ties lm_head\.weight .* is used, .*\.$/);
    assert.deepEqual([more, await notes('tied-head-written-twice')], [[], []]);
  });
  it('the model without its head', async () => {
    const { config, tensors } = await openCheckpoint(SOURCE);
    assert.equal(config.tiedEmbeddings, true);
    assert.ok(!tensors.has('lm_head.weight'));
    return refused(copy({ tie_word_embeddings: false }), 'lm_head.weight', 'choose the whole model');
  });
  it('truncated weights', () => {
    const dir = copy();
    truncateSync(join(dir, 'model.safetensors'), 300_000);
    return refused(dir, 'ends after 300000 bytes', 'truncated');
  });
  it('weights cut inside the header', () => {
    const dir = copy();
    truncateSync(join(dir, 'model.safetensors'), 100);
    return refused(dir, 'truncated');
  });
  it('a file too short to be one', () => {
    const dir = copy();
    truncateSync(join(dir, 'model.safetensors'), 5);
    return refused(dir, '5 bytes long');
  });
  it('header too large', () => refused(withHeader('{}', 200_000_000n), '200000000', '100000000'));
  it('header that is not JSON', () => refused(withHeader('hello'), 'not JSON'));
  it('overlapping tensors', () => refused(withHeader(JSON.stringify({ a: { dtype: 'F32', shape: [4], data_offsets: [0, 16] }, b: { dtype: 'F32', shape: [4], data_offsets: [8, 24] } })), '"a" and "b"', 'overlap'));
  it('a tensor whose size does not fit its shape', () => refused(withHeader(JSON.stringify({ a: { dtype: 'F32', shape: [5], data_offsets: [0, 16] } })), '"a"', '16', '20'));
  it('an entry without offsets', () => refused(withHeader(JSON.stringify({ a: { dtype: 'F32', shape: [4] } })), '"a"', 'data_offsets'));
  it('unknown architecture', () => refused(copy({ model_type: 'gpt_neox' }), 'gpt_neox', 'closest supported one is StarCoder2', 'Llama, Mistral', 'or Hunyuan checkpoint'));
  it('weights quantised in a way that is not read', () => refused(copy({ quantization_config: { quant_method: 'hqq' } }), 'quantised as hqq', 'choose a GPTQ', 'BF16'));
  it('RoPE scaling that is not read', () => refused(copy({ rope_scaling: { rope_type: 'ntk', factor: 4 } }), '"ntk", which is not supported', 'linear'));
  it('a size that is not a number', () => refused(copy({ hidden_size: 'big' }), 'hidden_size', '"big"'));
  it('a list of layers without RoPE that is too short', () => refused(copy({ model_type: 'smollm3', no_rope_layers: [1] }), 'no_rope_layers', '[1]'));
  it('config and weights of different models', () => refused(copy({ vocab_size: 77 }), 'embed_tokens', '77'));
  it('layers beyond any model, of which lists would fill the memory', () => refused(copy({ num_hidden_layers: 2147483648 }), 'num_hidden_layers = 2147483648', '10000 at most'));
  it('a missing tensor', () => refused(copy({ num_hidden_layers: 9 }), 'model.layers.', 'incomplete'));

  describe('tensors that the decoder does not have', () => {
    /** A copy with tensors of four numbers more. */
    function withTensors(...more: readonly (readonly [name: string, values: readonly number[]])[]): string {
      const dir = copy();
      const tensors = readTensors(join(SOURCE, 'model.safetensors'));
      for (const [name, values] of more) tensors.set(name, { dtype: 'F32', shape: [values.length], data: new Uint8Array(Float32Array.from(values).buffer) });
      writeSafetensors(join(dir, 'model.safetensors'), tensors);
      return dir;
    }
    const some = [0, 0, 0.5, 0];
    const LAYER = 'model.layers.0.';

    for (const name of ['self_attn.q_proj.bias', 'self_attn.sinks', 'mlp.shared_expert.gate_proj.weight', 'post_feedforward_layernorm.weight']) {
      it(`in a layer: ${name}`, () => refused(withTensors([LAYER + name, some]), `has a tensor "${LAYER}${name}" that qwen3 models are not supported with`, 'choose another checkpoint'));
    }
    it('in a layer, that change nothing: biases of zeros, tables beside the weights', async () => {
      const more = ['self_attn.q_proj.bias', 'self_attn.rotary_emb.inv_freq', 'self_attn.rotary_emb.cos_cached', 'self_attn.rotary_emb.sin_cached', 'attn.masked_bias'];
      const { tensors } = await openCheckpoint(withTensors(...more.map((name) => [LAYER + name, name.endsWith('_proj.bias') ? [0, -0, 0] : some] as const)));
      assert.deepEqual([...tensors.keys()].sort(), [...(await openCheckpoint(SOURCE)).tensors.keys()].sort());
    });
    it('outside of its layers: of images, of layers that predict further tokens, of anything', async () => {
      const { config: { nLayers }, tensors: { size }, parameters } = await openCheckpoint(SOURCE);
      const opened = await openCheckpoint(withTensors([`model.layers.${nLayers}.eh_proj.weight`, some], ['visual.blocks.0.attn.qkv.bias', some], ['mtp.norm.weight', some]));
      assert.deepEqual([opened.tensors.size, opened.parameters], [size, parameters]);
    });
  });

  for (const [prefix, head] of [['model.language_model.', 'lm_head.weight'], ['language_model.model.', 'language_model.lm_head.weight'], ['', 'lm_head.weight']]) {
    it(`names that begin with "${prefix}" in place of "model."`, async () => {
      const dir = copy({ tie_word_embeddings: false });
      const tensors = readTensors(join(SOURCE, 'model.safetensors'));
      const embedding = tensors.get('model.embed_tokens.weight')!;
      const named = [...tensors].map(([name, tensor]) => [name.replace(/^model\./, prefix), tensor] as const);
      writeSafetensors(join(dir, 'model.safetensors'), new Map([...named, [head, embedding], ['vision_tower.layers.0.norm.weight', { dtype: 'F32', shape: [1], data: new Uint8Array(4) }]]));
      const [found, wanted] = [await openCheckpoint(dir), await openCheckpoint(SOURCE)];
      assert.deepEqual([...found.tensors.keys()].sort(), [...wanted.tensors.keys(), 'lm_head.weight'].sort());
      for (const [name, tensor] of wanted.tensors) assert.deepEqual(await readTensor(found.tensors.get(name)!), await readTensor(tensor), name);
    });
  }
});
