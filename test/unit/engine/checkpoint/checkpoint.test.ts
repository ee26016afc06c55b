import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointError } from '../../../../src/engine/base/errors';
import { checkpointName, openCheckpoint } from '../../../../src/engine/checkpoint/checkpoint';
import { parseModelConfig } from '../../../../src/engine/checkpoint/parseModelConfig';
import { readTensor } from '../../../../src/engine/checkpoint/weights/readTensor';
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
  it('a file in place of a folder', () => refused(join(SOURCE, 'config.json'), 'is a file'));
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
  it('quantised weights', () => refused(copy({ quantization_config: { quant_method: 'awq' } }), 'quantised'));
  it('unknown RoPE scaling', () => refused(copy({ rope_scaling: { rope_type: 'yarn', factor: 4 } }), 'yarn', 'linear'));
  it('a size that is not a number', () => refused(copy({ hidden_size: 'big' }), 'hidden_size', '"big"'));
  it('a list of layers without RoPE that is too short', () => refused(copy({ model_type: 'smollm3', no_rope_layers: [1] }), 'no_rope_layers', '[1]'));
  it('config and weights of different models', () => refused(copy({ vocab_size: 77 }), 'embed_tokens', '77'));
  it('a missing tensor', () => refused(copy({ num_hidden_layers: 9 }), 'model.layers.', 'incomplete'));
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
