import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint } from '../../src/engine/checkpoint/checkpoint';
import type { Machine } from '../measuring/machine';
import { MODELS } from '../subject/benchModel';
import { measureCurve, type Curve } from './curve';
import { curvePlot } from './curvePlot';
import { chosenSizes, CURVE_SIZES, type SizeOptions } from './curveSizes';
import { curveTable } from './curveTable';

/**
 * Measures the curves of models and writes curve.json, curve.md and curve.svg into a folder.
 * @param models those that are asked for; those without sizes are left out, unless none has any
 * @throws Error
 */
export async function writeCurves(models: readonly string[], options: SizeOptions, machine: Machine, out: string): Promise<void> {
  const measured = models.filter((name) => name in CURVE_SIZES);
  if (measured.length === 0) throw new Error(`No curve is measured of ${models.join(', ')}: the context is too short; name one of ${Object.keys(CURVE_SIZES).join(', ')}.`);
  const curves: Record<string, Curve> = {};
  for (const name of measured) {
    const { config } = await openCheckpoint(await MODELS[name].dir());
    const sizes = chosenSizes(CURVE_SIZES[name], options, config.contextLength);
    console.log(`${name}: curves of time and memory`);
    curves[name] = await measureCurve(name, config, sizes);
  }
  const table = curveTable(curves, `${machine.cores} cores (${machine.processor}), Node ${machine.node}, ${machine.date.slice(0, 10)}.`);
  console.log(table);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'curve.json'), `${JSON.stringify({ ...machine, curves }, null, 1)}\n`);
  writeFileSync(join(out, 'curve.md'), table);
  writeFileSync(join(out, 'curve.svg'), await curvePlot(curves));
}
