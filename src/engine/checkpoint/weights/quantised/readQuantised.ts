import type { BlockGrid, WeightBlocks } from '../stored/weightBlocks';
import { readAwq, type AwqTensor } from './awq';
import { readBitsandbytes4, readBitsandbytes8, type Bitsandbytes4Tensor, type Bitsandbytes8Tensor } from './bitsandbytes';
import { blocks, decoded, gridOf, type CodedRows } from './codes';
import { readInt8, readPacked, type Int8Tensor, type PackedTensor } from './compressedTensors';
import { readFp8, type Fp8Tensor } from './fp8';
import { readGptq, type GptqTensor } from './gptq';
import { readMlx, type MlxTensor } from './mlx';
import { MXFP4_GRID, readMxfp4, readMxfp4Blocks, type Mxfp4Tensor } from './mxfp4';

/** Integers with scales. */
type IntegerTensor = GptqTensor | AwqTensor | PackedTensor | Int8Tensor | Bitsandbytes8Tensor | MlxTensor;

/** A quantised weight: a description, as plain data, of where its parts lie and how they make numbers. */
export type QuantisedTensor = IntegerTensor | Fp8Tensor | Bitsandbytes4Tensor | Mxfp4Tensor;

/** Entries [start, end) of a weight's first axis in fp32. @throws CheckpointError when a file has become shorter */
export async function readQuantisedRows(tensor: QuantisedTensor, start: number, end: number): Promise<Float32Array<ArrayBuffer>> {
  switch (tensor.encoding) {
    case 'fp8': return readFp8(tensor, start, end);
    case 'bitsandbytes-4bit': return readBitsandbytes4(tensor, start, end);
    case 'mxfp4': return readMxfp4(tensor, start, end);
    default: return decoded(await readCodes(tensor, start, end), tensor);
  }
}

/** See `blocksOf`. */
export function quantisedBlocks(tensor: QuantisedTensor): BlockGrid | null {
  if (tensor.encoding === 'mxfp4') return MXFP4_GRID;
  if (!('symmetric' in tensor)) return null;
  return 'groupIndex' in tensor.parts && tensor.parts.groupIndex !== null ? null : gridOf(tensor);
}

/** See `readBlocks`. @param grid the tensor's own */
export async function readQuantisedBlocks(tensor: QuantisedTensor, grid: BlockGrid, start: number, end: number): Promise<WeightBlocks> {
  if (tensor.encoding === 'mxfp4') return readMxfp4Blocks(tensor, start, end);
  const integers = tensor as IntegerTensor; // the others have no grid
  return blocks(await readCodes(integers, start, end), integers, grid);
}

function readCodes(tensor: IntegerTensor, start: number, end: number): Promise<CodedRows> {
  switch (tensor.encoding) {
    case 'gptq': return readGptq(tensor, start, end);
    case 'awq': return readAwq(tensor, start, end);
    case 'packed': return readPacked(tensor, start, end);
    case 'int8': return readInt8(tensor, start, end);
    case 'bitsandbytes-8bit': return readBitsandbytes8(tensor, start, end);
    case 'mlx': return readMlx(tensor, start, end);
  }
}
