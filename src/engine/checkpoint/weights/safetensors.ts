import { open, realpath, stat } from 'node:fs/promises';
import { CheckpointError } from '../../base/errors';
import { LFS_POINTER, lfsPointer } from '../../base/gitLfs';
import { WEIGHT_BYTES } from './stored/floats';
import type { StoredArray } from './stored/storedArray';

/** Limit of the safetensors format itself: a longer header is garbage or an attack, not a model. */
const MAX_HEADER_LENGTH = 100_000_000;

/** Sizes of the types of weights, and of those that may stand in a file beside them. */
const ITEM_BYTES: Readonly<Record<string, number>> = { ...WEIGHT_BYTES, F64: 8, I64: 8, U64: 8, I32: 4, U32: 4, I16: 2, U16: 2, I8: 1, U8: 1, BOOL: 1, F8_E4M3: 1, F8_E5M2: 1, F8_E8M0: 1 };

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/**
 * Reads the header of a safetensors file: `u64 headerLength, JSON header, data`.
 * Every array is checked against the file before anything is mapped: bounds, size, overlap. Those of an unknown type are left out.
 * @throws CheckpointError naming file, tensor and the offending value.
 * Format: https://huggingface.co/docs/safetensors
 */
export async function readSafetensorsHeader(path: string): Promise<Map<string, StoredArray>> {
  const file = await realpath(path).catch((cause: unknown) => {
    throw new CheckpointError(`The weights file "${path}" cannot be found; download the checkpoint again or choose another folder.`, { cause });
  });
  const found = await stat(file);
  // Opening a pipe would wait without end.
  if (!found.isFile()) throw new CheckpointError(`The weights file "${path}" is ${found.isDirectory() ? 'a folder' : 'no file but a pipe or a device'}; download the checkpoint again or choose another folder.`);
  const { size } = found;
  const handle = await open(file, 'r').catch((cause: unknown) => {
    throw new CheckpointError(`The weights file "${path}" cannot be opened (${(cause as Error).message}); check that it is a file that you may read.`, { cause });
  });
  try {
    const prefix = Buffer.alloc(LFS_POINTER.length);
    const { bytesRead } = await handle.read(prefix, 0, prefix.length, 0);
    const pointer = lfsPointer(path, prefix.toString('latin1'));
    if (pointer) throw new CheckpointError(pointer);
    if (bytesRead < 8) {
      throw new CheckpointError(`"${path}" is ${size} bytes long, too short to be a safetensors file; download it again.`);
    }
    const declared = prefix.readBigUInt64LE();
    if (declared > BigInt(MAX_HEADER_LENGTH)) {
      throw new CheckpointError(`"${path}" declares a header of ${declared} bytes, more than the ${MAX_HEADER_LENGTH} that safetensors allows; it is damaged or not a safetensors file.`);
    }
    const headerLength = Number(declared);
    const dataStart = 8 + headerLength;
    if (dataStart > size) {
      throw new CheckpointError(`"${path}" ends after ${size} bytes, inside its ${headerLength}-byte header; the file is truncated, download it again.`);
    }
    const raw = Buffer.alloc(headerLength);
    await handle.read(raw, 0, headerLength, 8);
    return checkEntries(path, file, parseHeader(path, raw), dataStart, size);
  } finally {
    await handle.close();
  }
}

function parseHeader(path: string, raw: Buffer): [string, HeaderEntry][] {
  let header: unknown;
  try {
    header = JSON.parse(raw.toString('utf8'));
  } catch (cause) {
    throw new CheckpointError(`The header of "${path}" is not JSON; the file is damaged, download it again.`, { cause });
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new CheckpointError(`The header of "${path}" is not a JSON object; the file is damaged, download it again.`);
  }
  const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
  for (const [name, entry] of entries) {
    if (!isHeaderEntry(entry)) {
      throw new CheckpointError(`Tensor "${name}" in "${path}" has no valid dtype, shape and data_offsets; the file is damaged, download it again.`);
    }
  }
  return entries as [string, HeaderEntry][];
}

function isHeaderEntry(entry: unknown): entry is HeaderEntry {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Partial<HeaderEntry>;
  const natural = (n: unknown) => Number.isSafeInteger(n) && (n as number) >= 0;
  return typeof dtype === 'string' && Array.isArray(shape) && shape.every(natural) && Array.isArray(offsets) && offsets.length === 2 && offsets.every(natural);
}

function checkEntries(path: string, file: string, entries: [string, HeaderEntry][], dataStart: number, size: number): Map<string, StoredArray> {
  const tensors = new Map<string, StoredArray>();
  let previous: { name: string; end: number } = { name: '', end: 0 };
  for (const [name, { dtype, shape, data_offsets: [start, end] }] of entries.sort((a, b) => a[1].data_offsets[0] - b[1].data_offsets[0])) {
    const itemBytes = Object.hasOwn(ITEM_BYTES, dtype) ? ITEM_BYTES[dtype] : undefined;
    const expected = itemBytes === undefined ? undefined : itemBytes * shape.reduce((a, b) => a * b, 1);
    if (end < start || (expected !== undefined && end - start !== expected)) {
      throw new CheckpointError(`Tensor "${name}" in "${path}" takes ${end - start} bytes where its shape [${shape.join(', ')}] of ${dtype} needs ${expected ?? 'a positive number'}; the file is damaged, download it again.`);
    }
    if (start < previous.end) {
      throw new CheckpointError(`Tensors "${previous.name}" and "${name}" in "${path}" overlap; the file is damaged, download it again.`);
    }
    if (dataStart + end > size) {
      throw new CheckpointError(`"${path}" ends after ${size} bytes but tensor "${name}" needs ${dataStart + end}; the file is truncated, download it again.`);
    }
    previous = { name, end };
    if (itemBytes !== undefined) tensors.set(name, { dtype, shape, file, offset: dataStart + start, length: end - start });
  }
  return tensors;
}
