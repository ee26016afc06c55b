import type { ModelConfig } from '../checkpoint/config/modelConfig';
import { layerLayout } from './layerLayout';
import { expectedSnapshots } from './runSnapshots';

/**
 * Bytes that the trace state of a transcript takes, without kept attention.
 * @param firstRow position of the last prompt token
 */
export function stateBytes(config: ModelConfig, length: number, firstRow: number): number {
  const tapped = Math.max(0, length - firstRow);
  const sum = (widths: Readonly<Record<string, number>>) => Object.values(widths).reduce((a, b) => a + b, 0);
  return 4 * config.layers.reduce((bytes, layer) => {
    const { columns, taps, carried } = layerLayout(config, layer);
    return bytes + length * sum(columns) + tapped * sum(taps) + expectedSnapshots(length) * Object.values(carried).reduce((all, dims) => all + dims.reduce((a, b) => a * b, 1), 0);
  }, tapped * config.dModel);
}
