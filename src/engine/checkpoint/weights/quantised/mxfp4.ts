import { readStored, type StoredArray } from '../stored/storedArray';
import type { BlockGrid, WeightBlocks } from '../stored/weightBlocks';
import type { Parts, QuantisedBase } from './parts';

/** `quantization_config` of MXFP4; all else stands in the files. */
export interface Mxfp4Options {
  readonly format: 'mxfp4';
}

/**
 * gpt-oss's experts, [experts, out, in]: numbers of 4 bits, the lower half of a byte first, and an exponent for every 32 of a row. Rows are
 * outputs; the BF16 checkpoint has [experts, in, out].
 * Source: OCP Microscaling Formats 5.3; transformers integrations/mxfp4.py (`convert_moe_packed_tensors`).
 */
export interface Mxfp4Tensor extends QuantisedBase {
  readonly encoding: 'mxfp4';
  readonly parts: {
    /** U8 [experts, out, in / 32, 16] */
    readonly blocks: StoredArray;
    /** U8 [experts, out, in / 32] */
    readonly scales: StoredArray;
  };
}

const BLOCK = 32;
/** By their code: 1 bit of sign, 2 of exponent, 1 of fraction. */
const E2M1 = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0, -0.5, -1, -1.5, -2, -3, -4, -6];

/** Twice a number is a whole one, up to 12: more than 4 bits around 0 hold, and exactly what 8 do. */
export const MXFP4_GRID: BlockGrid = { bits: 8, blockSize: BLOCK, hasOffsets: false };

/** @throws CheckpointError */
export function findMxfp4(parts: Parts): Mxfp4Tensor {
  const blocks = parts.need('_blocks', ['U8']);
  const [experts, out, across] = parts.matrix(blocks, '_blocks', 4);
  parts.shaped(blocks, '_blocks', experts, out, across, BLOCK / 2);
  const scales = parts.shaped(parts.need('_scales', ['U8']), '_scales', experts, out, across);
  return { name: parts.stem, shape: parts.sized([experts, out, across * BLOCK]), dtype: 'MXFP4', file: blocks.file, encoding: 'mxfp4', parts: { blocks, scales } };
}

/** @param start of experts */
export async function readMxfp4({ parts }: Mxfp4Tensor, start: number, end: number): Promise<Float32Array<ArrayBuffer>> {
  const bytes = await readStored(parts.blocks, start, end);
  const scales = Float32Array.from(await readStored(parts.scales, start, end), (exponent) => 2 ** (exponent - 127));
  const out = new Float32Array(2 * bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    const scale = scales[Math.floor((2 * i) / BLOCK)];
    out[2 * i] = E2M1[bytes[i] & 15] * scale;
    out[2 * i + 1] = E2M1[bytes[i] >> 4] * scale;
  }
  return out;
}

/** The same in its grid. @param start of experts */
export async function readMxfp4Blocks({ parts }: Mxfp4Tensor, start: number, end: number): Promise<WeightBlocks> {
  const bytes = await readStored(parts.blocks, start, end);
  const quants = new Uint8Array(2 * bytes.length);
  for (let i = 0; i < bytes.length; i++) {
    quants[2 * i] = 2 * E2M1[bytes[i] & 15] + 128;
    quants[2 * i + 1] = 2 * E2M1[bytes[i] >> 4] + 128;
  }
  return { quants, scales: Float32Array.from(await readStored(parts.scales, start, end), (exponent) => 2 ** (exponent - 128)), offsets: null };
}
