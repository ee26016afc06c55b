import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointError } from '../../../../../src/engine/base/errors';
import { readRows, readTensor } from '../../../../../src/engine/checkpoint/weights/readTensor';
import { splitTensors, type SplitRule } from '../../../../../src/engine/checkpoint/weights/splitTensors';
import { viewOf } from '../../../../../src/engine/checkpoint/weights/viewedTensor';
import type { FloatTensor } from '../../../../../src/engine/checkpoint/weights/stored/fileTensor';
import type { WeightTensor } from '../../../../../src/engine/checkpoint/weights/weightSource';
import { openWeights, QUANTISED_DIR } from '../../../../support/quantised';
import { temporaryFolder } from '../../../../support/temporaryFolder';

const LAYER = 'model.layers.0.';
/** Bytes before the tensor: a view's places count from where its tensor lies. */
const OFFSET = 12;

const GATE_UP: SplitRule = { from: 'mlp.gate_up', into: ['mlp.gate', 'mlp.up'] };
const EXPERTS: SplitRule = { from: 'mlp.experts.gate_up', into: ['mlp.experts.*.gate', 'mlp.experts.*.up'] };

describe('tensors that hold several weights', () => {
  const folder = temporaryFolder();

  /** A tensor whose numbers are 0, 1, 2... in the order in which they lie. */
  function counted(name: string, shape: readonly number[]): FloatTensor {
    const count = shape.reduce((a, b) => a * b, 1);
    const file = join(folder(), `${name}.bin`);
    writeFileSync(file, Buffer.concat([Buffer.alloc(OFFSET), new Uint8Array(Float32Array.from({ length: count }, (_, i) => i).buffer), Buffer.alloc(64, 0xff)]));
    return { name: `${LAYER}${name}`, encoding: 'float', dtype: 'F32', shape, file, offset: OFFSET, length: 4 * count };
  }

  function split(tensor: WeightTensor, rule: SplitRule, shapes: Readonly<Record<string, readonly number[]>>, others: readonly WeightTensor[] = []): Map<string, WeightTensor> {
    const expected = new Map(Object.entries(shapes).map(([name, shape]) => [`${LAYER}${name}`, shape]));
    return splitTensors(new Map([tensor, ...others].map((one) => [one.name, one])), [rule], 1, expected);
  }

  /** The rows of a weight, from a copy of its description as a worker gets it; and any of them alone are those of the whole. */
  async function rowsOf(tensors: ReadonlyMap<string, WeightTensor>, name: string): Promise<number[][]> {
    const tensor = structuredClone(tensors.get(`${LAYER}${name}`)!);
    assert.equal(tensor.name, `${LAYER}${name}`);
    const [rows, columns] = [tensor.shape[0], tensor.shape[1] ?? 1];
    const whole = await readTensor(tensor);
    assert.equal(whole.length, rows * columns, name);
    for (let start = 0; start < rows; start++) for (let end = start + 1; end <= rows; end++) assert.deepEqual(await readRows(tensor, start, end), whole.slice(start * columns, end * columns), `${name} ${start} to ${end}`);
    return Array.from({ length: rows }, (_, row) => Array.from(whole.subarray(row * columns, (row + 1) * columns)));
  }

  it('one after the other along the rows: runs of the file, which nothing copies', async () => {
    const found = split(counted('mlp.gate_up.weight', [3, 2]), GATE_UP, { 'mlp.gate.weight': [1, 2], 'mlp.up.weight': [2, 2] });
    assert.deepEqual([...found.keys()], [`${LAYER}mlp.gate.weight`, `${LAYER}mlp.up.weight`], 'the tensor itself has gone');
    const up = found.get(`${LAYER}mlp.up.weight`)!;
    assert.ok(up.encoding === 'float');
    assert.deepEqual([up.offset, up.length, up.shape], [OFFSET + 8, 16, [2, 2]]);
    assert.deepEqual(await rowsOf(found, 'mlp.gate.weight'), [[0, 1]]);
    assert.deepEqual(await rowsOf(found, 'mlp.up.weight'), [[2, 3], [4, 5]]);
  });

  it('every other row, and input by input', async () => {
    const shapes = { 'mlp.gate.weight': [2, 2], 'mlp.up.weight': [2, 2] };
    const interleaved = split(counted('mlp.gate_up.weight', [4, 2]), { ...GATE_UP, isInterleaved: true }, shapes);
    assert.deepEqual([await rowsOf(interleaved, 'mlp.gate.weight'), await rowsOf(interleaved, 'mlp.up.weight')], [[[0, 1], [4, 5]], [[2, 3], [6, 7]]]);
    const transposed = split(counted('mlp.gate_up.weight', [2, 4]), { ...GATE_UP, isTransposed: 'unless quantised' }, shapes);
    assert.deepEqual([await rowsOf(transposed, 'mlp.gate.weight'), await rowsOf(transposed, 'mlp.up.weight')], [[[0, 4], [1, 5]], [[2, 6], [3, 7]]]);
  });

  it('of experts that are stacked', async () => {
    const found = split(counted('mlp.experts.gate_up', [2, 3, 2]), EXPERTS, {
      'mlp.experts.0.gate.weight': [1, 2], 'mlp.experts.0.up.weight': [2, 2], 'mlp.experts.1.gate.weight': [1, 2], 'mlp.experts.1.up.weight': [2, 2],
    });
    assert.equal(found.size, 4);
    assert.ok([...found.values()].every(({ encoding }) => encoding === 'float'), 'runs of the file');
    assert.deepEqual(await rowsOf(found, 'mlp.experts.0.up.weight'), [[2, 3], [4, 5]]);
    assert.deepEqual([await rowsOf(found, 'mlp.experts.1.gate.weight'), await rowsOf(found, 'mlp.experts.1.up.weight')], [[[6, 7]], [[8, 9], [10, 11]]]);
  });

  it('of experts that are stacked, input by input, every other one, and their biases', async () => {
    const rule: SplitRule = { ...EXPERTS, isInterleaved: true, isTransposed: 'unless quantised' };
    const found = split(counted('mlp.experts.gate_up', [2, 3, 4]), rule, {
      'mlp.experts.0.gate.weight': [2, 3], 'mlp.experts.0.up.weight': [2, 3], 'mlp.experts.1.gate.weight': [2, 3], 'mlp.experts.1.up.weight': [2, 3],
    });
    assert.deepEqual([await rowsOf(found, 'mlp.experts.0.gate.weight'), await rowsOf(found, 'mlp.experts.0.up.weight')], [[[0, 4, 8], [2, 6, 10]], [[1, 5, 9], [3, 7, 11]]]);
    assert.deepEqual(await rowsOf(found, 'mlp.experts.1.up.weight'), [[13, 17, 21], [15, 19, 23]]);
    const biases = split(counted('mlp.experts.gate_up_bias', [2, 4]), { from: 'mlp.experts.gate_up_bias', into: ['mlp.experts.*.gate.bias', 'mlp.experts.*.up.bias'], isInterleaved: true }, {
      'mlp.experts.0.gate.bias': [2], 'mlp.experts.0.up.bias': [2], 'mlp.experts.1.gate.bias': [2], 'mlp.experts.1.up.bias': [2],
    });
    assert.deepEqual([await rowsOf(biases, 'mlp.experts.0.up.bias'), await rowsOf(biases, 'mlp.experts.1.gate.bias')], [[[1], [3]], [[4], [6]]]);
  });

  it('are left alone in layers of another kind, and where the weights are there one by one', () => {
    const tensor = counted('mlp.gate_up.weight', [4, 2]);
    assert.deepEqual([...split(tensor, GATE_UP, { 'mlp.other.weight': [4, 2] }).values()], [tensor]);
    const own = counted('mlp.gate.weight', [2, 2]);
    const both = split(tensor, GATE_UP, { 'mlp.gate.weight': [2, 2], 'mlp.up.weight': [2, 2] }, [own]);
    assert.deepEqual([...both.values()], [tensor, own]);
  });

  it('of weights that are quantised: their own numbers, output by output as they lie', async () => {
    const { tensors } = await openWeights(join(QUANTISED_DIR, 'gpt-oss-mxfp4'));
    const from = `${LAYER}mlp.experts.gate_up_proj`;
    const [experts, rows, columns] = tensors.get(from)!.shape;
    const names = Array.from({ length: experts }, (_, e) => ['gate_proj', 'up_proj'].map((part) => `${LAYER}mlp.experts.${e}.${part}.weight`)).flat();
    const rule: SplitRule = { from: 'mlp.experts.gate_up_proj', into: ['mlp.experts.*.gate_proj', 'mlp.experts.*.up_proj'], isInterleaved: true, isTransposed: 'unless quantised' };
    const found = splitTensors(tensors, [rule], 1, new Map(names.map((name) => [name, [rows / 2, columns]])));
    const whole = await readTensor(tensors.get(from)!);
    for (const [i, name] of names.entries()) {
      const view = structuredClone(found.get(name)!);
      assert.deepEqual([view.encoding, view.dtype], ['view', tensors.get(from)!.dtype]);
      const [expert, part] = [Math.floor(i / 2), i % 2];
      const wanted = Array.from({ length: rows / 2 }, (_, row) => whole.slice((expert * rows + 2 * row + part) * columns, (expert * rows + 2 * row + part + 1) * columns));
      assert.deepEqual(await readTensor(view), Float32Array.from(wanted.flatMap((row) => Array.from(row))), name);
      assert.deepEqual(await readRows(view, 3, 5), Float32Array.from([...wanted[3], ...wanted[4]]), name);
    }
  });

  it('of weights that are quantised, rows of a matrix', async () => {
    const { tensors } = await openWeights(join(QUANTISED_DIR, 'llama-gptq-4bit'));
    const from = `${LAYER}self_attn.q_proj.weight`;
    const [rows, columns] = tensors.get(from)!.shape;
    const found = splitTensors(tensors, [{ from: 'self_attn.q_proj', into: ['a', 'b'] }], 1, new Map([[`${LAYER}a.weight`, [5, columns]], [`${LAYER}b.weight`, [rows - 5, columns]]]));
    const whole = await readTensor(tensors.get(from)!);
    assert.deepEqual(await readTensor(found.get(`${LAYER}a.weight`)!), whole.slice(0, 5 * columns));
    assert.deepEqual(await readTensor(found.get(`${LAYER}b.weight`)!), whole.slice(5 * columns));
    assert.deepEqual(await readRows(found.get(`${LAYER}b.weight`)!, 2, 4), whole.slice(7 * columns, 9 * columns));
  });

  it('no part is taken of a part', () => {
    const part = viewOf(counted('mlp.gate_up.weight', [4, 2]), `${LAYER}mlp.gate_up.weight`, [2, 2], { entry: null, rows: { start: 0, step: 2, count: 2 }, isTransposed: false });
    assert.throws(() => split(part, GATE_UP, { 'mlp.gate.weight': [1, 2], 'mlp.up.weight': [1, 2] }), /"model\.layers\.0\.mlp\.gate_up\.weight" is a view already/);
  });

  describe('of shapes that do not fit the configuration end in a sentence', () => {
    const pair = { 'mlp.gate.weight': [2, 3], 'mlp.up.weight': [2, 3] };
    const oneExpert = { 'mlp.experts.0.gate.weight': [2, 3], 'mlp.experts.0.up.weight': [2, 3] };
    const interleaved = { isInterleaved: true };
    const transposed = { isTransposed: 'unless quantised' } as const;
    for (const [label, shape, rule, shapes, what] of [
      ['fewer rows', [3, 3], GATE_UP, pair, 'does not hold "model.layers.0.mlp.up.weight" of the shape [2, 3]'],
      ['no rows', [0, 3], GATE_UP, pair, 'does not hold "model.layers.0.mlp.gate.weight" of the shape [2, 3]'],
      ['more rows', [5, 3], GATE_UP, pair, 'has 5 rows where 4 are needed'],
      ['other columns', [4, 2], GATE_UP, pair, 'does not hold "model.layers.0.mlp.gate.weight" of the shape [2, 3]'],
      ['one axis', [12], GATE_UP, pair, 'does not hold "model.layers.0.mlp.gate.weight" of the shape [2, 3]'],
      ['no axis', [], GATE_UP, pair, 'does not hold "model.layers.0.mlp.gate.weight" of the shape [2, 3]'],
      ['an axis too many', [4, 3, 1], GATE_UP, pair, 'does not hold "model.layers.0.mlp.gate.weight" of the shape [2, 3]'],
      ['every other row of fewer', [3, 3], { ...GATE_UP, ...interleaved }, pair, 'does not hold "model.layers.0.mlp.up.weight" of the shape [2, 3]'],
      ['every other row of more', [6, 3], { ...GATE_UP, ...interleaved }, pair, 'has 6 rows where 4 are needed'],
      ['every other row of an odd number', [5, 3], { ...GATE_UP, ...interleaved }, pair, 'has 5 rows where 4 are needed'],
      ['output by output where input by input is wanted', [4, 3], { ...GATE_UP, ...transposed }, pair, 'does not hold "model.layers.0.mlp.gate.weight" of the shape [2, 3]'],
      ['more experts', [2, 4, 3], EXPERTS, oneExpert, 'holds 2 experts, more than its configuration has'],
      ['experts without columns', [1, 4], EXPERTS, oneExpert, 'does not hold "model.layers.0.mlp.experts.0.gate.weight" of the shape [2, 3]'],
      ['experts in a row', [12], EXPERTS, oneExpert, 'does not hold "model.layers.0.mlp.experts.0.gate.weight" of the shape [2, 3]'],
      ['experts of fewer rows', [1, 3, 3], EXPERTS, oneExpert, 'does not hold "model.layers.0.mlp.experts.0.up.weight" of the shape [2, 3]'],
      ['experts of more rows', [1, 5, 3], EXPERTS, oneExpert, 'has 5 rows where 4 are needed'],
    ] as const) {
      it(label, () => {
        const tensor = counted(`${rule.from}.weight`, shape);
        assert.throws(() => split(tensor, rule, shapes), (error: Error) => {
          assert.ok(error instanceof CheckpointError, error.stack);
          assert.equal(error.message, `Tensor "${tensor.name}" in "${tensor.file}" with the shape [${shape.join(', ')}] ${what}; configuration and weights do not belong together.`);
          return true;
        });
      });
    }
  });
});
