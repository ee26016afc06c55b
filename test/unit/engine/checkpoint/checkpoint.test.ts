import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointError } from '../../../../src/engine/base/errors';
import { checkpointName, openCheckpoint } from '../../../../src/engine/checkpoint/checkpoint';
import { parseModelConfig } from '../../../../src/engine/checkpoint/parseModelConfig';
import { readTensor } from '../../../../src/engine/checkpoint/weights/readTensor';
import { DATA } from '../../../support/folders';
import { GOLDEN_DIR } from '../../../support/recordedCases';
import { shardedCopy } from '../../../support/safetensorsWriter';
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
  it('unknown architecture', () => refused(copy({ model_type: 'gpt_neox' }), 'gpt_neox', 'Llama, Mistral, Qwen2, Qwen3 or SmolLM3'));
  it('weights quantised in a way that is not read', () => refused(copy({ quantization_config: { quant_method: 'hqq' } }), 'quantised as hqq', 'choose a GPTQ', 'BF16'));
  for (const rope of [{ rope_scaling: { rope_type: 'yarn', factor: 4 } }, { rope_scaling: { type: 'dynamic', factor: 4 } }, { rope_parameters: { rope_type: 'yarn', factor: 4 }, rope_scaling: {} }]) {
    it(`RoPE scaling that is not read: ${JSON.stringify(rope)}`, () => refused(copy(rope), 'which is not supported', 'linear'));
  }
  it('RoPE for each kind of layer', () => refused(copy({ rope_parameters: { full_attention: { rope_type: 'default' } } }), '"full_attention"', 'one RoPE for all layers'));
  it('RoPE that is no object', () => refused(copy({ rope_scaling: 'linear' }), 'rope_scaling = "linear"', 'an object'));
  it('a size that is not a number', () => refused(copy({ hidden_size: 'big' }), 'hidden_size', '"big"'));
  it('a list of layers without RoPE that is too short', () => refused(copy({ model_type: 'smollm3', no_rope_layers: [1] }), 'no_rope_layers', '[1]'));
  it('config and weights of different models', () => refused(copy({ vocab_size: 77 }), 'embed_tokens', '77'));
  it('layers beyond any model, of which lists would fill the memory', () => refused(copy({ num_hidden_layers: 2147483648 }), 'num_hidden_layers = 2147483648', '10000 at most'));
  it('a missing tensor', () => refused(copy({ num_hidden_layers: 9 }), 'model.layers.', 'incomplete'));
});

describe('keys that a config.json leaves out', () => {
  const NEEDED = { num_hidden_layers: 4 };
  const windows = (config: object) => parseModelConfig({ ...NEEDED, ...config }, 'config.json').windows;

  it('have the value of the family\'s class: a window that is switched on without its size, Mistral\'s own', () => {
    assert.deepEqual(windows({ model_type: 'qwen2', use_sliding_window: true, max_window_layers: 2 }), [null, null, 4096, 4096]);
    assert.deepEqual(windows({ model_type: 'qwen3' }), [null, null, null, null]);
    assert.deepEqual(windows({ model_type: 'mistral' }), [4096, 4096, 4096, 4096]);
    assert.deepEqual(windows({ model_type: 'mistral', sliding_window: null }), [null, null, null, null], 'null is none');
    assert.deepEqual(windows({ model_type: 'llama' }), [null, null, null, null]);
  });
});

describe('SmolLM3 configuration', () => {
  const config = { ...(JSON.parse(readFileSync(join(SOURCE, 'config.json'), 'utf8')) as object), model_type: 'smollm3', num_hidden_layers: 8 };
  const parsed = (change: object) => parseModelConfig({ ...config, ...change }, 'config.json');

  it('leaves every fourth layer without RoPE unless it says otherwise', () => {
    assert.deepEqual(parsed({}).ropeLayers, [true, true, true, false, true, true, true, false]);
    assert.deepEqual(parsed({ no_rope_layer_interval: 2 }).ropeLayers.slice(0, 4), [true, false, true, false]);
    assert.deepEqual(parsed({ no_rope_layers: [0, 1, 1, 1, 1, 1, 1, 1, 1, 1] }).ropeLayers, [false, true, true, true, true, true, true, true]);
    assert.throws(() => parsed({ no_rope_layer_interval: 0 }), /no_rope_layer_interval = 0 where a positive whole number is needed/);
  });

  it('slides in the layers that it lists, else in those without RoPE', () => {
    const sliding = { use_sliding_window: true, sliding_window: 16 };
    assert.deepEqual(parsed(sliding).windows, [null, null, null, 16, null, null, null, 16]);
    assert.deepEqual(parsed({ ...sliding, layer_types: ['sliding_attention', ...new Array<string>(7).fill('full_attention')] }).windows, [16, null, null, null, null, null, null, null]);
    assert.deepEqual(parsed({ sliding_window: 16 }).windows, new Array<null>(8).fill(null));
  });
});
