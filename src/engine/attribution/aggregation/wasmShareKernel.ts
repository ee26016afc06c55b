import { ContextLengthError } from '../../base/errors';
import { KernelMemory } from './kernelModule';
import type { OutputProjection, TracerShape } from './outputProjection';
import { subtractBias, type Residual, type ShareKernel } from './shareKernel';

/**
 * The kernel in WebAssembly SIMD. Memory, in bytes from 0: a slot for each layer that is kept and one for the others (weight, then
 * column norms); then what belongs to a span; then what grows with the columns.
 */
export class WasmShareKernel implements ShareKernel {
  private readonly memory: KernelMemory;
  private readonly slotBytes: number;
  /** Which layer each slot holds. */
  private readonly slots: (number | null)[];
  private readonly biases = new Map<number, Float32Array | null>();
  private layer = 0;
  private columns = 0;

  /** @param kept layers whose projections stay */
  constructor(module: WebAssembly.Module, private readonly shape: TracerShape, private readonly kept: number) {
    this.memory = new KernelMemory(module);
    this.slotBytes = Math.max(...shape.map(({ nHeads, dHead, dModel }) => align(4 * dModel * nHeads * dHead) + 8 * nHeads * dModel));
    this.slots = Array.from({ length: kept + 1 }, () => null);
  }

  has(layer: number): boolean {
    return this.slots[this.slotOf(layer)] === layer;
  }

  admit(layer: number, { weight, columnNorms, valueBias }: OutputProjection): void {
    const slot = this.slotOf(layer);
    const at = slot * this.slotBytes;
    this.reserve(0);
    this.memory.f32(at, weight.length).set(weight);
    this.memory.f64(at + align(4 * weight.length), columnNorms.length).set(columnNorms);
    this.slots[slot] = layer;
    this.biases.set(layer, valueBias);
  }

  load(layer: number, values: Float32Array, columns: number): void {
    const { dHead } = this.shape[layer];
    this.layer = layer;
    this.columns = columns;
    this.reserve(columns);
    const { valuesAt, lengthsAt } = this.places(columns);
    const inside = this.memory.f32(valuesAt, values.length);
    inside.set(values);
    subtractBias(inside, this.biases.get(layer)!);
    this.memory.kernels.rowLengths(valuesAt, values.length / dHead, dHead, lengthsAt);
  }

  proximities(attention: Float32Array, { magnitude, sign }: Residual, threshold: number): Float64Array {
    const { nHeads, nKvHeads, dHead, dModel } = this.shape[this.layer];
    const { columns } = this;
    const at = this.places(columns);
    const weightAt = this.slotOf(this.layer) * this.slotBytes;
    this.memory.f64(at.signAt, dModel).set(sign);
    this.memory.f64(at.magnitudeAt, dModel).set(magnitude);
    this.memory.f32(at.attentionAt, nHeads * columns).set(attention.subarray(0, nHeads * columns));
    const proximities = this.memory.f64(at.proximitiesAt, columns).fill(0);
    this.memory.kernels.addProximities(
      at.attentionAt, at.valuesAt, at.lengthsAt, weightAt, weightAt + align(4 * dModel * nHeads * dHead), at.signAt, at.magnitudeAt, at.scratchAt, at.proximitiesAt,
      columns, nHeads, nKvHeads, dHead, dModel, threshold,
    );
    return proximities;
  }

  private slotOf(layer: number): number {
    return Math.min(layer, this.kept);
  }

  private places(columns: number) {
    const { nHeads, nKvHeads, dHead, dModel } = this.shape[this.layer];
    const signAt = align(this.slots.length * this.slotBytes);
    const magnitudeAt = signAt + 8 * dModel;
    const scratchAt = magnitudeAt + 8 * dModel;
    const proximitiesAt = align(scratchAt + 8 * (dHead + columns + dModel) + 4 * dModel);
    const lengthsAt = proximitiesAt + 8 * columns;
    const attentionAt = align(lengthsAt + 8 * columns * nKvHeads);
    const valuesAt = align(attentionAt + 4 * nHeads * columns);
    return { signAt, magnitudeAt, scratchAt, proximitiesAt, lengthsAt, attentionAt, valuesAt, end: valuesAt + 4 * columns * nKvHeads * dHead };
  }

  private reserve(columns: number): void {
    const { end } = this.places(columns);
    if (!this.memory.reserve(end)) throw new ContextLengthError(`The tracer needs ${Math.ceil(end / 2 ** 20)} MiB for ${columns} tokens, more than WebAssembly gives; trace a shorter transcript.`);
  }
}

function align(at: number): number {
  return Math.ceil(at / 16) * 16;
}
