import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCheckpoint } from '../../../src/engine/checkpoint/checkpoint';
import { expectedShapes } from '../../../src/engine/checkpoint/config/decoderWeights';
import { familyOf } from '../../../src/engine/checkpoint/families/familyRegistry';
import { readRows } from '../../../src/engine/checkpoint/weights/readTensor';
import { splitTensors } from '../../../src/engine/checkpoint/weights/splitTensors';
import { openSafetensors } from '../../../src/engine/checkpoint/weights/safetensorsFolder';
import { parseModelConfig } from '../../../src/engine/checkpoint/parseModelConfig';
import { DATA } from '../../support/folders';
import { readTensors } from '../../support/safetensorsWriter';
import { LARGEST_READ, writeDescribed, type Described } from '../describedArrays';
import { jsonOf, refusedOrDone, scratchFolder, type FuzzTarget } from './target';

const DIR = join(DATA, 'families');
/** Names of tensors that hold several weights. */
const SEVERAL = /\.(gate_up_proj|qkv_proj|input_linear|output_linear|experts\.down_proj)\b/;

/** Each recorded checkpoint of a family by its config.json, as transformers 5 and 4 write it, and the table of its tensors. */
function seeds(): string[] {
  const folders = readdirSync(DIR, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? join(DIR, entry.name) : []));
  return folders.flatMap((dir) => {
    const tensors = Object.fromEntries([...readTensors(join(dir, 'model.safetensors'))].map(([name, { dtype, shape }]) => [name, { dtype, shape }]));
    const configs = ['config.json', 'config.v4.json'].map((name) => join(dir, name)).filter(existsSync).map((path) => JSON.parse(readFileSync(path, 'utf8')) as unknown);
    return [...configs.map((config) => ({ config, tensors })), ...misshapen(tensors).map((other) => ({ config: configs[0], tensors: other }))].map((seed) => JSON.stringify(seed));
  });
}

/** The tables with a tensor of several weights in shapes that are near to the right one. */
function misshapen(tensors: Readonly<Record<string, { readonly dtype: string; readonly shape: readonly number[] }>>): object[] {
  const fused = Object.keys(tensors).find((name) => SEVERAL.test(name));
  if (fused === undefined) return [];
  const { dtype, shape } = tensors[fused];
  const [rows, columns] = [shape.length - 2, shape.length - 1];
  const changed = (axis: number, by: number) => shape.map((size, i) => (i === axis ? size + by : size));
  return [changed(rows, 1), changed(rows, -1), changed(columns, 1), changed(0, 1), changed(0, -1), shape.slice(0, -1), [...shape, 1], [shape.reduce((a, b) => a * b, 1)], []].map((other) => ({ ...tensors, [fused]: { dtype, shape: other } }));
}

/**
 * A checkpoint by its configuration and the table of its tensors: opened, it has every weight of its decoder in the shape that this asks for, and the rows of each can be
 * read, whatever tensor of several weights they are a part of.
 */
export const families: FuzzTarget = {
  name: 'families',
  cases: 6_000,
  seeds,
  words: [
    '"layer_types"', '"linear_attention"', '"sliding_attention"', '"conv"', '"rope_parameters"', '"rope_scaling"', '"longrope"', '"yarn"', '"short_factor"', '"partial_rotary_factor"', '"text_config"', '"auto_map"',
    '"num_experts"', '"num_local_experts"', '"num_kv_shared_layers"', '"sliding_window"', '"head_dim"', '"model_type"', '2147483648', '0.5', '[0,48,64]', '[4,0,48]', '"BF16"', '"U8"',
  ],
  run: async (input) => {
    const dir = join(scratchFolder(), 'families');
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir);
    const { config, tensors } = (jsonOf(input) ?? {}) as { config?: unknown; tensors?: unknown };
    writeFileSync(join(dir, 'config.json'), JSON.stringify(config ?? null));
    writeDescribed(join(dir, 'model.safetensors'), (typeof tensors === 'object' && tensors !== null ? tensors : {}) as Record<string, Described>);

    const opened = await refusedOrDone(() => openCheckpoint(dir));
    if (!opened) {
      await splitAlone(dir, config);
      return;
    }
    const shapes = expectedShapes(opened.config);
    assert.deepEqual([...opened.tensors.keys()], [...shapes.keys()]);
    for (const [name, tensor] of opened.tensors) {
      assert.deepEqual(tensor.shape, shapes.get(name), name);
      const width = tensor.shape.slice(1).reduce((a, b) => a * b, 1);
      if (tensor.shape[0] * width > LARGEST_READ) continue;
      for (const [from, to] of [[0, tensor.shape[0]], [Math.floor(tensor.shape[0] / 3), Math.ceil(tensor.shape[0] / 2)]]) {
        const rows = await readRows(tensor, from, to);
        assert.equal(rows.length, (to - from) * width, name);
        assert.ok(rows.every((x) => x === 0), `${name} is read from elsewhere: all of the file is 0`);
      }
    }
  },
};

/** Tensors are taken apart before anyone asks whether all are there: what is refused for another reason is tried, too. */
async function splitAlone(dir: string, raw: unknown): Promise<void> {
  const config = await refusedOrDone(() => parseModelConfig(raw, 'config.json'));
  const source = config && await refusedOrDone(() => openSafetensors(dir, null));
  if (!source) return;
  const shapes = expectedShapes(config);
  const parts = await refusedOrDone(() => splitTensors(source.tensors, familyOf(config.family)!.split ?? [], config.nLayers, shapes));
  for (const [name, part] of parts ?? []) if (!source.tensors.has(name)) assert.deepEqual(part.shape, shapes.get(name), name);
}
