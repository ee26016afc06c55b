import { truncateSync, writeFileSync } from 'node:fs';

/** An array by its description; `bytes` are written where it is small, so that indices, shapes and states can be anything, and zeros follow. */
export interface Described {
  readonly dtype?: unknown;
  readonly shape?: unknown;
  readonly bytes?: unknown;
}

const ITEM_BYTES: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, U32: 4, I8: 1, U8: 1, F8_E4M3: 1, F8_E8M0: 1 };
/** Of a file without contents: files of this size take no room, and what reads one whole takes all memory. */
const LARGEST_FILE = 2 ** 40;
const LARGEST_BYTES = 4096;
/** Numbers of a weight that are read. */
export const LARGEST_READ = 1 << 16;

/** Writes a safetensors file with the arrays that a header can have; what is no description is left out. */
export function writeDescribed(path: string, tensors: Readonly<Record<string, Described>>): void {
  const { json, length, contents } = header(tensors);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  const start = prefix.length + json.length;
  const written = Buffer.alloc(start + Math.min(length, contents.reduce((end, [at, bytes]) => (at < LARGEST_READ ? Math.max(end, at + bytes.length) : end), 0)));
  prefix.copy(written);
  json.copy(written, prefix.length);
  for (const [at, bytes] of contents) if (at < LARGEST_READ) written.set(bytes, start + at);
  writeFileSync(path, written);
  truncateSync(path, start + length);
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
    at += Math.ceil(count); // a shape may have any numbers
  }
  return { json: Buffer.from(JSON.stringify(entries)), length: at, contents };
}
