import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The exports of `assembly/proximities.ts`, bound to one memory; numbers that name arrays are byte offsets. */
export interface Kernels {
  rowLengths(values: number, rows: number, dHead: number, lengths: number): void;
  addProximities(
    attention: number, values: number, lengths: number, weight: number, norms: number, sign: number, magnitude: number, scratch: number, proximities: number,
    columns: number, nHeads: number, nKvHeads: number, dHead: number, dModel: number, threshold: number,
  ): void;
}

/** Bytes of one page of WebAssembly memory. */
const PAGE = 1 << 16;

/**
 * The kernels that the build has made, or null where this machine's WebAssembly has no SIMD: JavaScript does the same then.
 * @param distDir folder of the built programs
 */
export function loadKernelModule(distDir: string): WebAssembly.Module | null {
  const bytes = readFileSync(join(distDir, 'kernels.wasm'));
  return WebAssembly.validate(bytes) ? new WebAssembly.Module(bytes) : null;
}

/** One instance of the kernels and its memory, which grows and never shrinks. */
export class KernelMemory {
  readonly kernels: Kernels;
  private readonly memory = new WebAssembly.Memory({ initial: 1 });

  constructor(module: WebAssembly.Module) {
    this.kernels = new WebAssembly.Instance(module, { env: { memory: this.memory } }).exports as unknown as Kernels;
  }

  get bytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** Makes [0, bytes) usable; false where there is no more to be had (4 GiB is the most). Views made before are void. */
  reserve(bytes: number): boolean {
    const pages = Math.ceil((bytes - this.bytes) / PAGE);
    if (pages <= 0) return true;
    try {
      this.memory.grow(pages);
      return true;
    } catch {
      return false;
    }
  }

  f32(at: number, length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.memory.buffer, at, length);
  }

  f64(at: number, length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.memory.buffer, at, length);
  }
}
