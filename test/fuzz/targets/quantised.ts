import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blocksOf, readBlocks } from '../../../src/engine/checkpoint/weights/blocks';
import { parseQuantisation } from '../../../src/engine/checkpoint/weights/quantised/quantisation';
import { readRows } from '../../../src/engine/checkpoint/weights/readTensor';
import { openSafetensors } from '../../../src/engine/checkpoint/weights/safetensorsFolder';
import { DATA } from '../../support/folders';
import { readTensors } from '../../support/safetensorsWriter';
import { jsonOf, refusedOrDone, scratchFolder, type FuzzTarget } from './target';

/** An array by its description; `bytes` are written where it is small, so that indices, shapes and states can be anything, and zeros follow. */
interface Described {
  readonly dtype?: unknown;
  readonly shape?: unknown;
  readonly bytes?: unknown;
}

const ITEM_BYTES: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, U32: 4, I8: 1, U8: 1, F8_E4M3: 1, F8_E8M0: 1 };
/** Of a file without contents: files of this size take no room, and what reads one whole takes all memory. */
const LARGEST_FILE = 2 ** 40;
const LARGEST_BYTES = 4096;
/** Numbers of a weight that are read. */
const LARGEST_READ = 1 << 16;

/** One quantised linear of each of the small checkpoints, with its configuration. */
function seed(name: string): string {
  const dir = join(DATA, 'quantised', name);
  const { quantization_config: described, quantization } = JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8')) as Record<string, unknown>;
  const all = readTensors(join(dir, 'model.safetensors'));
  const tensors = [...all].filter(([key]) => key.includes(name.startsWith('gpt') ? 'down_proj_' : name.startsWith('layouts') ? '8' : 'k_proj'));
  return JSON.stringify({
    config: quantization === undefined ? { quantization_config: described } : { quantization },
    // Long contents make no difference to a description.
    tensors: Object.fromEntries(tensors.map(([key, { dtype, shape, data }]) => [key, { dtype, shape, ...(data.length <= 260 ? { bytes: [...data] } : {}) }])),
  });
}

function header(tensors: Readonly<Record<string, Described>>): { readonly json: Buffer; readonly length: number; readonly contents: readonly (readonly [number, Uint8Array])[] } {
  const entries: Record<string, unknown> = {};
  const contents: [number, Uint8Array][] = [];
  let at = 0;
  for (const [name, described] of Object.entries(tensors)) {
    const { dtype, shape, bytes } = described ?? {};
    const count = Array.isArray(shape) ? shape.reduce<number>((product, size) => product * (typeof size === 'number' ? size : NaN), (typeof dtype === 'string' ? ITEM_BYTES[dtype] : undefined) ?? 1) : NaN;
    if (!(count >= 0) || at + count > LARGEST_FILE) continue;
    entries[name] = { dtype, shape, data_offsets: [at, at + count] };
    if (Array.isArray(bytes)) contents.push([at, Uint8Array.from(bytes.slice(0, Math.min(count, LARGEST_BYTES)), (byte: unknown) => (typeof byte === 'number' ? byte : 0))]);
    at += count;
  }
  return { json: Buffer.from(JSON.stringify(entries)), length: at, contents };
}

/** Quantised weights by their configuration and the table of their arrays: tensors whose rows can be read, and whose blocks are as large as they say. */
export const quantised: FuzzTarget = {
  name: 'quantised',
  cases: 6_000,
  seeds: () => readdirSync(join(DATA, 'quantised'), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? seed(entry.name) : [])),
  words: ['"bits"', '"group_size"', '"quant_method"', '"config_groups"', '"num_bits"', '"block_structure"', '"weight_block_size"', '"dynamic"', '"checkpoint_format"', '"gptq_v2"', '"I32"', '"U8"', '"F8_E4M3"', '[1099511627776,1]', '-1'],
  run: async (input) => {
    const dir = join(scratchFolder(), 'quantised');
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir);
    const { config, tensors } = (jsonOf(input) ?? {}) as { config?: unknown; tensors?: unknown };
    if (typeof tensors !== 'object' || tensors === null) return;
    const path = join(dir, 'model.safetensors');
    const { json, length, contents } = header(tensors as Record<string, Described>);
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(BigInt(json.length));
    const start = prefix.length + json.length;
    const written = Buffer.alloc(start + Math.min(length, contents.reduce((end, [at, bytes]) => (at < LARGEST_READ ? Math.max(end, at + bytes.length) : end), 0)));
    prefix.copy(written);
    json.copy(written, prefix.length);
    for (const [at, bytes] of contents) if (at < LARGEST_READ) written.set(bytes, start + at);
    writeFileSync(path, written);
    truncateSync(path, start + length);

    const found = await refusedOrDone(async () => openSafetensors(dir, parseQuantisation(config, 'config.json')));
    for (const tensor of found?.tensors.values() ?? []) {
      const [rows, ...rest] = tensor.shape;
      const width = rest.reduce((a, b) => a * b, 1);
      if (tensor.encoding === 'float' || rows * width > LARGEST_READ) continue;
      const [from, to] = [Math.floor(rows / 3), Math.ceil(rows / 2)];
      assert.equal((await readRows(tensor, from, to)).length, (to - from) * width);
      const grid = blocksOf(tensor);
      if (grid) {
        const { quants, scales, offsets } = await readBlocks(tensor, from, to);
        assert.deepEqual([quants.length, scales.length * grid.blockSize, offsets?.length ?? scales.length], [((to - from) * width * grid.bits) / 8, (to - from) * width, scales.length]);
      }
    }
  },
};
