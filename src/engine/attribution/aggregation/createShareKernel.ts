import { projectionSlots } from '../../base/projectionBytes';
import type { TracerShape } from './outputProjection';
import { PortableShareKernel } from './portableShareKernel';
import type { ShareKernel } from './shareKernel';
import { WasmShareKernel } from './wasmShareKernel';

/** @param kernels null: JavaScript does the same, slower */
export function createShareKernel(kernels: WebAssembly.Module | null, shape: TracerShape): ShareKernel {
  const { kept } = projectionSlots(shape.map(({ nHeads, dHead, dModel }) => 4 * nHeads * dHead * dModel));
  return kernels ? new WasmShareKernel(kernels, shape, kept) : new PortableShareKernel(shape, kept);
}
