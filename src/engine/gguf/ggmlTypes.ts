/**
 * A type of GGML, as its blocks lie in a file. Source: ggml-common.h (block_q4_0 ... block_mxfp4) and `to_float` of ggml-quants.c.
 */
export interface GgmlType {
  readonly name: string;
  /** Numbers of a block; they lie along a row. */
  readonly blockSize: number;
  readonly blockBytes: number;
}

const BLOCKS = {
  F32: [0, 1, 4], F16: [1, 1, 2], BF16: [30, 1, 2],
  Q4_0: [2, 32, 18], Q4_1: [3, 32, 20], Q5_0: [6, 32, 22], Q5_1: [7, 32, 24], Q8_0: [8, 32, 34],
  Q2_K: [10, 256, 84], Q3_K: [11, 256, 110], Q4_K: [12, 256, 144], Q5_K: [13, 256, 176], Q6_K: [14, 256, 210],
  IQ4_NL: [20, 32, 18], IQ4_XS: [23, 256, 136], MXFP4: [39, 32, 17],
} as const satisfies Record<string, readonly [id: number, blockSize: number, blockBytes: number]>;

export type GgmlTypeName = keyof typeof BLOCKS;
/** The types whose numbers lie in blocks, with scales. */
export type GgmlBlockType = Exclude<GgmlTypeName, 'F32' | 'F16' | 'BF16'>;

export const GGML_TYPES = new Map<number, GgmlType & { readonly name: GgmlTypeName }>(
  Object.entries(BLOCKS).map(([name, [id, blockSize, blockBytes]]) => [id, { name: name as GgmlTypeName, blockSize, blockBytes }]),
);

/** Types that are known by name and not read. */
const OTHER_NAMES: Readonly<Record<number, string>> = {
  9: 'Q8_1', 15: 'Q8_K', 16: 'IQ2_XXS', 17: 'IQ2_XS', 18: 'IQ3_XXS', 19: 'IQ1_S', 21: 'IQ3_S', 22: 'IQ2_S', 24: 'I8', 25: 'I16', 26: 'I32', 27: 'I64', 28: 'F64', 29: 'IQ1_M', 34: 'TQ1_0', 35: 'TQ2_0', 40: 'NVFP4', 41: 'Q1_0',
};

export function ggmlType(name: GgmlTypeName): GgmlType {
  const [, blockSize, blockBytes] = BLOCKS[name];
  return { name, blockSize, blockBytes };
}

/** As people name the type of this number. */
export function ggmlTypeName(id: number): string {
  return GGML_TYPES.get(id)?.name ?? OTHER_NAMES[id] ?? `number ${id}`;
}
