import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CancelledError, CheckpointError } from '../../../../../src/engine/base/errors';
import { openCheckpoint } from '../../../../../src/engine/checkpoint/checkpoint';
import { clearPackedWeights } from '../../../../../src/engine/checkpoint/packed/keptWeights';
import { openPackedWeights, type PackedWeights } from '../../../../../src/engine/checkpoint/packed/packedCache';
import { quantise } from '../../../../../src/engine/checkpoint/packed/quantise';
import { readBlocks } from '../../../../../src/engine/checkpoint/weights/blocks';
import { readTensor } from '../../../../../src/engine/checkpoint/weights/readTensor';
import type { Precision } from '../../../../../src/protocol/engine/model';
import { DATA } from '../../../../support/folders';
import { GOLDEN_DIR } from '../../../../support/recordedCases';
import { temporaryFolder } from '../../../../support/temporaryFolder';

const Q4_1 = join(DATA, 'gguf', 'llama', 'llama.Q4_1.gguf');
const NOTHING = () => Promise.resolve();

describe('converted weights', () => {
  const suite = temporaryFolder();
  let test = 0;
  const folder = () => join(suite(), String(test));
  beforeEach(() => {
    test++;
    return mkdir(folder());
  });

  const open = async (model: string, precision: Precision, budget = 1e9, onProgress: (done: number, total: number) => Promise<void> = NOTHING): Promise<PackedWeights> =>
    openPackedWeights(await openCheckpoint(model), precision, { folder: folder(), budget }, onProgress);
  const kept = () => readdirSync(folder());

  function bytesAt(packed: PackedWeights, name: string, part: 'quants' | 'scales' | 'offsets' | 'values'): Uint8Array {
    const { offset, length } = (packed.tensors.get(name) as unknown as Record<typeof part, { offset: number; length: number }>)[part];
    return new Uint8Array(readFileSync(packed.file!).subarray(offset, offset + length));
  }
  const bytesOf = (data: Float32Array | Uint8Array) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

  it('are the blocks of the file, its numbers, or blocks of 8 bits, as was asked', async () => {
    const { tensors } = await openCheckpoint(Q4_1);
    const name = 'model.layers.1.mlp.down_proj.weight';
    const tensor = tensors.get(name)!;
    for (const precision of ['as stored', '8 bit'] as const) {
      const packed = await open(Q4_1, precision);
      const blocks = await readBlocks(tensor, 0, tensor.shape[0]);
      assert.deepEqual(bytesAt(packed, name, 'quants'), bytesOf(blocks.quants));
      assert.deepEqual(bytesAt(packed, name, 'scales'), bytesOf(blocks.scales));
      assert.deepEqual(bytesAt(packed, name, 'offsets'), bytesOf(blocks.offsets!));
    }
    assert.deepEqual(bytesAt(await open(Q4_1, 'exact'), name, 'values'), bytesOf(await readTensor(tensor)));

    const dir = join(GOLDEN_DIR, 'qwen2');
    const floats = (await openCheckpoint(dir)).tensors.get(name)!;
    const quantised = await open(dir, '8 bit');
    assert.deepEqual(bytesAt(quantised, name, 'quants'), bytesOf(quantise(await readTensor(floats), 32).quants), 'the largest power of two that divides 96 columns');
    for (const precision of ['as stored', 'exact'] as const) assert.equal((await open(dir, precision)).file, null, 'fp32 is mapped from its own file');
  });

  it('are made once, and again when a byte of them or the model has changed', async () => {
    let made = 0;
    const again = async (model: string) => {
      made = 0;
      const packed = await open(model, 'as stored', 1e9, () => { made++; return Promise.resolve(); });
      return packed.file!;
    };
    const model = join(suite(), 'model.gguf');
    cpSync(Q4_1, model);
    const file = await again(model);
    assert.ok(made > 0);
    const whole = readFileSync(file);
    assert.equal(await again(model), file);
    assert.equal(made, 0);

    writeFileSync(file, Buffer.from(whole).fill(7, 1000, 1001));
    assert.equal(await again(model), file);
    assert.ok(made > 0);
    assert.deepEqual(readFileSync(file), whole);

    writeFileSync(join(file, '..', 'index.json'), '{');
    await again(model);
    assert.ok(made > 0);

    utimesSync(model, new Date(1e12), new Date(1e12));
    assert.notEqual(await again(model), file);
    assert.ok(made > 0);
  });

  it('go when the budget is used up, what was not used for longest first', async () => {
    const first = await open(Q4_1, 'as stored');
    const { size } = statSync(first.file!);
    const second = await open(join(DATA, 'gguf', 'llama', 'llama.Q5_1.gguf'), 'as stored');
    utimesSync(join(first.file!, '..', 'index.json'), new Date(1e12), new Date(1e12));
    const third = await open(join(DATA, 'gguf', 'llama', 'llama.Q4_0.gguf'), 'as stored', statSync(second.file!).size + size);
    assert.deepEqual([first, second, third].map(({ file }) => existsSync(file!)), [false, true, true]);
    await open(Q4_1, 'as stored', 0);
    assert.equal(kept().length, 1, 'what is in use is kept, whatever the budget');
  });

  it('that are stopped or cannot be written leave nothing; one sentence', async () => {
    let calls = 0;
    await assert.rejects(open(Q4_1, 'exact', 1e9, () => (++calls === 3 ? Promise.reject(new CancelledError()) : Promise.resolve())), CancelledError);
    assert.deepEqual(kept(), []);
    const checkpoint = await openCheckpoint(Q4_1);
    const blocked = join(suite(), 'file');
    writeFileSync(blocked, '');
    await assert.rejects(openPackedWeights(checkpoint, 'exact', { folder: join(blocked, 'in'), budget: 1e9 }, NOTHING), (error: Error) =>
      error instanceof CheckpointError && /^The weights of ".*llama\.Q4_1\.gguf" cannot be converted in ".*" \(.*\); see that the folder can be written to and that the disk has .* free\.$/.test(error.message));
  });

  it('that a killed program has left half are taken away after a day, others\' files never', async () => {
    const old = join(folder(), 'making-1-0123abcd');
    const young = join(folder(), 'making-2-0123abcd');
    for (const path of [old, young]) {
      await mkdir(path);
      writeFileSync(join(path, 'weights.bin'), 'x');
    }
    utimesSync(join(old, 'weights.bin'), new Date(1e12), new Date(1e12));
    writeFileSync(join(folder(), 'mine.txt'), 'x');
    await open(Q4_1, 'as stored', 0);
    assert.deepEqual([old, young, join(folder(), 'mine.txt')].map((path) => existsSync(path)), [false, true, true]);
    assert.ok(await clearPackedWeights(folder()) > 0);
    assert.deepEqual(kept(), ['mine.txt']);
    assert.equal(await clearPackedWeights(join(folder(), 'nowhere')), 0);
  });

  it('without a cache lie in a folder of their own, until they are released', async () => {
    const packed = await openPackedWeights(await openCheckpoint(Q4_1), 'as stored', null, NOTHING);
    assert.ok(existsSync(packed.file!));
    await packed.release();
    assert.ok(!existsSync(packed.file!));
  });

  it('of two that are made at the same time are the same', async () => {
    const [a, b] = await Promise.all([open(Q4_1, 'as stored'), open(Q4_1, 'as stored')]);
    assert.equal(a.file, b.file);
    assert.equal(kept().length, 1);
    assert.equal((await open(Q4_1, 'as stored', 1e9, () => Promise.reject(new Error('made again')))).file, a.file);
  });
});
