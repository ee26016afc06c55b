import assert from 'node:assert/strict';
import { gguf } from '@huggingface/gguf';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointError } from '../../../../src/engine/base/errors';
import { isGguf, readGgufHeader } from '../../../../src/engine/gguf/ggufHeader';
import { DATA } from '../../../support/folders';
import { GgufWriter } from '../../../support/ggufWriter';
import { temporaryFolder } from '../../../support/temporaryFolder';

describe('GGUF header', () => {
  const folder = temporaryFolder();
  let count = 0;

  function written(file: GgufWriter | Buffer): string {
    const path = join(folder(), `${count++}.gguf`);
    writeFileSync(path, file instanceof GgufWriter ? file.finish() : file);
    return path;
  }

  function refused(file: GgufWriter | Buffer, sentence: RegExp): void {
    assert.throws(() => readGgufHeader(written(file)), (error: Error) => error instanceof CheckpointError && sentence.test(error.message) && error.message.endsWith('.'), String(sentence));
  }

  it('metadata of every type, tensors with their axes outermost first and their places', () => {
    const path = written(new GgufWriter().start(2, 6)
      .entry('general.architecture', 'llama').entry('llama.block_count', 2)
      .text('big').u32(10).u64(2n ** 63n).text('small').u32(10).u64(2n ** 40n)
      .text('flag').u32(7).bytes(Uint8Array.of(1))
      .text('list').u32(9).u32(8).u64(3).text('a').text('\uFEFFb').text('')
      .tensor('w', [64, 3], 2, 0).tensor('v', [5], 0, 128).data(128 + 20));
    const { metadata, tensors } = readGgufHeader(path);
    assert.deepEqual(Object.fromEntries(metadata), { 'general.architecture': 'llama', 'llama.block_count': 2, 'big': 2n ** 63n, 'small': 2 ** 40, 'flag': true, 'list': ['a', '\uFEFFb', ''] });
    assert.deepEqual(tensors.map(({ name, type, shape, length }) => ({ name, type, shape, length })), [{ name: 'w', type: 'Q4_0', shape: [3, 64], length: 3 * 2 * 18 }, { name: 'v', type: 'F32', shape: [5], length: 20 }]);
    assert.equal(tensors[1].offset - tensors[0].offset, 128);
    assert.equal(tensors[0].offset % 32, 0);
  });

  it('long lists are left out where nobody wants them', () => {
    const file = new GgufWriter().start(0, 3).text('words').u32(9).u32(8).u64(2000);
    for (let i = 0; i < 2000; i++) file.text(`word ${i}`);
    file.text('scores').u32(9).u32(6).u64(2000).bytes(new Uint8Array(8000)).entry('after', 7);
    const path = written(file);
    assert.deepEqual([...readGgufHeader(path, { longArrays: false }).metadata], [['after', 7]]);
    const { metadata } = readGgufHeader(path);
    assert.equal((metadata.get('words') as string[])[1999], 'word 1999');
    assert.equal((metadata.get('scores') as number[]).length, 2000);
  });

  it('is told by its first bytes', () => {
    assert.ok(isGguf(join(DATA, 'gguf', 'llama', 'llama.Q4_0.gguf')));
    assert.ok(!isGguf(join(DATA, 'gguf', 'llama', 'tokenizer.json')));
    assert.ok(!isGguf(folder()));
    assert.ok(!isGguf(join(folder(), 'nothing')));
  });

  it('that is no GGUF file, or of another kind', () => {
    refused(Buffer.from('{"a": 1, "b": "no model at all"}'), /does not begin as a GGUF file does \("GGUF"\); choose/);
    refused(Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n'), /is a Git LFS pointer/);
    refused(Buffer.from('GGUF'), /is 4 bytes long, too short/);
    refused(new GgufWriter().start(0, 0, 1).data(8), /of version 1, and versions 2 and 3 are read; convert the model again/);
    refused(new GgufWriter().start(0, 0, 4).data(8), /of version 4, .*; update FlashTrace/);
    refused(new GgufWriter().start(0, 0, 0x0300_0000).data(8), /for big-endian machines/);
    mkdirSync(join(folder(), 'folder.gguf'));
    assert.throws(() => readGgufHeader(join(folder(), 'folder.gguf')), /cannot be opened \(it is a folder\)/);
  });

  it('that ends too soon, at any byte', () => {
    const whole = new GgufWriter().start(1, 2).entry('general.architecture', 'llama').text('list').u32(9).u32(5).u64(4).bytes(new Uint8Array(16)).tensor('w', [32], 2, 0).data(18).finish();
    readGgufHeader(written(whole));
    for (let length = 24; length < whole.length; length++) refused(whole.subarray(0, length), /(ends after \d+ bytes|more than the file holds)/);
  });

  it('counts and sizes that no file has take neither time nor memory', () => {
    refused(new GgufWriter().start(2n ** 62n, 0).data(64), /declares 4611686018427387904 tensors at byte 8, more than the file holds/);
    refused(new GgufWriter().start(0, 2n ** 40n).data(64), /declares 1099511627776 entries of metadata at byte 16/);
    refused(new GgufWriter().start(0, 1).text('key').u32(9).u32(5).u64(2n ** 50n).data(64), /declares 1125899906842624 entries of a list/);
    refused(new GgufWriter().start(0, 1).u64(2n ** 45n).data(64), /declares 35184372088832 bytes of text/);
    refused(new GgufWriter().start(1, 0).tensor('w', [2n ** 40n, 2n ** 40n], 0, 0).data(64), /whose rows are no whole blocks|ends after/);
  });

  it('values and tensors that cannot be', () => {
    refused(new GgufWriter().start(0, 1).text('key').u32(13).data(64), /a value of an unknown type \(13\)/);
    const nested = new GgufWriter().start(0, 1).text('key').u32(9);
    for (let i = 0; i < 6; i++) nested.u32(9).u64(1);
    refused(nested.data(64), /lists within lists/);
    refused(new GgufWriter().start(0, 1).entry('general.alignment', 3).data(64), /general\.alignment = 3 where a multiple of 8/);
    refused(new GgufWriter().start(1, 0).tensor('w', [2, 2, 2, 2, 2], 0, 0).data(128), /with 5 axes/);
    refused(new GgufWriter().start(1, 0).tensor('w', [33], 2, 0).data(64), /rows are no whole blocks of 32 \(Q4_0\)/);
    refused(new GgufWriter().start(2, 0).tensor('w', [4], 0, 0).tensor('w', [4], 0, 32).data(64), /two tensors "w"/);
    refused(new GgufWriter().start(2, 0).tensor('w', [4], 0, 0).tensor('v', [4], 0, 8).data(64), /Tensors "w" and "v" in ".*" overlap/);
    refused(new GgufWriter().start(1, 0).tensor('w', [4], 0, 2n ** 50n).data(64), /ends after \d+ bytes but tensor "w" needs/);
  });
});

describe('GGUF header beside @huggingface/gguf', () => {
  const root = join(DATA, 'gguf');
  const plain = (value: unknown): unknown => (Array.isArray(value) ? value.map(plain) : typeof value === 'bigint' ? Number(value) : value);

  const folder = temporaryFolder();

  it('a byte order mark at the beginning of a token is lost in it: why there is a reader of our own', async () => {
    const path = join(folder(), 'bom.gguf');
    writeFileSync(path, new GgufWriter().start(0, 1).text('tokenizer.ggml.tokens').u32(9).u32(8).u64(2).text('\uFEFFb').text('\uFEFF').data(64).finish());
    const tokens = 'tokenizer.ggml.tokens';
    assert.deepEqual(readGgufHeader(path).metadata.get(tokens), ['\uFEFFb', '\uFEFF']);
    const theirs = await gguf(path, { allowLocalFile: true });
    assert.deepEqual((theirs.metadata as unknown as Record<string, unknown>)[tokens], ['b', '']);
  });

  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.gguf')).sort()) {
    it(`${file}: the same metadata, the same tensors in the same places`, async () => {
      const path = join(root, file);
      const { metadata, tensors } = readGgufHeader(path);
      const theirs = await gguf(path, { allowLocalFile: true });
      const { version, tensor_count: tensorCount, kv_count: entryCount, ...entries } = theirs.metadata as unknown as Record<string, unknown>;
      assert.deepEqual([version, Number(tensorCount), Number(entryCount)], [3, tensors.length, metadata.size]);
      assert.deepEqual(Object.fromEntries(metadata), Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, plain(value)])));
      const places = new Map(tensors.map(({ name, shape, offset }) => [name, { shape, offset }]));
      for (const { name, shape, offset } of theirs.tensorInfos) assert.deepEqual(places.get(name), { shape: shape.map(Number).reverse(), offset: Number(theirs.tensorDataOffset) + Number(offset) }, name);
      assert.equal(theirs.tensorInfos.length, tensors.length);
    });
  }
});
