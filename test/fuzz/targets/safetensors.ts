import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSafetensorsHeader } from '../../../src/engine/checkpoint/weights/safetensors';
import { DATA } from '../../support/folders';
import { refusedOrDone, scratchFolder, type FuzzTarget } from './target';

const header = (path: string): string => {
  const file = readFileSync(path);
  return file.subarray(8, 8 + Number(file.readBigUInt64LE(0))).toString();
};
/** A header with as much behind it as the small checkpoints have. */
const DATA_BYTES = 1 << 16;
const ITEM_BYTES: Readonly<Record<string, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, U64: 8, I32: 4, U32: 4, I16: 2, U16: 2, I8: 1, U8: 1, BOOL: 1, F8_E4M3: 1, F8_E5M2: 1, F8_E8M0: 1 };
const SMALL = '{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"b":{"dtype":"BF16","shape":[3],"data_offsets":[16,22]},"c":{"dtype":"I64","shape":[],"data_offsets":[22,30]}}';

/** The header of a weights file: every tensor that it gives lies inside the file and has the bytes of its shape. */
export const safetensors: FuzzTarget = {
  name: 'safetensors',
  cases: 4_000,
  seeds: () => [SMALL, ...readdirSync(join(DATA, 'golden'), { withFileTypes: true }).filter((entry) => entry.isDirectory()).slice(0, 1).map(({ name }) => header(join(DATA, 'golden', name, 'model.safetensors')))],
  words: ['"dtype"', '"shape"', '"data_offsets"', '"F32"', '"F16"', '"BF16"', '"F64"', '"BOOL"', '"__metadata__"', '[0,0]', 'version https://git-lfs.github.com/spec/'],
  encode: (text) => {
    const json = Buffer.from(text);
    const prefix = Buffer.alloc(8);
    prefix.writeBigUInt64LE(BigInt(json.length));
    return Buffer.concat([prefix, json, Buffer.alloc(DATA_BYTES)]);
  },
  run: async (input) => {
    const path = join(scratchFolder(), 'a.safetensors');
    writeFileSync(path, input);
    const tensors = await refusedOrDone(() => readSafetensorsHeader(path));
    for (const { dtype, shape, offset, length } of tensors?.values() ?? []) {
      assert.ok(offset >= 8 && length >= 0 && offset + length <= input.length);
      assert.equal(length, shape.reduce((a, b) => a * b, ITEM_BYTES[dtype]));
    }
  },
};
