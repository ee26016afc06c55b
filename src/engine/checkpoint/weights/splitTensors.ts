import { CheckpointError } from '../../base/errors';
import { viewOf, type Rows } from './viewedTensor';
import type { WeightTensor } from './weightSource';

/** A tensor of a layer that holds several weights, one after the other along its rows. Names without `model.layers.N.` and `.weight`. */
export interface SplitRule {
  readonly from: string;
  /** In their order. `*` stands for the expert of a tensor [experts, rows, columns]. */
  readonly into: readonly string[];
  /** Each has every n-th row in place of its own run of rows. */
  readonly isInterleaved?: boolean;
  /** Numbers lie input by input, [columns, rows]; blocks of a quantisation never do. */
  readonly isTransposed?: 'unless quantised';
}

/**
 * The weights with every tensor that holds several of them taken apart, as views of the same bytes.
 * @param shapes of all weights that there should be, by name
 * @throws CheckpointError where the rows do not add up
 */
export function splitTensors(tensors: ReadonlyMap<string, WeightTensor>, rules: readonly SplitRule[], nLayers: number, shapes: ReadonlyMap<string, readonly number[]>): Map<string, WeightTensor> {
  const out = new Map(tensors);
  for (let layer = 0; layer < nLayers; layer++) {
    const full = (name: string) => `model.layers.${layer}.${name}`;
    for (const rule of rules) {
      const tensor = [`${full(rule.from)}.weight`, full(rule.from)].map((name) => tensors.get(name)).find((found) => found !== undefined);
      if (!tensor) continue;
      const names = rule.into.map((name) => full(name.endsWith('.bias') ? name : `${name}.weight`));
      // A layer that is of another kind, or has the weights one by one beside it.
      if (!shapes.has(names[0].replace('*', '0')) || tensors.has(names[0].replace('*', '0'))) continue;
      out.delete(tensor.name);
      for (const [name, part] of partsOf(tensor, rule, names, shapes)) out.set(name, part);
    }
  }
  return out;
}

function* partsOf(tensor: WeightTensor, rule: SplitRule, names: readonly string[], shapes: ReadonlyMap<string, readonly number[]>): Generator<[string, WeightTensor]> {
  if (tensor.encoding === 'view' || tensor.encoding === 'reordered') throw new Error(`"${tensor.name}" is a view already`);
  const isStacked = names[0].includes('*');
  const [experts, ...matrix] = isStacked ? tensor.shape : [1, ...tensor.shape];
  const isTransposed = rule.isTransposed !== undefined && tensor.encoding === 'float';
  const [rows, columns] = isTransposed ? [matrix[1], matrix[0]] : [matrix[0], matrix[1]];
  for (let expert = 0; expert < experts; expert++) {
    let start = 0;
    for (const [i, pattern] of names.entries()) {
      const name = pattern.replace('*', String(expert));
      const shape = shapes.get(name);
      if (!shape) throw misfit(tensor, `holds ${experts} experts, more than its configuration has`);
      const selected: Rows = rule.isInterleaved ? { start: i, step: names.length, count: shape[0] } : { start, step: 1, count: shape[0] };
      start += shape[0];
      const isInside = selected.start + (selected.count - 1) * selected.step < rows;
      if (matrix.length !== shape.length || columns !== shape[1] || !isInside) throw misfit(tensor, `does not hold "${name}" of the shape [${shape.join(', ')}]`);
      yield [name, viewOf(tensor, name, shape, { entry: isStacked ? expert : null, rows: selected, isTransposed })];
    }
    if (start !== rows) throw misfit(tensor, `has ${rows} rows where ${start} are needed`);
  }
}

function misfit(tensor: WeightTensor, what: string): CheckpointError {
  return new CheckpointError(`Tensor "${tensor.name}" in "${tensor.file}" with the shape [${tensor.shape.join(', ')}] ${what}; configuration and weights do not belong together.`);
}
