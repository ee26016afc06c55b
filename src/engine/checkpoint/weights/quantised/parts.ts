import { CheckpointError, UnsupportedCheckpointError } from '../../../base/errors';
import { readStored, type StoredArray } from '../stored/storedArray';

export type StoredArrays = ReadonlyMap<string, StoredArray>;

/** What every quantised weight is, beside its format's own fields. */
export interface QuantisedBase {
  readonly name: string;
  /** [out, in] of the numbers; [experts, out, in] where a tensor holds several. */
  readonly shape: readonly number[];
  /** As people call it: "GPTQ 4 bit". */
  readonly dtype: string;
  /** In which the first of its parts lies. */
  readonly file: string;
}

export const FLOATS = ['F32', 'F16', 'BF16'] as const;
/** Of an axis: beyond any model, and small enough for positions of bits in 32. */
const LONGEST_AXIS = 1 << 24;

/** The arrays of one quantised weight: looked up by the ends of their names, checked, and remembered, so that none of them passes for a weight. */
export class Parts {
  readonly used = new Set<string>();

  /**
   * @param stem what the names of all parts begin with
   * @param format as people call it
   */
  constructor(private readonly arrays: StoredArrays, readonly stem: string, private readonly format: string, private readonly file: string) {}

  /** @throws CheckpointError where it is missing or of another type */
  need<T extends string>(suffix: string, dtypes: readonly T[]): StoredArray & { readonly dtype: T } {
    const found = this.find(suffix, dtypes);
    if (found === null) throw this.damaged(`has no "${suffix.slice(1)}"`);
    return found;
  }

  /** @throws CheckpointError where it is of another type */
  find<T extends string>(suffix: string, dtypes: readonly T[]): (StoredArray & { readonly dtype: T }) | null {
    const found = this.arrays.get(this.stem + suffix);
    if (!found) return null;
    if (!(dtypes as readonly string[]).includes(found.dtype)) throw this.damaged(`has "${suffix.slice(1)}" of type ${found.dtype} where ${dtypes.join(' or ')} is needed`);
    this.used.add(this.stem + suffix);
    return found as StoredArray & { readonly dtype: T };
  }

  /** What stands beside it and its numbers do not need: scales of what it is multiplied with. */
  ignore(...suffixes: readonly string[]): void {
    for (const suffix of suffixes) this.used.add(this.stem + suffix);
  }

  /** @throws CheckpointError where the array has another shape */
  shaped<T extends StoredArray>(array: T, suffix: string, ...shape: readonly number[]): T {
    if (array.shape.join() !== shape.join()) throw this.damaged(`has "${suffix.slice(1)}" of shape [${array.shape.join(', ')}] where [${shape.join(', ')}] is needed beside its other parts`);
    return array;
  }

  /** @throws CheckpointError where it is none, or of absurd size */
  matrix({ shape }: StoredArray, suffix: string, axes = 2): readonly number[] {
    if (shape.length !== axes || shape.some((size) => size < 1)) throw this.damaged(`has "${suffix.slice(1)}" of shape [${shape.join(', ')}] where ${axes} axes are needed`);
    return this.sized(shape);
  }

  /** @throws CheckpointError for an axis that no model has */
  sized(shape: readonly number[]): readonly number[] {
    const absurd = shape.find((size) => !Number.isSafeInteger(size) || size < 1 || size > LONGEST_AXIS);
    if (absurd !== undefined) throw this.damaged(`would have an axis of ${absurd}, where whole numbers of 1 to ${LONGEST_AXIS} are possible`);
    return shape;
  }

  /** Which group each input belongs to; null where they stand in order. @throws CheckpointError for one that does not exist */
  async groupIndex(array: StoredArray | null, groupSize: number, groups: number): Promise<StoredArray | null> {
    if (array === null) return null;
    const index = groupIndices(await readStored(array));
    const stranger = index.find((group) => group < 0 || group >= groups);
    if (stranger !== undefined) throw this.damaged(`puts an input into group ${stranger} where 0 to ${groups - 1} exist`);
    const counts = new Uint32Array(groups);
    for (const group of index) counts[group]++;
    const uneven = counts.findIndex((count, group) => count !== Math.min(groupSize, index.length - group * groupSize));
    if (uneven >= 0) throw this.damaged(`puts ${counts[uneven]} inputs into group ${uneven} where groups of ${groupSize} are configured`);
    return index.every((group, i) => group === Math.floor(i / groupSize)) ? null : array;
  }

  damaged(what: string): CheckpointError {
    return new CheckpointError(`The ${this.format} weight "${this.stem}" in "${this.file}" ${what}; the checkpoint is damaged, download it again.`);
  }

  refused(what: string): CheckpointError {
    return new UnsupportedCheckpointError(`The ${this.format} weight "${this.stem}" in "${this.file}" ${what}, which is not read; choose the BF16, F16 or F32 version of this model.`);
  }
}

export function groupIndices(bytes: Uint8Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  return new Int32Array(bytes.buffer);
}

/** Inputs that share a scale: one that is configured as -1, or longer than the row, is the row. */
export function groupSizeOf(configured: number, width: number): number {
  return configured === -1 ? width : Math.min(configured, width);
}
