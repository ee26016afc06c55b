import { CheckpointError } from '../../../base/errors';
import { findAwq } from './awq';
import { findBitsandbytes4, findBitsandbytes8 } from './bitsandbytes';
import { findCompressed } from './compressedTensors';
import { findFp8 } from './fp8';
import { findGptq } from './gptq';
import { findMlx } from './mlx';
import { findMxfp4 } from './mxfp4';
import { FLOATS, Parts, type StoredArrays } from './parts';
import type { Quantisation } from './quantisation';
import type { QuantisedTensor } from './readQuantised';

interface Finder {
  /** As people call the format. */
  readonly name: string;
  /** Ends of names by which a quantised weight is known. */
  readonly marks: RegExp;
  readonly find: (parts: Parts, mark: string) => QuantisedTensor | Promise<QuantisedTensor>;
}

function finderOf(quantisation: Quantisation): Finder {
  switch (quantisation.format) {
    case 'gptq': return { name: 'GPTQ', marks: /\.qweight$/, find: (parts) => findGptq(parts, quantisation) };
    case 'awq': return { name: 'AWQ', marks: /\.qweight$/, find: (parts) => findAwq(parts, quantisation) };
    case 'fp8': return { name: 'FP8', marks: /\.weight_scale(_inv)?$/, find: (parts) => findFp8(parts, 'FP8', quantisation.block ? [quantisation.block] : []) };
    case 'compressed-tensors': return { name: 'compressed-tensors', marks: /\.weight_(packed|scale)$/, find: (parts) => findCompressed(parts, quantisation) };
    case 'bitsandbytes': return {
      name: 'bitsandbytes',
      marks: /\.(SCB|weight\.quant_state\.bitsandbytes__(nf4|fp4))$/,
      find: (parts, mark) => (mark === '.SCB' ? findBitsandbytes8(parts) : findBitsandbytes4(parts, mark.endsWith('nf4') ? 'nf4' : 'fp4')),
    };
    case 'mxfp4': return { name: 'MXFP4', marks: /_blocks$/, find: (parts) => findMxfp4(parts) };
    case 'mlx': return { name: 'MLX', marks: /\.scales$/, find: (parts) => findMlx(parts, quantisation) };
  }
}

/**
 * The quantised weights among the arrays of a checkpoint, each under the name that its module has for its weight. Which are quantised is told by the
 * arrays that there are: lists of left-out modules in configurations are often not true.
 * @returns them, and the names of all arrays that are parts of them
 * @throws CheckpointError
 */
export async function findQuantised(arrays: StoredArrays, quantisation: Quantisation): Promise<{ readonly tensors: ReadonlyMap<string, QuantisedTensor>; readonly parts: ReadonlySet<string> }> {
  const { name: format, marks, find } = finderOf(quantisation);
  const tensors = new Map<string, QuantisedTensor>();
  const used = new Set<string>();
  for (const [name, { file }] of arrays) {
    const mark = marks.exec(name)?.[0];
    if (mark === undefined || used.has(name)) continue;
    const parts = new Parts(arrays, name.slice(0, -mark.length), format, file);
    const tensor = await find(parts, mark);
    tensors.set(tensor.name, tensor);
    for (const part of parts.used) used.add(part);
  }
  for (const [name, { dtype, file }] of arrays) {
    if (name.endsWith('.weight') && !used.has(name) && !(FLOATS as readonly string[]).includes(dtype)) {
      throw new CheckpointError(`The weight "${name}" in "${file}" is of type ${dtype} and lacks the scales of a ${format} weight; the checkpoint is damaged, download it again.`);
    }
  }
  return { tensors, parts: used };
}
