import { floats } from '../stored/floats';
import { readStored, type StoredArray } from '../stored/storedArray';
import type { CodedRows, CodeGrid } from './codes';
import type { Parts, QuantisedBase } from './parts';

/** `quantization_config` of bitsandbytes; all else stands in the files. */
export interface BitsandbytesOptions {
  readonly format: 'bitsandbytes';
}

/**
 * NF4 or FP4: a code of 4 bits a number of the flattened matrix, the first of a pair in the upper half of its byte; value = map[code] absmax[block].
 * With double quantisation absmax = nested map[code] nested absmax[nested block] + offset.
 * Source: bitsandbytes 0.50.2 functional.py (`QuantState`), backends/default/ops.py.
 */
export interface Bitsandbytes4Tensor extends QuantisedBase {
  readonly encoding: 'bitsandbytes-4bit';
  readonly blockSize: number;
  /** Of double quantisation; null where absmax are numbers. */
  readonly nested: { readonly blockSize: number; readonly offset: number } | null;
  readonly parts: {
    /** ceil(out * in / 2) bytes */
    readonly codes: StoredArray;
    /** F32 [16] */
    readonly map: StoredArray;
    /** F32 or, nested, U8 [blocks] */
    readonly absmax: StoredArray;
    /** F32 [256] */
    readonly nestedMap: StoredArray | null;
    /** F32 [blocks / nested.blockSize] */
    readonly nestedAbsmax: StoredArray | null;
  };
}

/**
 * LLM.int8: a signed byte a number; value = byte * SCB / 127, by rows.
 * Source: bitsandbytes 0.50.2 _ops.py (`int8_vectorwise_dequant`).
 */
export interface Bitsandbytes8Tensor extends QuantisedBase, CodeGrid {
  readonly encoding: 'bitsandbytes-8bit';
  readonly parts: {
    /** I8 [out, in] */
    readonly values: StoredArray;
    /** F32 [out] */
    readonly scales: StoredArray;
  };
}

const STATE = '.weight.quant_state.bitsandbytes__';
/** Of a description as JSON; they take about 160 bytes. */
const LONGEST_STATE = 65_536;
/** What the bytes may be called in the file (`bnb_4bit_quant_storage`). */
const STORAGE = ['U8', 'I8', 'F16', 'BF16', 'F32'] as const;
const MIDDLE = 128;

/** @throws CheckpointError */
export async function findBitsandbytes4(parts: Parts, type: 'nf4' | 'fp4'): Promise<Bitsandbytes4Tensor> {
  const state = await readState(parts, parts.need(STATE + type, ['U8']));
  const shape = Array.isArray(state.shape) ? parts.sized(state.shape as number[]) : [];
  if (shape.length !== 2) throw parts.damaged(`has the shape ${JSON.stringify(state.shape)} in its quant_state, where [out, in] is needed`);
  const count = shape[0] * shape[1];
  const codes = parts.need('.weight', STORAGE);
  if (codes.length !== Math.ceil(count / 2)) throw parts.damaged(`has ${codes.length} bytes where its shape [${shape.join(', ')}] needs ${Math.ceil(count / 2)}`);
  const blockSize = natural(parts, state, 'blocksize');
  const blocks = Math.ceil(count / blockSize);
  const isNested = state.nested_blocksize !== undefined;
  const nestedSize = isNested ? natural(parts, state, 'nested_blocksize') : 1;
  const offset = state.nested_offset ?? 0;
  if (typeof offset !== 'number') throw parts.damaged(`has nested_offset = ${JSON.stringify(offset)} in its quant_state, where a number is needed`);
  const array = (suffix: string, dtype: 'F32' | 'U8', length: number) => parts.shaped(parts.need(suffix, [dtype]), suffix, length);
  return {
    name: `${parts.stem}.weight`, shape, dtype: `bitsandbytes ${type.toUpperCase()}`, file: codes.file, encoding: 'bitsandbytes-4bit', blockSize,
    nested: isNested ? { blockSize: nestedSize, offset: Math.fround(offset) } : null,
    parts: {
      // As bytes, whatever they are called.
      codes: { ...codes, dtype: 'U8', shape: [codes.length] },
      map: array('.weight.quant_map', 'F32', 16),
      absmax: array('.weight.absmax', isNested ? 'U8' : 'F32', blocks),
      nestedMap: isNested ? array('.weight.nested_quant_map', 'F32', 256) : null,
      nestedAbsmax: isNested ? array('.weight.nested_absmax', 'F32', Math.ceil(blocks / nestedSize)) : null,
    },
  };
}

async function readState(parts: Parts, array: StoredArray): Promise<Readonly<Record<string, unknown>>> {
  if (array.length > LONGEST_STATE) throw parts.damaged(`has a quant_state of ${array.length} bytes where ${LONGEST_STATE} at most are possible`);
  let state: unknown = null;
  try {
    state = JSON.parse(new TextDecoder().decode(await readStored(array)));
  } catch {
    // said below
  }
  if (typeof state !== 'object' || state === null) throw parts.damaged('has a quant_state that is not a JSON object');
  return state as Record<string, unknown>;
}

function natural(parts: Parts, state: Readonly<Record<string, unknown>>, key: string): number {
  const value = state[key];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) throw parts.damaged(`has ${key} = ${JSON.stringify(value)} in its quant_state, where a positive whole number is needed`);
  return value;
}

/** @throws CheckpointError */
export async function findBitsandbytes8(parts: Parts): Promise<Bitsandbytes8Tensor> {
  const values = parts.need('.weight', ['I8']);
  const shape = parts.sized(parts.matrix(values, '.weight'));
  const order = parts.find('.weight_format', ['U8']);
  // 0 is by rows; tiles for the kernels of old graphics cards are no longer written.
  if (order && (order.length !== 1 || (await readStored(order))[0] !== 0)) throw parts.refused('is laid out in tiles');
  const scales = parts.shaped(parts.need('.SCB', ['F32']), '.SCB', shape[0]);
  return {
    name: `${parts.stem}.weight`, shape, dtype: 'bitsandbytes 8 bit', file: values.file, encoding: 'bitsandbytes-8bit', bits: 8, groupSize: shape[1], symmetric: true, parts: { values, scales },
  };
}

export async function readBitsandbytes4({ shape: [, width], blockSize, parts, ...tensor }: Bitsandbytes4Tensor, start: number, end: number): Promise<Float32Array<ArrayBuffer>> {
  const [from, to] = [start * width, end * width];
  const firstByte = Math.floor(from / 2);
  const firstBlock = Math.floor(from / blockSize);
  const bytes = await readStored(parts.codes, firstByte, Math.ceil(to / 2));
  const map = floats('F32', await readStored(parts.map));
  const absmax = await readAbsmax({ parts, ...tensor }, firstBlock, Math.ceil(to / blockSize));
  const out = new Float32Array(to - from);
  for (let i = from; i < to; i++) {
    const byte = bytes[Math.floor(i / 2) - firstByte];
    out[i - from] = map[i % 2 === 0 ? byte >> 4 : byte & 15] * absmax[Math.floor(i / blockSize) - firstBlock];
  }
  return out;
}

async function readAbsmax({ nested, parts }: Pick<Bitsandbytes4Tensor, 'nested' | 'parts'>, first: number, end: number): Promise<Float32Array> {
  const stored = await readStored(parts.absmax, first, end);
  if (nested === null) return floats('F32', stored);
  const firstNested = Math.floor(first / nested.blockSize);
  const scales = floats('F32', await readStored(parts.nestedAbsmax!, firstNested, Math.ceil(end / nested.blockSize)));
  const map = floats('F32', await readStored(parts.nestedMap!));
  return Float32Array.from(stored, (code, i) => Math.fround(map[code] * scales[Math.floor((first + i) / nested.blockSize) - firstNested]) + nested.offset);
}

export async function readBitsandbytes8({ parts }: Bitsandbytes8Tensor, start: number, end: number): Promise<CodedRows> {
  const codes = await readStored(parts.values, start, end);
  for (let i = 0; i < codes.length; i++) codes[i] ^= MIDDLE; // a signed byte plus 128
  return { codes, zeros: MIDDLE, biases: null, groupIndex: null, scales: floats('F32', await readStored(parts.scales, start, end)).map((scale) => scale / 127) };
}
