import { CheckpointError, UnsupportedCheckpointError } from '../../../base/errors';
import type { GgufHeader } from '../../../gguf/ggufHeader';
import type { GgufValue } from '../../../gguf/metadata';

/** Keys of an architecture that change what it computes; what is none of them (widths that tensors show, too, parts that only images use) may stand there unread. */
const MATTERS = /^(attention\.|rope\.(?!dimension_sections$|scaling\.finetuned$)|activation\.|expert_(weights|gating|group|chunk)|moe_|interleave_|hidden_activation$|use_parallel_residual$|swiglu_)|(softcapping|(^|[._])scale)$/;
/** Values with which they change nothing. */
const NEUTRAL: Readonly<Record<string, readonly unknown[]>> = {
  'attention.causal': [true], 'rope.scaling.alpha': [0, 1], 'rope.scaling.yarn_ext_factor': [1], 'rope.scaling.attn_factor': [1],
  'expert_weights_scale': [0, 1], 'expert_group_count': [0, 1], 'expert_group_used_count': [0, 1],
};

/** Metadata of an architecture (`ARCH.*`), checked as they are read, and the shapes of the file's tensors. */
export class GgufFields {
  private readonly asked = new Set<string>();

  private constructor(
    readonly file: string,
    readonly architecture: string,
    private readonly metadata: GgufHeader['metadata'],
    /** By llama.cpp's names. */
    readonly shapes: ReadonlyMap<string, readonly number[]>,
    /** Numbers that RoPE's frequencies are divided by, by the names of their tensors. */
    readonly ropeFactors: ReadonlyMap<string, readonly number[]>,
  ) {}

  /** @param header of the whole model @throws CheckpointError */
  static of({ file, metadata, tensors }: GgufHeader, ropeFactors: ReadonlyMap<string, readonly number[]>): GgufFields {
    const name = metadata.get('general.architecture');
    if (typeof name !== 'string') throw new CheckpointError(`"${file}" does not say which architecture it has (general.architecture); it is damaged or no language model, choose another file.`);
    return new GgufFields(file, name, metadata, new Map(tensors.map(({ name: tensor, shape }) => [tensor, shape])), ropeFactors);
  }

  get(key: string): GgufValue | undefined {
    this.asked.add(key);
    return this.metadata.get(`${this.architecture}.${key}`);
  }

  /** @throws CheckpointError where it is no number; fp32 that stands for a decimal number is that number: 1e-5 is written as 0.00000999999974. */
  number(key: string): number | undefined {
    const value = this.get(key);
    if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value && Number(value.toPrecision(7));
    throw this.damaged(key, value, 'a number');
  }

  /** @throws CheckpointError where it is missing, too */
  needed(key: string): number {
    const value = this.number(key);
    if (value === undefined) throw this.missing(key);
    return value;
  }

  /** @throws CheckpointError */
  natural(key: string, fallback?: number): number {
    const value = this.number(key) ?? fallback ?? this.needed(key);
    if (!Number.isSafeInteger(value) || value < 1) throw this.damaged(key, value, 'a positive whole number');
    return value;
  }

  /** A number or one for each layer, as one for each layer. @throws CheckpointError */
  numbersByLayer(key: string): readonly number[] | undefined {
    return this.byLayer(key, (value): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0, 'whole numbers');
  }

  /** @throws CheckpointError */
  flagsByLayer(key: string): readonly boolean[] | undefined {
    return this.byLayer(key, (value) => typeof value === 'boolean', 'booleans');
  }

  /** Layers of the decoder: those that predict further tokens stand behind them. @throws CheckpointError */
  get nLayers(): number {
    return this.blocks - this.predicting;
  }

  private get predicting(): number {
    const count = this.number('nextn_predict_layers') ?? 0;
    if (!Number.isSafeInteger(count) || count < 0 || count >= this.blocks) throw this.damaged('nextn_predict_layers', count, `a whole number below ${this.blocks}`);
    return count;
  }

  /** All layers of the file. @throws CheckpointError for more than it has tensors */
  get blocks(): number {
    const count = this.natural('block_count');
    if (count > this.shapes.size) throw this.damaged('block_count', count, `at most ${this.shapes.size} layers, as many as it has tensors,`);
    return count;
  }

  /** Whether a layer has a tensor of this name, `.weight` or `.bias` included. */
  has(layer: number, name: string): boolean {
    return this.shapes.has(`blk.${layer}.${name}`);
  }

  /** Refuses what the file states and nobody has asked for: it would be left out without a word. @throws UnsupportedCheckpointError */
  refuseUnread(): void {
    const prefix = `${this.architecture}.`;
    for (const [name, value] of this.metadata) {
      const key = name.slice(prefix.length);
      if (!name.startsWith(prefix) || this.asked.has(key) || !MATTERS.test(key)) continue;
      const neutral: readonly unknown[] = NEUTRAL[key] ?? [0, false];
      if (!neutral.includes(value)) throw this.unsupported(key, value);
    }
  }

  missing(key: string): CheckpointError {
    return new CheckpointError(`"${this.file}" has no ${this.architecture}.${key}, which a model of this architecture needs; it is damaged, download it again.`);
  }

  damaged(key: string, value: unknown, wanted: string): CheckpointError {
    return new CheckpointError(`"${this.file}" has ${this.architecture}.${key} = ${written(value)} where ${wanted} is needed; it is damaged, download it again.`);
  }

  unsupported(key: string, value: unknown): UnsupportedCheckpointError {
    return new UnsupportedCheckpointError(`"${this.file}" has ${this.architecture}.${key} = ${written(value)}, which GGUF files of this architecture are not supported with; choose another file.`);
  }

  private byLayer<T extends GgufValue>(key: string, is: (value: GgufValue) => value is T, wanted: string): readonly T[] | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) {
      if (!is(value)) throw this.damaged(key, value, wanted);
      return new Array<T>(this.nLayers).fill(value);
    }
    const list = value as readonly GgufValue[];
    if (list.length < this.nLayers || !list.every(is)) throw this.damaged(key, value, `a list of ${this.nLayers} ${wanted}`);
    return (list as readonly T[]).slice(0, this.nLayers);
  }
}

function written(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value, (_, entry: unknown) => (typeof entry === 'bigint' ? String(entry) : entry)).slice(0, 200);
}
