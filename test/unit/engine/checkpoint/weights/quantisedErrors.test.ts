import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointError } from '../../../../../src/engine/base/errors';
import { openCheckpoint } from '../../../../../src/engine/checkpoint/checkpoint';
import { blocksOf } from '../../../../../src/engine/checkpoint/weights/blocks';
import { readTensor, sameNumbers } from '../../../../../src/engine/checkpoint/weights/readTensor';
import { openWeights, QUANTISED_DIR } from '../../../../support/quantised';
import { readTensors, writeSafetensors } from '../../../../support/safetensorsWriter';
import { temporaryFolder } from '../../../../support/temporaryFolder';

type Tensors = ReturnType<typeof readTensors>;
const Q_PROJ = 'model.layers.0.self_attn.q_proj';

const int32 = (...values: number[]) => new Uint8Array(Int32Array.from(values).buffer);
const float32 = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

describe('quantised safetensors that are wrong, or that few people have', () => {
  const folder = temporaryFolder();
  let count = 0;

  /** A checkpoint of test/data/quantised with changes to its config.json and to its arrays. */
  function changed(name: string, config: Record<string, unknown>, change: (tensors: Tensors) => void = () => undefined): string {
    const dir = join(folder(), `model-${count++}`);
    mkdirSync(dir);
    const from = join(QUANTISED_DIR, name);
    const original = JSON.parse(readFileSync(join(from, 'config.json'), 'utf8')) as Record<string, unknown>;
    for (const [key, value] of Object.entries(config)) original[key] = typeof original[key] === 'object' && typeof value === 'object' && value !== null ? { ...original[key], ...value } : value;
    writeFileSync(join(dir, 'config.json'), JSON.stringify(original));
    const tensors = readTensors(join(from, 'model.safetensors'));
    change(tensors);
    writeSafetensors(join(dir, 'model.safetensors'), tensors);
    return dir;
  }

  async function refused(dir: string, ...words: string[]): Promise<void> {
    await assert.rejects(openCheckpoint(dir), (error) => {
      assert.ok(error instanceof CheckpointError, String(error));
      for (const word of words) assert.ok(error.message.includes(word), `"${error.message}" does not say "${word}"`);
      assert.match(error.message, /[^.]\.$/);
      return true;
    });
  }

  const configured = (config: object) => ({ quantization_config: config });

  describe('formats that are not read', () => {
    for (const [config, said] of [
      [{ quant_method: 'hqq' }, 'hqq'], [{ quant_method: 'eetq' }, 'eetq'], [{ quant_method: 'quanto' }, 'quanto'], [{ quant_method: 'torchao' }, 'torchao'], [{ quant_method: 'gguf' }, 'gguf'],
      [{ quant_method: 'modelopt' }, 'modelopt'], [{ quant_method: 'fbgemm_fp8' }, 'fbgemm_fp8'], [{ quant_method: 'auto-round' }, 'auto-round'],
      [{ quant_method: 'gptq', checkpoint_format: 'marlin' }, 'GPTQ in the layout "marlin"'], [{ quant_method: 'gptq', is_marlin_format: true }, 'GPTQ in the layout "marlin"'],
      [{ quant_method: 'gptq', pack_dtype: 'int16' }, 'GPTQ packed as int16'],
      [{ quant_method: 'awq', version: 'gemv' }, 'AWQ in the layout "gemv"'], [{ quant_method: 'awq', version: 'marlin' }, 'AWQ in the layout "marlin"'],
      [{ quant_method: 'awq', backend: 'llm-awq' }, 'AWQ in the layout "llm-awq"'], [{ quant_method: 'awq', bits: 8 }, 'AWQ of 8 bits'],
      [{ quant_method: 'fp8', fmt: 'e5m2' }, 'FP8 of the type "e5m2"'],
      [{ quant_method: 'compressed-tensors', format: 'nvfp4-pack-quantized' }, 'compressed-tensors in the format "nvfp4-pack-quantized"'],
      [{ quant_method: 'compressed-tensors', format: 'marlin-24' }, 'compressed-tensors in the format "marlin-24"'],
      [{ quant_method: 'compressed-tensors', config_groups: { a: { format: 'mxfp4-pack-quantized', weights: null } } }, 'compressed-tensors in the format "mxfp4-pack-quantized"'],
      [{ quant_method: 'compressed-tensors', sparsity_config: { format: 'sparse-24-bitmask' } }, 'sparse-24-bitmask'],
      [{ quant_method: 'compressed-tensors', transform_config: { config_groups: { u: {} } } }, 'compressed-tensors with transforms'],
      [{ quant_method: 'compressed-tensors', config_groups: { a: { weights: { type: 'float', num_bits: 4 } } } }, 'compressed-tensors of 4-bit floats'],
    ] as const) {
      it(JSON.stringify(config), () => refused(changed('llama-awq', configured(config)), 'quantised as', said, 'choose a GPTQ, AWQ', 'BF16'));
    }
    it('MLX in another mode', () => refused(changed('llama-mlx-4bit', { quantization: { mode: 'mxfp4' } }), 'MLX in the mode "mxfp4"', 'BF16'));
    it('MLX in another mode in one module', () => refused(changed('llama-mlx-4bit', { quantization: { [Q_PROJ]: { mode: 'nvfp4' } } }), 'MLX in the mode "nvfp4"'));
    it('no method', () => refused(changed('llama-awq', configured({ quant_method: null })), 'without quant_method', 'download config.json again'));
    it('GPTQ of 5 bits', () => refused(changed('llama-gptq-4bit', configured({ bits: 5 })), '5 bits a number', 'BF16'));
    it('compressed-tensors of 2 bits', () => refused(changed('llama-ct-w4a16', configured({ config_groups: { group_0: { weights: { num_bits: 2 } } } }), (tensors) => {
      for (const [name, { shape, data, dtype }] of tensors) if (name.endsWith('.weight_packed')) tensors.set(name, { dtype, shape: [shape[0], shape[1] / 2], data: data.subarray(0, data.length / 2) });
    }), '2 bits a number', 'BF16'));
    it('int8 tiles of old bitsandbytes', async () => {
      await assert.rejects(openWeights(changed('layouts-bitsandbytes', {}, (tensors) => tensors.set('int8.weight_format', { dtype: 'U8', shape: [], data: Uint8Array.of(1) }))), /laid out in tiles, which is not read/);
    });
  });

  describe('configurations that cannot be', () => {
    for (const [name, config, words] of [
      ['llama-gptq-4bit', configured({ bits: null }), ['bits']],
      ['llama-gptq-4bit', configured({ group_size: -2 }), ['group_size = -2', '-1']],
      ['llama-gptq-4bit', configured({ group_size: 0 }), ['group_size = 0']],
      ['llama-gptq-4bit', configured({ group_size: 16 }), ['3 groups', '96 inputs in groups of 16 are 6']],
      ['llama-gptq-4bit', configured({ bits: 8 }), ['qzeros', 'shape']],
      ['llama-awq', configured({ group_size: 64 }), ['qzeros', 'shape [3, 8]', '[2, 8]']],
      ['llama-awq', configured({ quant_method: 'gptq' }), ['shape']],
      ['llama-gptq-4bit', configured({ quant_method: 'awq' }), ['shape']],
      ['llama-fp8-block', configured({ weight_block_size: [16, 32] }), ['weight_scale_inv', 'does not divide']],
      ['llama-fp8-block', configured({ weight_block_size: [0, 32] }), ['weight_block_size = [0,32]']],
      ['llama-mlx-4bit', { quantization: { bits: 7 } }, ['7 bits']],
      ['llama-mlx-4bit', { quantization: { group_size: 64 } }, ['scales', 'shape']],
      ['llama-mlx-4bit', { quantization: { group_size: 48 } }, ['no whole number of groups']],
      ['llama-mlx-4bit', { quantization: 4 }, ['quantization = 4', 'an object']],
      ['llama-ct-w4a16', configured({ config_groups: { group_0: { weights: { num_bits: 8 } } } }), ['words a row']],
      ['llama-ct-w4a16', configured({ config_groups: {} }), ['of no bits']],
      ['llama-ct-w4a16', configured({ config_groups: [1] }), ['config_groups', 'an object']],
    ] as const) {
      it(`${name}: ${JSON.stringify(config)}`, () => refused(changed(name, config), ...words));
    }
  });

  describe('arrays that cannot be', () => {
    const set = (name: string, dtype: string, shape: readonly number[], data: Uint8Array) => (tensors: Tensors) => tensors.set(name, { dtype, shape, data });
    const without = (name: string) => (tensors: Tensors) => tensors.delete(name);
    const state = (value: object) => {
      const json = Buffer.from(JSON.stringify(value));
      return set(`${Q_PROJ}.weight.quant_state.bitsandbytes__nf4`, 'U8', [json.length], json);
    };
    const group64 = Int32Array.from({ length: 64 }, (_, i) => Math.floor(i / 32));
    for (const [about, name, change, words] of [
      ['no zeros', 'llama-gptq-4bit', without(`${Q_PROJ}.qzeros`), [Q_PROJ, 'no "qzeros"']],
      ['no scales', 'llama-awq', without(`${Q_PROJ}.scales`), [Q_PROJ, 'no "scales"']],
      ['an index beyond the groups', 'llama-gptq-4bit-act-order', set(`${Q_PROJ}.g_idx`, 'I32', [64], int32(...group64.slice(1), 2)), ['group 2', '0 to 1']],
      ['a negative index', 'llama-gptq-4bit-act-order', set(`${Q_PROJ}.g_idx`, 'I32', [64], int32(...group64.slice(1), -1)), ['group -1']],
      ['an index of uneven groups', 'llama-gptq-4bit-act-order', set(`${Q_PROJ}.g_idx`, 'I32', [64], int32(...group64.slice(1), 1)), ['31 inputs into group 0', 'groups of 32']],
      ['an index of another length', 'llama-gptq-4bit', set(`${Q_PROJ}.g_idx`, 'I32', [2], int32(0, 1)), ['g_idx', '[64]']],
      ['codes of another type', 'llama-awq', set(`${Q_PROJ}.qweight`, 'I8', [64, 32], new Uint8Array(2048)), ['type I8', 'I32']],
      ['codes in one row', 'llama-awq', set(`${Q_PROJ}.qweight`, 'I32', [512], new Uint8Array(2048)), ['2 axes']],
      ['scales of two axes too many', 'llama-fp8-tensor', set(`${Q_PROJ}.weight_scale_inv`, 'F32', [1, 1, 1], float32(1)), ['does not divide']],
      ['no scale', 'llama-fp8-tensor', without(`${Q_PROJ}.weight_scale_inv`), [`${Q_PROJ}.weight`, 'F8_E4M3', 'lacks the scales']],
      ['no shape', 'llama-ct-w4a16', without(`${Q_PROJ}.weight_shape`), ['no "weight_shape"']],
      ['an absurd shape', 'llama-ct-w4a16', set(`${Q_PROJ}.weight_shape`, 'I64', [2], new Uint8Array(BigInt64Array.from([64n, 1n << 60n]).buffer)), ['axis of 11529215046068']],
      ['a negative shape', 'llama-ct-w4a16', set(`${Q_PROJ}.weight_shape`, 'I64', [2], new Uint8Array(BigInt64Array.from([-64n, 64n]).buffer)), ['axis of -64']],
      ['zeros for other rows', 'llama-ct-w4a16-asym', set(`${Q_PROJ}.weight_zero_point`, 'I32', [4, 2], new Uint8Array(32)), ['weight_zero_point', '[8, 2]']],
      ['a state that is no JSON', 'llama-bnb-nf4', set(`${Q_PROJ}.weight.quant_state.bitsandbytes__nf4`, 'U8', [1], Uint8Array.of(123)), ['quant_state', 'JSON']],
      ['a state without a shape', 'llama-bnb-nf4', state({ blocksize: 64 }), ['the shape undefined', 'quant_state']],
      ['a state with another shape', 'llama-bnb-nf4', state({ shape: [64, 32], blocksize: 64 }), ['2048 bytes', '1024']],
      ['a state without blocks', 'llama-bnb-nf4', state({ shape: [64, 64], blocksize: 0 }), ['blocksize = 0']],
      ['biases for other groups', 'llama-mlx-4bit', set(`${Q_PROJ}.biases`, 'F32', [64, 1], new Uint8Array(256)), ['biases', '[64, 2]']],
    ] as const) {
      it(`${name}: ${about}`, () => refused(changed(name, {}, change), ...words, 'checkpoint is damaged'));
    }
    it('MXFP4 scales for other blocks', async () => {
      const dir = changed('gpt-oss-mxfp4', {}, (tensors) => tensors.set('model.layers.0.mlp.experts.down_proj_scales', { dtype: 'U8', shape: [192], data: new Uint8Array(192) }));
      await assert.rejects(openWeights(dir), /"_?scales" of shape \[192\] where \[3, 64, 1\] is needed/);
    });
  });

  describe('what few people have', () => {
    const onlyQ = (tensors: Tensors) => { for (const name of tensors.keys()) if (!name.startsWith(Q_PROJ)) tensors.delete(name); };
    const numbers = async (dir: string) => readTensor((await openWeights(dir)).tensors.get(`${Q_PROJ}.weight`)!);

    it('GPTQ\'s second version stores codes for zero as they are', async () => {
      const [first, second] = [await numbers(changed('llama-gptq-4bit', {})), await numbers(changed('llama-gptq-4bit', configured({ checkpoint_format: 'gptq_v2' })))];
      assert.ok(first.every((value, i) => second[i] > value), 'a zero that is one lower makes every number one scale larger');
    });
    it('GPTQ without an index: inputs stand in order', async () => {
      assert.deepEqual(await numbers(changed('llama-gptq-4bit', {}, (tensors) => tensors.delete(`${Q_PROJ}.g_idx`))), await numbers(changed('llama-gptq-4bit', {})));
    });
    it('GPTQ whose modules may differ: bits and groups by their arrays', async () => {
      const dir = changed('llama-gptq-3bit', configured({ bits: 8, group_size: 16, dynamic: { '+:.*': { bits: 3, group_size: 32 } } }));
      assert.deepEqual(await numbers(dir), await numbers(changed('llama-gptq-3bit', {})));
    });
    it('GPTQ that is symmetric has blocks without offsets, whatever its configuration says', async () => {
      const dir = changed('llama-gptq-4bit', {}, (tensors) => {
        for (const [name, tensor] of tensors) if (name.endsWith('.qzeros')) tensors.set(name, { ...tensor, data: new Uint8Array(tensor.data.length).fill(0x77) });
      });
      assert.deepEqual(blocksOf((await openWeights(dir)).tensors.get(`${Q_PROJ}.weight`)!), { bits: 4, blockSize: 32, hasOffsets: false });
    });
    it('one group a row: blocks repeat its scale', async () => {
      const dir = changed('llama-awq', configured({ group_size: -1 }), (tensors) => {
        onlyQ(tensors);
        for (const part of ['qzeros', 'scales']) {
          const { dtype, shape, data } = tensors.get(`${Q_PROJ}.${part}`)!;
          tensors.set(`${Q_PROJ}.${part}`, { dtype, shape: [1, shape[1]], data: data.subarray(0, data.length / 2) });
        }
      });
      const tensor = (await openWeights(dir)).tensors.get(`${Q_PROJ}.weight`)!;
      assert.deepEqual(blocksOf(tensor), { bits: 4, blockSize: 64, hasOffsets: true });
      const [one, two] = [await readTensor(tensor), await numbers(changed('llama-awq', {}))];
      for (let row = 0; row < 64; row++) assert.deepEqual(one.subarray(row * 64, row * 64 + 32), two.subarray(row * 64, row * 64 + 32));
    });
    it('compressed-tensors with permuted inputs', async () => {
      const index = Array.from({ length: 64 }, (_, i) => i % 2);
      const dir = changed('llama-ct-w4a16', {}, (tensors) => { onlyQ(tensors); tensors.set(`${Q_PROJ}.weight_g_idx`, { dtype: 'I32', shape: [64], data: int32(...index) }); });
      const tensor = (await openWeights(dir)).tensors.get(`${Q_PROJ}.weight`)!;
      assert.equal(blocksOf(tensor), null);
      const [permuted, plain] = [await readTensor(tensor), await numbers(changed('llama-ct-w4a16', {}))];
      const scales = new Uint16Array(readTensors(join(QUANTISED_DIR, 'llama-ct-w4a16', 'model.safetensors')).get(`${Q_PROJ}.weight_scale`)!.data.buffer);
      plain.forEach((value, i) => {
        const [row, column] = [Math.floor(i / 64), i % 64];
        if (scales[2 * row + index[column]] === scales[2 * row + Math.floor(column / 32)]) assert.equal(permuted[i], value);
        else assert.ok(value === 0 ? permuted[i] === 0 : permuted[i] !== value);
      });
    });
    it('compressed-tensors with an index that was never set', async () => {
      const dir = changed('llama-ct-w4a16', {}, (tensors) => tensors.set(`${Q_PROJ}.weight_g_idx`, { dtype: 'I32', shape: [64], data: int32(...Array.from({ length: 64 }, () => -1)) }));
      assert.deepEqual(await numbers(dir), await numbers(changed('llama-ct-w4a16', {})));
    });
    it('FP8 with scales that are powers of two', async () => {
      const scaled = (dtype: string, data: Uint8Array) => numbers(changed('llama-fp8-tensor', {}, (tensors) => { onlyQ(tensors); tensors.set(`${Q_PROJ}.weight_scale_inv`, { dtype, shape: [1], data }); }));
      for (const dtype of ['F8_E8M0', 'U8']) assert.deepEqual(await scaled(dtype, Uint8Array.of(127 - 5)), await scaled('F32', float32(2 ** -5)));
    });
    it('modules that are not quantised, whatever the configuration says', async () => {
      const dir = changed('llama-awq', {}, (tensors) => {
        for (const part of ['qweight', 'qzeros', 'scales']) tensors.delete(`${Q_PROJ}.${part}`);
        tensors.set(`${Q_PROJ}.weight`, { dtype: 'F32', shape: [64, 64], data: new Uint8Array(4 * 64 * 64) });
      });
      assert.equal((await openCheckpoint(dir)).tensors.get(`${Q_PROJ}.weight`)!.encoding, 'float');
    });
    it('options in a file beside config.json, as older versions wrote them', async () => {
      for (const [name, file, options] of [['llama-gptq-4bit', 'quantize_config.json', { bits: 4, group_size: 32, desc_act: false }], ['llama-awq', 'quant_config.json', { zero_point: true, q_group_size: 32, w_bit: 4, version: 'GEMM' }]] as const) {
        const dir = changed(name, { quantization_config: null });
        await refused(dir, 'were quantised (GPTQ or AWQ)', 'config.json again');
        writeFileSync(join(dir, file), JSON.stringify(options));
        assert.deepEqual(await readTensor((await openCheckpoint(dir)).tensors.get(`${Q_PROJ}.weight`)!), await numbers(changed(name, {})));
      }
    });
    it('biases of zeros, which older versions of AutoGPTQ give to every linear; others are refused', async () => {
      const biased = (value: number) => changed('llama-gptq-4bit', {}, (tensors) => tensors.set(`${Q_PROJ}.bias`, { dtype: 'F32', shape: [64], data: float32(...new Array<number>(64).fill(value)) }));
      assert.ok((await openCheckpoint(biased(0))).tensors.has(`${Q_PROJ}.weight`));
      await refused(biased(1), `${Q_PROJ}.bias`, 'not supported');
    });
    it('a quantised head that is the embedding once more is told from another one', async () => {
      const twice = (change: (data: Uint8Array) => Uint8Array) => changed('llama-mlx-4bit', {}, (tensors) => {
        for (const part of ['weight', 'scales', 'biases']) {
          const { data, ...rest } = tensors.get(`model.embed_tokens.${part}`)!;
          tensors.set(`lm_head.${part}`, { ...rest, data: part === 'biases' ? change(Uint8Array.from(data)) : data });
        }
      });
      const same = await openCheckpoint(twice((data) => data));
      assert.deepEqual([same.config.tiedEmbeddings, same.notes], [true, []]);
      const other = await openCheckpoint(twice((data) => data.reverse()));
      assert.deepEqual([other.config.tiedEmbeddings, other.notes.length], [false, 1]);
      const [embedding, norm] = ['model.embed_tokens.weight', 'model.norm.weight'].map((name) => same.tensors.get(name)!);
      assert.equal(await sameNumbers(embedding, norm), false);
    });
  });
});
