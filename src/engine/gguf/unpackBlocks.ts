import { ggmlType, type GgmlBlockType } from './ggmlTypes';
import { halfToFloat } from '../base/halfFloats';

/**
 * Blocks of any type, taken apart: number i is `quants[i] * scales[i / groupSize] + offsets[i / groupSize]`, each operation rounded to fp32, which is what ggml's
 * `to_float` computes, to the bit. Every type that is read has this form: those with a table of values (IQ4, MXFP4) have whole numbers in it.
 */
export interface UnpackedBlocks {
  readonly quants: Int8Array;
  /** Numbers that share a scale. */
  readonly groupSize: 16 | 32;
  readonly scales: Float32Array;
  /** Absent where the type has none. */
  readonly offsets: Float32Array | null;
}

/** What fills in one block: `b` bytes at `at`; the block's first number is `q`, its first scale `s`. */
type Unpack = (b: Uint8Array, at: number, out: Writable, q: number, s: number) => void;

interface Writable {
  readonly quants: Int8Array;
  readonly scales: Float32Array;
  /** Empty where the type has none. */
  readonly offsets: Float32Array;
}

interface Layout {
  readonly groupSize: 16 | 32;
  readonly hasOffsets: boolean;
  /** Quants are whole numbers of [lowest, lowest + levels). */
  readonly lowest: number;
  readonly levels: number;
  readonly unpack: Unpack;
}

/** IQ4_NL's and IQ4_XS's values. Source: `kvalues_iq4nl` */
const IQ4_VALUES = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];
/** Twice the values of E2M1. Source: `kvalues_mxfp4` */
const FP4_VALUES = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

const LAYOUTS: Readonly<Record<GgmlBlockType, Layout>> = {
  Q8_0: { groupSize: 32, hasOffsets: false, lowest: -128, levels: 256, unpack(b, at, { quants, scales }, q, s) {
    scales[s] = half(b, at);
    for (let i = 0; i < 32; i++) quants[q + i] = b[at + 2 + i]; // Int8Array takes a byte as two's complement
  } },
  Q4_0: { groupSize: 32, hasOffsets: false, lowest: -8, levels: 16, unpack(b, at, { quants, scales }, q, s) {
    scales[s] = half(b, at);
    nibbles(b, at + 2, quants, q, -8);
  } },
  Q4_1: { groupSize: 32, hasOffsets: true, lowest: 0, levels: 16, unpack(b, at, { quants, scales, offsets }, q, s) {
    scales[s] = half(b, at);
    offsets[s] = half(b, at + 2);
    nibbles(b, at + 4, quants, q, 0);
  } },
  Q5_0: { groupSize: 32, hasOffsets: false, lowest: -16, levels: 32, unpack(b, at, { quants, scales }, q, s) {
    scales[s] = half(b, at);
    nibbles(b, at + 6, quants, q, -16);
    fifthBits(b, at + 2, quants, q);
  } },
  Q5_1: { groupSize: 32, hasOffsets: true, lowest: 0, levels: 32, unpack(b, at, { quants, scales, offsets }, q, s) {
    scales[s] = half(b, at);
    offsets[s] = half(b, at + 2);
    nibbles(b, at + 8, quants, q, 0);
    fifthBits(b, at + 4, quants, q);
  } },
  Q2_K: { groupSize: 16, hasOffsets: true, lowest: 0, levels: 4, unpack(b, at, { quants, scales, offsets }, q, s) {
    const [d, dMin] = [half(b, at + 80), half(b, at + 82)];
    for (let g = 0; g < 16; g++) {
      scales[s + g] = d * (b[at + g] & 15);
      offsets[s + g] = -(dMin * (b[at + g] >> 4));
    }
    for (let i = 0; i < 256; i++) quants[q + i] = (b[at + 16 + (i >> 7) * 32 + (i & 31)] >> (2 * ((i >> 5) & 3))) & 3;
  } },
  Q3_K: { groupSize: 16, hasOffsets: false, lowest: -4, levels: 8, unpack(b, at, { quants, scales }, q, s) {
    const d = half(b, at + 108);
    for (let g = 0; g < 16; g++) {
      const low = g < 8 ? b[at + 96 + g] & 15 : b[at + 96 + g - 8] >> 4;
      const high = (b[at + 104 + (g & 3)] >> (2 * (g >> 2))) & 3;
      scales[s + g] = d * ((low | (high << 4)) - 32);
    }
    for (let i = 0; i < 256; i++) {
      const low = (b[at + 32 + (i >> 7) * 32 + (i & 31)] >> (2 * ((i >> 5) & 3))) & 3;
      quants[q + i] = low - ((b[at + (i & 31)] >> (i >> 5)) & 1 ? 0 : 4);
    }
  } },
  Q4_K: { groupSize: 32, hasOffsets: true, lowest: 0, levels: 16, unpack(b, at, out, q, s) {
    scalesAndMins(b, at, out, s);
    for (let i = 0; i < 256; i++) {
      const byte = b[at + 16 + (i >> 6) * 32 + (i & 31)];
      out.quants[q + i] = i & 32 ? byte >> 4 : byte & 15;
    }
  } },
  Q5_K: { groupSize: 32, hasOffsets: true, lowest: 0, levels: 32, unpack(b, at, out, q, s) {
    scalesAndMins(b, at, out, s);
    for (let i = 0; i < 256; i++) {
      const byte = b[at + 48 + (i >> 6) * 32 + (i & 31)];
      out.quants[q + i] = (i & 32 ? byte >> 4 : byte & 15) | (((b[at + 16 + (i & 31)] >> (i >> 5)) & 1) << 4);
    }
  } },
  Q6_K: { groupSize: 16, hasOffsets: false, lowest: -32, levels: 64, unpack(b, at, { quants, scales }, q, s) {
    const d = half(b, at + 208);
    for (let g = 0; g < 16; g++) scales[s + g] = d * ((b[at + 192 + g] << 24) >> 24);
    for (let i = 0; i < 256; i++) {
      const [h, l, k] = [i >> 7, i & 31, (i >> 5) & 3];
      const byte = b[at + 64 * h + l + 32 * (k & 1)];
      quants[q + i] = ((k < 2 ? byte & 15 : byte >> 4) | (((b[at + 128 + 32 * h + l] >> (2 * k)) & 3) << 4)) - 32;
    }
  } },
  IQ4_NL: { groupSize: 32, hasOffsets: false, lowest: -127, levels: 241, unpack(b, at, { quants, scales }, q, s) {
    scales[s] = half(b, at);
    fromTable(b, at + 2, quants, q, IQ4_VALUES);
  } },
  IQ4_XS: { groupSize: 32, hasOffsets: false, lowest: -127, levels: 241, unpack(b, at, { quants, scales }, q, s) {
    const d = half(b, at);
    const high = b[at + 2] | (b[at + 3] << 8);
    for (let g = 0; g < 8; g++) {
      const low = (b[at + 4 + (g >> 1)] >> (4 * (g & 1))) & 15;
      scales[s + g] = d * ((low | (((high >> (2 * g)) & 3) << 4)) - 32);
      fromTable(b, at + 8 + 16 * g, quants, q + 32 * g, IQ4_VALUES);
    }
  } },
  MXFP4: { groupSize: 32, hasOffsets: false, lowest: -12, levels: 25, unpack(b, at, { quants, scales }, q, s) {
    scales[s] = 2 ** (b[at] - 128); // the exponent's bias is 127, and the values are twice their own
    fromTable(b, at + 1, quants, q, FP4_VALUES);
  } },
};

export function blockLayout(type: GgmlBlockType): Omit<Layout, 'unpack'> {
  return LAYOUTS[type];
}

/** @param bytes whole blocks */
export function unpackBlocks(type: GgmlBlockType, bytes: Uint8Array): UnpackedBlocks {
  const { blockSize, blockBytes } = ggmlType(type);
  const { groupSize, hasOffsets, unpack } = LAYOUTS[type];
  const blocks = bytes.length / blockBytes;
  const groups = blockSize / groupSize;
  const out = { quants: new Int8Array(blocks * blockSize), scales: new Float32Array(blocks * groups), offsets: new Float32Array(hasOffsets ? blocks * groups : 0) };
  for (let i = 0; i < blocks; i++) unpack(bytes, i * blockBytes, out, i * blockSize, i * groups);
  return { ...out, groupSize, offsets: hasOffsets ? out.offsets : null };
}

/** The numbers that blocks stand for. */
export function dequantise({ quants, groupSize, scales, offsets }: UnpackedBlocks): Float32Array<ArrayBuffer> {
  const values = new Float32Array(quants.length);
  for (let group = 0, i = 0; group < scales.length; group++) {
    const scale = scales[group];
    if (offsets === null) for (const end = i + groupSize; i < end; i++) values[i] = quants[i] * scale;
    else for (const end = i + groupSize, offset = offsets[group]; i < end; i++) values[i] = Math.fround(quants[i] * scale) + offset;
  }
  return values;
}

function half(b: Uint8Array, at: number): number {
  return halfToFloat(b[at] | (b[at + 1] << 8));
}

/** 32 numbers in 16 bytes: low nibbles are the first 16. */
function nibbles(b: Uint8Array, at: number, quants: Int8Array, q: number, added: number): void {
  for (let i = 0; i < 16; i++) {
    quants[q + i] = (b[at + i] & 15) + added;
    quants[q + 16 + i] = (b[at + i] >> 4) + added;
  }
}

function fifthBits(b: Uint8Array, at: number, quants: Int8Array, q: number): void {
  for (let i = 0; i < 32; i++) quants[q + i] += ((b[at + (i >> 3)] >> (i & 7)) & 1) << 4;
}

function fromTable(b: Uint8Array, at: number, quants: Int8Array, q: number, values: readonly number[]): void {
  for (let i = 0; i < 16; i++) {
    quants[q + i] = values[b[at + i] & 15];
    quants[q + 16 + i] = values[b[at + i] >> 4];
  }
}

/** Q4_K's and Q5_K's: eight scales and eight minima of 6 bits in the 12 bytes after d and dMin. */
function scalesAndMins(b: Uint8Array, at: number, { scales, offsets }: Writable, s: number): void {
  const [d, dMin] = [half(b, at), half(b, at + 2)];
  const c = at + 4;
  for (let g = 0; g < 8; g++) {
    const scale = g < 4 ? b[c + g] & 63 : (b[c + g + 4] & 15) | ((b[c + g - 4] >> 6) << 4);
    const min = g < 4 ? b[c + g + 4] & 63 : (b[c + g + 4] >> 4) | ((b[c + g] >> 6) << 4);
    scales[s + g] = d * scale;
    offsets[s + g] = -(dMin * min);
  }
}
