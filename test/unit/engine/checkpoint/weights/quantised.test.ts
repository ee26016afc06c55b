import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { blocksOf, readBlocks } from '../../../../../src/engine/checkpoint/weights/blocks';
import { readRows, readTensor } from '../../../../../src/engine/checkpoint/weights/readTensor';
import type { WeightTensor } from '../../../../../src/engine/checkpoint/weights/weightSource';
import { assertClose } from '../../../../support/assertClose';
import { expectedWeights, openWeights, QUANTISED_DIR, QUANTISED_NAMES } from '../../../../support/quantised';

/** Grids that weights can stay packed in: bits x block size, "+" where something is added. Groups longer than a block repeat their scale. */
const GRIDS: Readonly<Record<string, readonly string[]>> = {
  'gpt-oss-mxfp4': ['8x32'],
  'layouts-bitsandbytes': ['8x32'],
  'layouts-compressed-tensors': ['4x64+', '8x32', '8x64', '8x64+'],
  'layouts-mlx': ['4x128+', '8x128+'],
  'llama-awq': ['4x32+'],
  'llama-bnb-nf4': [],
  'llama-bnb-nf4-double': [],
  'llama-ct-fp8-channel': [],
  'llama-ct-int8-channel': ['8x32', '8x64'],
  'llama-ct-w4a16': ['4x32'],
  'llama-ct-w4a16-asym': ['4x32+'],
  'llama-fp8-block': [],
  'llama-fp8-tensor': [],
  'llama-gptq-3bit': [],
  'llama-gptq-4bit': ['4x32+'],
  'llama-gptq-4bit-act-order': [],
  'llama-mlx-4bit': ['4x32+'],
};

describe('quantised safetensors (test/data/quantised)', () => {
  for (const name of QUANTISED_NAMES) {
    describe(name, () => {
      const dir = join(QUANTISED_DIR, name);
      const { tensors: expected } = expectedWeights(name);

      it('every tensor is bit-identical to what the format\'s own library makes of it, from a copy of its description as a worker gets it', async () => {
        const { tensors } = await openWeights(dir);
        assert.deepEqual([...tensors.keys()].sort(), Object.keys(expected).sort());
        for (const [tensorName, { shape, sha256_f32: sha256, sum, abs_sum: absoluteSum }] of Object.entries(expected)) {
          const tensor = structuredClone(tensors.get(tensorName)!);
          const [numbers, found] = asRecorded(tensor, await readTensor(tensor));
          assert.deepEqual(found, shape, tensorName);
          assertClose(`${tensorName} sums`, [numbers.reduce((a, b) => a + b, 0), numbers.reduce((a, b) => a + Math.abs(b), 0)], [sum, absoluteSum], 1e-6);
          // bitsandbytes multiplies by its scale and then by 1 / 127; blocks need one scale.
          if (tensor.encoding !== 'bitsandbytes-8bit') assert.equal(createHash('sha256').update(new Uint8Array(numbers.buffer)).digest('hex'), sha256, tensorName);
        }
      });

      it('any rows alone are those of the whole', async () => {
        for (const tensor of (await openWeights(dir)).tensors.values()) {
          const whole = await readTensor(tensor);
          const [rows, width] = [tensor.shape[0], whole.length / tensor.shape[0]];
          for (const [start, end] of [[0, 1], [rows - 1, rows], [1, rows - 1], [5, 14], [7, 8], [8, 24]].filter(([start, end]) => start < end && end <= rows)) {
            assert.deepEqual(await readRows(tensor, start, end), whole.slice(start * width, end * width), `${tensor.name} ${start} to ${end}`);
          }
        }
      });

      it('blocks stand for the same numbers, up to a rounding where something is added', async () => {
        const grids = new Set<string>();
        for (const tensor of (await openWeights(dir)).tensors.values()) {
          const grid = blocksOf(tensor);
          if (!grid) {
            await assert.rejects(readBlocks(tensor, 0, 1), /no grid of blocks/);
            continue;
          }
          grids.add(`${grid.bits}x${grid.blockSize}${grid.hasOffsets ? '+' : ''}`);
          for (const [start, end] of [[0, tensor.shape[0]], tensor.shape[0] < 20 ? [1, 2] : [3, 20]]) {
            const wanted = await readRows(tensor, start, end);
            const { quants, scales, offsets } = await readBlocks(tensor, start, end);
            assert.equal(offsets !== null, grid.hasOffsets);
            wanted.forEach((value, i) => {
              const block = Math.floor(i / grid.blockSize);
              const quant = grid.bits === 8 ? quants[i] : (quants[i >> 1] >> (4 * (i % 2))) & 15;
              const [scale, offset] = [scales[block], offsets?.[block] ?? 0];
              const found = scale * (quant - 2 ** (grid.bits - 1)) + offset;
              const rounding = grid.hasOffsets ? 2 ** -23 * Math.max(Math.abs(offset), Math.abs(scale * (quant - 2 ** (grid.bits - 1))), Math.abs(value)) : 0;
              assert.ok(Math.abs(Math.fround(found) - value) <= rounding, `${tensor.name} ${i}: ${found} where ${value} is wanted`);
            });
            assert.equal(quants.length, (wanted.length * grid.bits) / 8);
            assert.equal(scales.length * grid.blockSize, wanted.length);
          }
        }
        assert.deepEqual([...grids].sort(), GRIDS[name]);
      });
    });
  }
});

/** gpt-oss's experts are recorded as its BF16 checkpoint has them, [experts, in, out]. */
function asRecorded(tensor: WeightTensor, numbers: Float32Array<ArrayBuffer>): [Float32Array<ArrayBuffer>, readonly number[]] {
  if (tensor.encoding !== 'mxfp4') return [numbers, tensor.shape];
  const [experts, out, width] = tensor.shape;
  const turned = new Float32Array(numbers.length);
  for (let e = 0; e < experts; e++) for (let o = 0; o < out; o++) for (let i = 0; i < width; i++) turned[(e * width + i) * out + o] = numbers[(e * out + o) * width + i];
  return [turned, [experts, width, out]];
}
