import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { weight } from '../../../../src/engine/checkpoint/gguf/ggufTensors';
import { quantise } from '../../../../src/engine/checkpoint/packed/quantise';
import { blocksOf, readBlocks, type BlockGrid, type WeightBlocks } from '../../../../src/engine/checkpoint/weights/blocks';
import { readRows, readTensor } from '../../../../src/engine/checkpoint/weights/readTensor';
import { readGgufHeader } from '../../../../src/engine/gguf/ggufHeader';
import { dequantise, unpackBlocks } from '../../../../src/engine/gguf/unpackBlocks';
import { assertClose } from '../../../support/assertClose';
import { DATA } from '../../../support/folders';
import { mulberry32 } from '../../../../src/engine/base/random';

const GGUF = join(DATA, 'gguf');
const FILES = readdirSync(GGUF, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.gguf')).sort();

/** What blocks stand for, by their definition. */
function numbers({ quants, scales, offsets }: WeightBlocks, { bits, blockSize }: BlockGrid): number[] {
  const count = (quants.length * 8) / bits;
  return Array.from({ length: count }, (_, i) => {
    const quant = bits === 8 ? quants[i] - 128 : ((quants[i >> 1] >> (4 * (i & 1))) & 15) - 8;
    const block = Math.floor(i / blockSize);
    return scales[block] * quant + (offsets?.[block] ?? 0);
  });
}

describe('blocks of GGUF files', () => {
  for (const file of FILES) {
    const path = join(GGUF, file);
    const expected = (JSON.parse(readFileSync(path.replace(/\.gguf$/, '.expected.json'), 'utf8')) as { tensors: Record<string, { shape: number[]; sha256_f32: string }> }).tensors;

    it(`${file}: every tensor as ggml dequantises it, to the bit; kept in blocks, the same numbers`, async () => {
      const { file: real, tensors } = readGgufHeader(path);
      assert.deepEqual(tensors.map(({ name }) => name).sort(), Object.keys(expected).sort());
      for (const stored of tensors) {
        const tensor = weight(real, stored.name, stored);
        assert.deepEqual(tensor.shape, expected[stored.name].shape);
        const values = await readTensor(tensor);
        assert.equal(createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex'), expected[stored.name].sha256_f32, stored.name);
        const layout = blocksOf(tensor);
        assert.equal(layout === null, tensor.encoding === 'float');
        if (layout === null) continue;
        assertClose(stored.name, numbers(await readBlocks(tensor, 0, tensor.shape[0]), layout), Array.from(values), 1e-6);
        const [start, end] = [1, tensor.shape[0] - 1];
        assert.deepEqual(await readRows(tensor, start, end), values.slice(start * tensor.shape[1], end * tensor.shape[1]));
        assertClose(stored.name, numbers(await readBlocks(tensor, start, end), layout), Array.from(values.slice(start * tensor.shape[1], end * tensor.shape[1])), 1e-6);
      }
    });
  }

  it('MXFP4: values of E2M1 times a power of two', () => {
    // Byte 0 is the exponent; nibbles 0 to 15 in order, low ones the first half.
    const bytes = Uint8Array.from([129, ...Array.from({ length: 16 }, (_, i) => i | ((15 - i) << 4))]);
    const values = [0, 0.5, 1, 1.5, 2, 3, 4, 6, 0, -0.5, -1, -1.5, -2, -3, -4, -6].map((value) => 4 * value);
    assert.deepEqual([...dequantise(unpackBlocks('MXFP4', bytes))].map((value) => value + 0), [...values, ...[...values].reverse()].map((value) => value + 0));
  });
});

describe('blocks of 8 bits', () => {
  it('hold every number to half a step of its block, zeros and the largest exactly', () => {
    const random = mulberry32(5);
    const values = Float32Array.from({ length: 4 * 128 }, (_, i) => (i < 128 ? 0 : (random() - 0.5) * 10 ** (i % 5)));
    const layout: BlockGrid = { bits: 8, blockSize: 32, hasOffsets: false };
    const blocks = quantise(values, layout.blockSize);
    numbers(blocks, layout).forEach((value, i) => {
      const step = blocks.scales[Math.floor(i / layout.blockSize)];
      assert.ok(Math.abs(value - values[i]) <= step * 0.5001, `${i}: ${value} for ${values[i]}`);
    });
    assert.deepEqual(blocks.scales.slice(0, 4), new Float32Array(4));
    assert.ok(blocks.quants.subarray(0, 128).every((quant) => quant === 128));
  });
});
