import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { blocksOf, readBlocks } from '../../../src/engine/checkpoint/weights/blocks';
import { parseQuantisation } from '../../../src/engine/checkpoint/weights/quantised/quantisation';
import { readRows } from '../../../src/engine/checkpoint/weights/readTensor';
import { openSafetensors } from '../../../src/engine/checkpoint/weights/safetensorsFolder';
import { DATA } from '../../support/folders';
import { readTensors } from '../../support/safetensorsWriter';
import { LARGEST_READ, writeDescribed, type Described } from '../describedArrays';
import { jsonOf, refusedOrDone, scratchFolder, type FuzzTarget } from './target';

/** One quantised linear of each of the small checkpoints, with its configuration. */
function seed(name: string): string {
  const dir = join(DATA, 'quantised', name);
  const { quantization_config: described, quantization } = JSON.parse(readFileSync(join(dir, 'config.json'), 'utf8')) as Record<string, unknown>;
  const all = readTensors(join(dir, 'model.safetensors'));
  const tensors = [...all].filter(([key]) => key.includes(name.startsWith('gpt') ? 'down_proj_' : name.startsWith('layouts') ? '8' : 'k_proj'));
  return JSON.stringify({
    config: quantization === undefined ? { quantization_config: described } : { quantization },
    // Long contents make no difference to a description.
    tensors: Object.fromEntries(tensors.map(([key, { dtype, shape, data }]) => [key, { dtype, shape, ...(data.length <= 260 ? { bytes: [...data] } : {}) }])),
  });
}

/** Quantised weights by their configuration and the table of their arrays: tensors whose rows can be read, and whose blocks are as large as they say. */
export const quantised: FuzzTarget = {
  name: 'quantised',
  cases: 6_000,
  seeds: () => readdirSync(join(DATA, 'quantised'), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? seed(entry.name) : [])),
  words: ['"bits"', '"group_size"', '"quant_method"', '"config_groups"', '"num_bits"', '"block_structure"', '"weight_block_size"', '"dynamic"', '"checkpoint_format"', '"gptq_v2"', '"I32"', '"U8"', '"F8_E4M3"', '[1099511627776,1]', '-1'],
  run: async (input) => {
    const dir = join(scratchFolder(), 'quantised');
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir);
    const { config, tensors } = (jsonOf(input) ?? {}) as { config?: unknown; tensors?: unknown };
    if (typeof tensors !== 'object' || tensors === null) return;
    writeDescribed(join(dir, 'model.safetensors'), tensors as Record<string, Described>);
    const found = await refusedOrDone(async () => openSafetensors(dir, parseQuantisation(config, 'config.json')));
    for (const tensor of found?.tensors.values() ?? []) {
      const [rows, ...rest] = tensor.shape;
      const width = rest.reduce((a, b) => a * b, 1);
      if (tensor.encoding === 'float' || rows * width > LARGEST_READ) continue;
      const [from, to] = [Math.floor(rows / 3), Math.ceil(rows / 2)];
      assert.equal((await readRows(tensor, from, to)).length, (to - from) * width);
      const grid = blocksOf(tensor);
      if (grid) {
        const { quants, scales, offsets } = await readBlocks(tensor, from, to);
        assert.deepEqual([quants.length, scales.length * grid.blockSize, offsets?.length ?? scales.length], [((to - from) * width * grid.bits) / 8, (to - from) * width, scales.length]);
      }
    }
  },
};
