import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** Header and data of a small safetensors file, without the checks of the engine's reader. */
export function readTensors(path: string): Map<string, Entry> {
  const file = readFileSync(path);
  const headerLength = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, 8 + headerLength).toString()) as Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;
  return new Map(Object.entries(header).filter(([name]) => name !== '__metadata__').map(([name, { dtype, shape, data_offsets: [start, end] }]) =>
    [name, { dtype, shape, data: Uint8Array.from(file.subarray(8 + headerLength + start, 8 + headerLength + end)) }]));
}

export function writeSafetensors(path: string, tensors: ReadonlyMap<string, Entry>): void {
  const header: Record<string, unknown> = {};
  let offset = 0;
  for (const [name, { dtype, shape, data }] of tensors) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.length] };
    offset += data.length;
  }
  const json = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(path, Buffer.concat([prefix, json, ...[...tensors.values()].map(({ data }) => data)]));
}

/**
 * A checkpoint as the Hugging Face cache has it: two shards with an index, every file of the snapshot a symlink into `blobs`.
 * @returns the snapshot's folder
 */
export function shardedCopy(from: string, cache: string): string {
  const repo = join(cache, 'models--org--tiny');
  const snapshot = join(repo, 'snapshots', 'abc');
  const blobs = join(repo, 'blobs');
  mkdirSync(snapshot, { recursive: true });
  mkdirSync(blobs);
  const link = (blob: string, name: string) => symlinkSync(join('..', '..', 'blobs', blob), join(snapshot, name));
  copyFileSync(join(from, 'config.json'), join(blobs, 'config'));
  link('config', 'config.json');
  const all = [...readTensors(join(from, 'model.safetensors'))];
  const weightMap: Record<string, string> = {};
  [all.slice(0, 5), all.slice(5)].forEach((part, i) => {
    const name = `model-0000${i + 1}-of-00002.safetensors`;
    writeSafetensors(join(blobs, `weights${i}`), new Map(part));
    link(`weights${i}`, name);
    for (const [tensor] of part) weightMap[tensor] = name;
  });
  writeFileSync(join(snapshot, 'model.safetensors.index.json'), JSON.stringify({ weight_map: weightMap }));
  return snapshot;
}

/** Copies a checkpoint folder with its fp32 weights rounded to a two-byte type. */
export function halfPrecisionCopy(from: string, to: string, dtype: 'BF16' | 'F16'): void {
  mkdirSync(to, { recursive: true });
  copyFileSync(join(from, 'config.json'), join(to, 'config.json'));
  const round = dtype === 'BF16' ? toBfloat16 : toFloat16;
  const tensors = [...readTensors(join(from, 'model.safetensors'))].map(([name, { shape, data }]): [string, Entry] =>
    [name, { dtype, shape, data: new Uint8Array(Uint16Array.from(new Float32Array(data.buffer), round).buffer) }]);
  writeSafetensors(join(to, 'model.safetensors'), new Map(tensors));
}

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** Round to nearest, ties to even. */
function toBfloat16(x: number): number {
  float[0] = x;
  return (bits[0] + 0x7fff + ((bits[0] >>> 16) & 1)) >>> 16;
}

/** Round to nearest, ties to even; weights lie far inside the range, so no overflow. */
function toFloat16(x: number): number {
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(x);
  if (magnitude === 0) return sign;
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude)));
  const scaled = magnitude / 2 ** (exponent - 10); // fraction in units of the last place
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const fraction = floor + (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? 1 : 0);
  return sign + (fraction < 1024 ? fraction : ((exponent + 15) << 10) + fraction - 1024); // a carry runs into the exponent
}
