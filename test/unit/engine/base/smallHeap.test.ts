import assert from 'node:assert/strict';
import { collect, inSmallHeap } from '../../../../src/engine/base/smallHeap';

/** Bytes that are held by nothing afterwards. */
function makeGarbage(megabytes: number): void {
  for (let i = 0; i < megabytes; i++) new Float32Array(1 << 18).fill(1);
}

describe('A heap that is kept small', () => {
  it('gives what the work gives, and its errors', async () => {
    assert.equal(await inSmallHeap(() => Promise.resolve(3)), 3);
    await assert.rejects(inSmallHeap(() => Promise.reject(new Error('no'))), /^Error: no$/);
  });

  it('is rid of what nothing holds: all, or what was made lately', async () => {
    for (const type of ['major', 'minor'] as const) {
      collect('major');
      await new Promise((resolve) => setTimeout(resolve, 50)); // arrays are freed beside the program
      const before = process.memoryUsage().arrayBuffers;
      makeGarbage(24);
      collect(type);
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.ok(process.memoryUsage().arrayBuffers < before + (8 << 20), type);
    }
  });
});
