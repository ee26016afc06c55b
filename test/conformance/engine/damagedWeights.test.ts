import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointError } from '../../../src/engine/base/errors';
import { Engine } from '../../../src/engine/process/engine';
import { DIST, ROOT } from '../../support/folders';
import { readTensors, writeSafetensors } from '../../support/safetensorsWriter';
import { temporaryFolder } from '../../support/temporaryFolder';

const WEIGHTS = 'model.safetensors';
const DOCUMENT = { name: 'a.txt', text: 'Facts: Halcyon is based in Oslo. Question: Where is Halcyon based?\nassistant:\nOslo.' };
const BITS = { NaN: 0x7e00, Infinity: 0x7c00 } as const;

describe('weights that are no numbers', () => {
  const folder = temporaryFolder();

  for (const [name, value, at] of [['model.layers.2.mlp.down_proj.weight', 'NaN', 17], ['model.layers.4.input_layernorm.weight', 'Infinity', 3], ['model.norm.weight', 'NaN', 127]] as const) {
    it(`are found and named: ${value} in ${name}`, async () => {
      const dir = join(folder(), name);
      cpSync(join(ROOT, 'models', 'tracelet-1m'), dir, { recursive: true });
      const tensors = readTensors(join(dir, WEIGHTS));
      const { dtype, data } = tensors.get(name)!;
      assert.equal(dtype, 'F16');
      new DataView(data.buffer, data.byteOffset).setUint16(2 * at, BITS[value], true);
      writeSafetensors(join(dir, WEIGHTS), tensors);
      const engine = new Engine(DIST);
      const model = { modelDir: dir, device: 'cpu', memoryBudget: 1e9 } as const;
      const says = (error: unknown) => error instanceof CheckpointError && error.message.startsWith(`The weight "${name}" in "${join(dir, WEIGHTS)}" holds ${value} at position ${at}, `);
      try {
        await assert.rejects(engine.call('trace', { ...model, document: DOCUMENT, target: 'answer', options: { method: 'flashtrace', hops: 1 } }), says);
        await assert.rejects(engine.call('generate', { ...model, document: DOCUMENT, options: { maxTokens: 4, temperature: 0, topK: 0, topP: 1 } }), says);
      } finally {
        await engine.dispose();
      }
    });
  }
});
