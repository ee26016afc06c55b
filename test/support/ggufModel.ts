import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GGML_TYPES, ggmlType, type GgmlTypeName } from '../../src/engine/gguf/ggmlTypes';
import { readGgufHeader } from '../../src/engine/gguf/ggufHeader';
import type { GgufValue } from '../../src/engine/gguf/metadata';
import { dequantise, unpackBlocks } from '../../src/engine/gguf/unpackBlocks';
import { DATA } from './folders';
import { GgufWriter } from './ggufWriter';
import { seededNormal, seededUniform } from './seededRandom';

export interface GgufModelTensor {
  readonly name: string;
  /** Outermost axis first. */
  readonly shape: readonly number[];
  readonly type: GgmlTypeName;
  readonly data: Uint8Array;
}

/** A whole GGUF file, to be changed and written again. */
export interface GgufContent {
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: readonly GgufModelTensor[];
}

/** One of test/data/gguf-families. */
export function familyFile(name: string): GgufContent {
  const path = join(DATA, 'gguf-families', `${name}.gguf`);
  const file = readFileSync(path);
  const { metadata, tensors } = readGgufHeader(path);
  return { metadata, tensors: tensors.map(({ name: tensor, shape, type, offset, length }) => ({ name: tensor, shape, type: type as GgmlTypeName, data: file.subarray(offset, offset + length) })) };
}

/** @param entries without the architecture's name before; undefined takes one away */
export function withMetadata({ metadata, tensors }: GgufContent, entries: Readonly<Record<string, GgufValue | undefined>>): GgufContent {
  const changed = new Map(metadata);
  for (const [key, value] of Object.entries(entries)) {
    const name = `${String(metadata.get('general.architecture'))}.${key}`;
    if (value === undefined) changed.delete(name);
    else changed.set(name, value);
  }
  return { metadata: changed, tensors };
}

/** @param change null takes a tensor away */
export function withTensors({ metadata, tensors }: GgufContent, change: (tensor: GgufModelTensor) => GgufModelTensor | null): GgufContent {
  return { metadata, tensors: tensors.map(change).filter((tensor) => tensor !== null) };
}

/** The same numbers in fp32. */
export function asFloats(content: GgufContent): GgufContent {
  return withTensors(content, (tensor) => {
    if (tensor.type === 'F32' || tensor.type === 'F16' || tensor.type === 'BF16') return tensor;
    return { ...tensor, type: 'F32', data: new Uint8Array(dequantise(unpackBlocks(tensor.type, tensor.data)).buffer) };
  });
}

/**
 * A model of other sizes with random weights of about 1 / sqrt(width).
 * @param sizes the new length of an axis, by its old one; others stay
 * @param typeOf the type of a tensor; a matrix alone can have blocks
 */
export function randomModel({ metadata, tensors }: GgufContent, seed: number, sizes: Readonly<Record<number, number>>, typeOf: (name: string) => GgmlTypeName): GgufContent {
  const uniform = seededUniform(seed);
  const normal = seededNormal(seed);
  return {
    metadata,
    tensors: tensors.map(({ name, shape: old }) => {
      const shape = old.map((length) => sizes[length] ?? length);
      const count = shape.reduce((a, b) => a * b, 1);
      const type = shape.length > 1 ? typeOf(name) : 'F32';
      const width = shape[shape.length - 1];
      if (type !== 'F32') return { name, shape, type, data: randomBlocks(type, count, width ** -0.5, uniform) };
      // Norms are about 1, decay rates below 0.
      const of = (x: number) => (/norm/.test(name) ? 1 + 0.1 * x : /ssm_a$/.test(name) ? -Math.exp(x) : /\.bias$|ssm_dt/.test(name) ? 0.1 * x : x * width ** -0.5);
      return { name, shape, type, data: new Uint8Array(Float32Array.from({ length: count }, () => of(normal())).buffer) };
    }),
  };
}

/** Blocks of any numbers, whose scales make them as large as is asked, on the whole. */
function randomBlocks(type: GgmlTypeName, count: number, deviation: number, uniform: () => number): Uint8Array {
  const { blockSize, blockBytes } = ggmlType(type);
  const bytes = Uint8Array.from({ length: (count / blockSize) * blockBytes }, () => Math.floor(256 * uniform()));
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < bytes.length; at += blockBytes) {
    switch (type) {
      case 'Q8_0':
        view.setUint16(at, half(deviation / 74), true);
        break;
      case 'Q4_K':
        // Scales and minima of 6 bits are 31 on the whole, numbers of 4 bits 7.5.
        view.setUint16(at, half(deviation / 170), true);
        view.setUint16(at + 2, half((7.5 * deviation) / 170), true);
        break;
      case 'MXFP4':
        bytes[at] = 128 + Math.round(Math.log2(deviation / 6)) - Math.floor(2 * uniform());
        break;
      default:
        throw new Error(`${type} has no random blocks here`);
    }
  }
  return bytes;
}

/** fp16 of a number above 0 and in its normal range, rounded down. */
function half(x: number): number {
  const exponent = Math.floor(Math.log2(x));
  return ((exponent + 15) << 10) | Math.floor((x / 2 ** exponent - 1) * 1024);
}

/** @param isSparse all numbers are 0 and take no room on the disk */
export function writeGguf(path: string, { metadata, tensors }: GgufContent, isSparse = false): string {
  const file = new GgufWriter().start(tensors.length, metadata.size);
  for (const [key, value] of metadata) {
    file.text(key).u32(kindOf(value));
    write(file, value);
  }
  let offset = 0;
  const padded = (length: number) => Math.ceil(length / 32) * 32;
  for (const { name, shape, type, data } of tensors) {
    file.tensor(name, [...shape].reverse(), [...GGML_TYPES].find(([, { name: known }]) => known === type)![0], offset);
    offset += padded(data.length);
  }
  file.data(0);
  if (!isSparse) for (const { data } of tensors) file.bytes(data).data(0);
  writeFileSync(path, file.finish());
  if (isSparse) truncateSync(path, file.length + offset);
  return path;
}

const [U32, I32, F32, BOOL, STRING, ARRAY, U64] = [4, 5, 6, 7, 8, 9, 10];

function kindOf(value: GgufValue): number {
  if (typeof value === 'string') return STRING;
  if (typeof value === 'boolean') return BOOL;
  if (typeof value === 'bigint') return U64;
  if (typeof value !== 'number') return ARRAY;
  return Number.isInteger(value) && Math.abs(value) < 2 ** 31 ? (value < 0 ? I32 : U32) : F32;
}

function write(file: GgufWriter, value: GgufValue): void {
  if (typeof value === 'string') file.text(value);
  else if (typeof value === 'boolean') file.bytes(Uint8Array.of(value ? 1 : 0));
  else if (typeof value === 'bigint') file.u64(value);
  else if (typeof value !== 'number') {
    const kinds = new Set(value.map(kindOf));
    const kind = kinds.has(F32) ? F32 : [...kinds][0] ?? U32;
    file.u32(kind).u64(value.length);
    for (const entry of value) if (kind === F32) file.bytes(float(Number(entry))); else write(file, entry);
  } else if (kindOf(value) === F32) file.bytes(float(value));
  else if (value < 0) file.bytes(new Uint8Array(Int32Array.of(value).buffer));
  else file.u32(value);
}

function float(value: number): Uint8Array {
  return new Uint8Array(Float32Array.of(value).buffer);
}
