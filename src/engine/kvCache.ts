import type { ModelConfig } from './checkpoint/modelConfig';

/** A cache slot that holds nothing yet lies beyond every row, so the causal mask hides it. Exact in fp32. */
const UNUSED_POSITION = 2 ** 24;
/** Capacities grow in steps, so that decoding does not copy the cache for every token. */
const GROWTH = 256;
/** From this many new rows on, the products over empty slots cost more than a copy of the used ones. */
const COMPACT_FROM_ROWS = 8;

/**
 * Keys and values of every position, per layer [nKvHeads, capacity, dHead] fp32, in arrays that we own: ONNX Runtime
 * returns new rows only. (Shared memory would save the tracer's worker a copy of V, but onnxruntime-node refuses tensors
 * over a SharedArrayBuffer: "Invalid argument".)
 */
export class KvCache {
  readonly k: Float32Array<ArrayBuffer>[];
  readonly v: Float32Array<ArrayBuffer>[];
  /** Position of every slot, [capacity]. */
  positions: Float32Array<ArrayBuffer>;
  length = 0;
  private capacity = 0;

  constructor(private readonly config: ModelConfig, capacity: number) {
    this.k = Array.from({ length: config.nLayers }, () => new Float32Array(0));
    this.v = Array.from({ length: config.nLayers }, () => new Float32Array(0));
    this.positions = new Float32Array(0);
    this.reserve(capacity);
  }

  /**
   * What a run of `rows` new rows reads of a layer: the arrays as they are while few rows come, as in decoding, where a copy would cost
   * more than the unused slots; the used slots alone for many, whose score and context products would pay for every empty slot
   * (a prompt's first chunk has none but those).
   */
  past(layer: number, rows: number): { readonly k: Float32Array<ArrayBuffer>; readonly v: Float32Array<ArrayBuffer>; readonly slots: number } {
    const slots = this.pastSlots(rows);
    if (slots === this.capacity) return { k: this.k[layer], v: this.v[layer], slots };
    return { k: this.compact(this.k[layer], slots), v: this.compact(this.v[layer], slots), slots };
  }

  /** Slots that `past` gives for a run of `rows` rows; one at least, as not every execution provider takes an empty tensor. */
  pastSlots(rows: number): number {
    return rows < COMPACT_FROM_ROWS ? this.capacity : Math.max(1, this.length);
  }

  /** Values of the first `columns` positions of a layer, [nKvHeads, columns, dHead], as a copy that may be given away. */
  copyValues(layer: number, columns: number): Float32Array<ArrayBuffer> {
    return this.compact(this.v[layer], columns);
  }

  private compact(from: Float32Array, slots: number): Float32Array<ArrayBuffer> {
    const { nKvHeads, dHead } = this.config;
    const out = new Float32Array(nKvHeads * slots * dHead);
    for (let g = 0; g < nKvHeads; g++) {
      const at = g * this.capacity * dHead;
      out.set(from.subarray(at, at + slots * dHead), g * slots * dHead);
    }
    return out;
  }

  get slots(): number {
    return this.capacity;
  }

  /** Makes room for `length` positions; keeps what is there. */
  reserve(length: number): void {
    if (length <= this.capacity) return;
    const capacity = Math.ceil(length / GROWTH) * GROWTH;
    const { nKvHeads, dHead, nLayers } = this.config;
    const grow = (to: Float32Array, from: Float32Array): void => {
      for (let g = 0; g < nKvHeads; g++) {
        to.set(from.subarray(g * this.capacity * dHead, (g * this.capacity + this.length) * dHead), g * capacity * dHead);
      }
    };
    const size = nKvHeads * capacity * dHead;
    for (let l = 0; l < nLayers; l++) {
      const k = new Float32Array(size);
      const v = new Float32Array(size);
      grow(k, this.k[l]);
      grow(v, this.v[l]);
      this.k[l] = k;
      this.v[l] = v;
    }
    this.capacity = capacity;
    this.positions = Float32Array.from({ length: capacity }, (_, slot) => (slot < this.length ? slot : UNUSED_POSITION));
  }

  /** Takes over the first `length` positions of another cache of the same model; this one must be empty. */
  copyPrefix(other: KvCache, length: number): void {
    this.reserve(length);
    const { nKvHeads, dHead, nLayers } = this.config;
    for (let l = 0; l < nLayers; l++) {
      for (let g = 0; g < nKvHeads; g++) {
        const from = g * other.capacity * dHead;
        const to = g * this.capacity * dHead;
        this.k[l].set(other.k[l].subarray(from, from + length * dHead), to);
        this.v[l].set(other.v[l].subarray(from, from + length * dHead), to);
      }
    }
    for (let i = 0; i < length; i++) this.positions[i] = i;
    this.length = length;
  }

  /** Appends `rows` new positions: newK[l], newV[l] are [nKvHeads, rows, dHead]. */
  append(rows: number, newK: (layer: number) => Float32Array, newV: (layer: number) => Float32Array): void {
    this.reserve(this.length + rows);
    const { nKvHeads, dHead, nLayers } = this.config;
    for (let l = 0; l < nLayers; l++) {
      const k = newK(l);
      const v = newV(l);
      for (let g = 0; g < nKvHeads; g++) {
        const at = (g * this.capacity + this.length) * dHead;
        this.k[l].set(k.subarray(g * rows * dHead, (g + 1) * rows * dHead), at);
        this.v[l].set(v.subarray(g * rows * dHead, (g + 1) * rows * dHead), at);
      }
    }
    for (let i = 0; i < rows; i++) this.positions[this.length + i] = this.length + i;
    this.length += rows;
  }
}
