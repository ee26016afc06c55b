import type { ModelConfig } from '../checkpoint/config/modelConfig';

/**
 * Bytes that the trace state of a transcript takes, without kept attention.
 * @param firstRow position of the last prompt token
 */
export function stateBytes({ nLayers, nHeads, nKvHeads, dHead, dModel }: ModelConfig, length: number, firstRow: number): number {
  const tapped = Math.max(0, length - firstRow);
  return 4 * (nLayers * (2 * length * nKvHeads * dHead + tapped * (nHeads * dHead + 2 * dModel)) + tapped * dModel);
}
