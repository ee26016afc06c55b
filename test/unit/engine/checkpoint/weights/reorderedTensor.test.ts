import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blocksOf, readBlocks } from '../../../../../src/engine/checkpoint/weights/blocks';
import { readRows, readTensor } from '../../../../../src/engine/checkpoint/weights/readTensor';
import { reordered, storedRuns, type HeadOrder } from '../../../../../src/engine/checkpoint/weights/reorderedTensor';
import type { FileTensor } from '../../../../../src/engine/checkpoint/weights/stored/fileTensor';
import { seededUniform } from '../../../../support/seededRandom';
import { temporaryFolder } from '../../../../support/temporaryFolder';

/** Three key heads with two value heads each: 0 3 1 4 2 5 of what is stored. */
const HEADS = [0, 3, 1, 4, 2, 5];

describe('weights whose heads lie in another order', () => {
  const folder = temporaryFolder();
  let count = 0;

  function floats(shape: readonly number[]): FileTensor {
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i);
    const file = join(folder(), String(count++));
    writeFileSync(file, new Uint8Array(values.buffer));
    return { name: 'w', encoding: 'float', dtype: 'F32', shape, file, offset: 0, length: values.byteLength };
  }

  /** Q8_0: 2 bytes of scale and 32 numbers a block. */
  function quantised(rows: number, columns: number): FileTensor {
    const uniform = seededUniform(2);
    const bytes = Uint8Array.from({ length: (rows * columns * 34) / 32 }, (_, i) => (i % 34 < 2 ? [i % 251, 0x20][i % 34] : Math.floor(256 * uniform())));
    const file = join(folder(), String(count++));
    writeFileSync(file, bytes);
    return { name: 'w', encoding: 'ggml', dtype: 'Q8_0', shape: [rows, columns], file, offset: 0, length: bytes.length };
  }

  /** By the definition: head by head. */
  const expected = (size: number, first: number) => [...Array.from({ length: first }, (_, i) => i), ...HEADS.flatMap((head) => Array.from({ length: size }, (_, i) => first + head * size + i))];
  const order = (axis: 0 | 1, size: number, first = 0): HeadOrder => ({ axis, first, size, tiles: 2, groups: 3 });

  it('rows, behind some that stay', async () => {
    const tensor = reordered(floats([4 + 12, 5]), order(0, 2, 4));
    const wanted = expected(2, 4).flatMap((row) => Array.from({ length: 5 }, (_, c) => 5 * row + c));
    assert.deepEqual([...await readTensor(tensor)], wanted);
    for (const [start, end] of [[0, 3], [3, 6], [5, 7], [9, 16], [15, 16]]) assert.deepEqual([...await readRows(tensor, start, end)], wanted.slice(5 * start, 5 * end), `${start} to ${end}`);
  });

  it('a number a head, and kernels of a convolution', async () => {
    assert.deepEqual([...await readTensor(reordered(floats([6]), order(0, 1)))], HEADS);
    assert.deepEqual([...await readTensor(reordered(floats([6, 1, 2]), order(0, 1)))], HEADS.flatMap((head) => [2 * head, 2 * head + 1]));
  });

  it('columns', async () => {
    const tensor = reordered(floats([3, 12]), order(1, 2));
    assert.deepEqual([...await readRows(tensor, 1, 3)], [1, 2].flatMap((row) => expected(2, 0).map((column) => 12 * row + column)));
  });

  it('blocks are moved as they are, where heads are whole ones', async () => {
    for (const [axis, tensor] of [[0, quantised(12, 64)], [1, quantised(4, 6 * 32)]] as const) {
      const moved = reordered(tensor, order(axis, axis === 0 ? 2 : 32));
      assert.deepEqual(blocksOf(moved), blocksOf(tensor));
      const [rows, columns] = tensor.shape;
      const { quants, scales, offsets } = await readBlocks(moved, 1, rows);
      assert.equal(offsets, null);
      const values = Float32Array.from(quants, (quant, i) => (quant - 128) * scales[Math.floor(i / 32)]);
      assert.deepEqual(values, await readRows(moved, 1, rows));
      assert.equal(values.length, (rows - 1) * columns);
    }
  });

  it('columns of heads that end inside a block have no grid', () => {
    assert.equal(blocksOf(reordered(quantised(4, 6 * 32), { axis: 1, first: 0, size: 16, tiles: 4, groups: 3 })), null);
  });

  it('runs are as long as they can be, and end where the range does', () => {
    assert.deepEqual(storedRuns(order(0, 4, 3), 1, 10), [{ from: 1, to: 0, count: 2 }, { from: 3, to: 2, count: 4 }, { from: 3 + 12, to: 6, count: 3 }]);
  });
});
