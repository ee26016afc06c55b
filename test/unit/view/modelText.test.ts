import assert from 'node:assert/strict';
import type { ModelEntry } from '../../../src/concepts/models/modelEntry';
import { formatParameters, modelDescription, modelFacts, shortSentence } from '../../../src/view/text/modelText';

const READY: ModelEntry = {
  path: '/m/qwen', name: 'Qwen/Qwen3-0.6B', source: 'Hugging Face cache', family: 'qwen3', parameters: 596_049_920, bytes: 1.19e9, precision: 'BF16', contextLength: 40_960, hasChatTemplate: true,
  status: 'ready', sentence: 'It fits.', needs: { tokens: 4096, weights: 2.4e9, kv: 9.4e8, traceState: 9.5e8, scratch: 6.8e8 }, mtime: 0,
};
const FREE = { freeMemory: 1e9 };

describe('what is said of a model', () => {
  it('how many parameters', () => {
    assert.deepEqual([8_030_261_248, 999_600_000, 596_049_920, 134_515_008, 9_960_000, 1_296_256, 94_000, null].map(formatParameters), ['8.0B', '1.0B', '596M', '135M', '10M', '1.3M', '94k', '']);
  });

  it('beside its name: what tells it from others, what it lacks, or what is wrong', () => {
    assert.equal(modelDescription(READY, FREE), '596M · BF16 · 1.2 GB');
    assert.equal(modelDescription({ ...READY, status: 'too large' }, FREE), 'needs 5.0 GB, 1.0 GB free · 596M · BF16 · 1.2 GB');
    assert.equal(modelDescription({ ...READY, parameters: null, precision: null }, FREE), '1.2 GB');
    const sentence = '"/m/qwen/config.json" is of architecture "mamba"; "/m/qwen" is no use.';
    assert.equal(modelDescription({ ...READY, status: 'unsupported', sentence }, FREE), 'is of architecture "mamba"; "Qwen/Qwen3-0.6B" is no use.');
    assert.equal(shortSentence({ ...READY, path: 'C:\\m', sentence: '"C:\\m\\config.json" is damaged.' }), '"config.json" is damaged.');
  });

  it('in full, without what is not known', () => {
    assert.deepEqual(modelFacts(READY, '5 min ago'), [
      ['Family', 'qwen3'], ['Parameters', '596M'], ['Precision', 'BF16'], ['Size', '1.2 GB'], ['Context', '40,960 tokens'], ['Chat template', 'yes'], ['Memory for 4,096 tokens', 'about 5.0 GB'],
      ['– weights', '2.4 GB'], ['– keys and values', '940 MB'], ['– rest of the trace state', '950 MB'], ['– scratch', '680 MB'], ['Found in', 'Hugging Face cache'], ['Last used', '5 min ago'],
    ]);
    assert.deepEqual(modelFacts({ ...READY, source: 'folder', family: null, parameters: null, precision: null, contextLength: null, hasChatTemplate: null, needs: null }), [['Size', '1.2 GB'], ['Found in', 'a folder of yours']]);
  });
});
