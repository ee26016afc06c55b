import type { TracerShape } from './outputProjection';
import { PortableShareKernel } from './portableShareKernel';
import type { ShareKernel } from './shareKernel';
import { WasmShareKernel } from './wasmShareKernel';

/** fp32 output projections kept between passes; the rest of a large model's are read again, from the page cache. */
const PROJECTION_BYTES = 512 << 20;

/** @param kernels null: JavaScript does the same, slower */
export function createShareKernel(kernels: WebAssembly.Module | null, shape: TracerShape): ShareKernel {
  const { nHeads, dHead, dModel, nLayers } = shape;
  const kept = Math.min(nLayers, Math.floor(PROJECTION_BYTES / (4 * nHeads * dHead * dModel)));
  return kernels ? new WasmShareKernel(kernels, shape, kept) : new PortableShareKernel(shape, kept);
}
