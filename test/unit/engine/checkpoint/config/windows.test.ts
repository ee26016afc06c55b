import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AttentionMixer, ModelConfig } from '../../../../../src/engine/checkpoint/config/modelConfig';
import { parseModelConfig } from '../../../../../src/engine/checkpoint/parseModelConfig';
import { GOLDEN_DIR } from '../../../../support/recordedCases';

const attentionOf = ({ layers }: ModelConfig) => layers.map(({ mixer }) => mixer as AttentionMixer);
const windowsOf = (config: ModelConfig) => attentionOf(config).map(({ window }) => window);
const turned = (config: ModelConfig) => attentionOf(config).map(({ rope }) => rope !== null);

describe('keys that a config.json leaves out', () => {
  const NEEDED = { num_hidden_layers: 4 };
  const windows = (config: object) => windowsOf(parseModelConfig({ ...NEEDED, ...config }, 'config.json'));

  it('have the value of the family\'s class: a window that is switched on without its size, Mistral\'s own', () => {
    assert.deepEqual(windows({ model_type: 'qwen2', use_sliding_window: true, max_window_layers: 2 }), [null, null, 4096, 4096]);
    assert.deepEqual(windows({ model_type: 'qwen3' }), [null, null, null, null]);
    assert.deepEqual(windows({ model_type: 'mistral' }), [4096, 4096, 4096, 4096]);
    assert.deepEqual(windows({ model_type: 'mistral', sliding_window: null }), [null, null, null, null], 'null is none');
    assert.deepEqual(windows({ model_type: 'llama' }), [null, null, null, null]);
  });
});

describe('SmolLM3 configuration', () => {
  const config = { ...(JSON.parse(readFileSync(join(GOLDEN_DIR, 'qwen3', 'config.json'), 'utf8')) as object), model_type: 'smollm3', num_hidden_layers: 8 };
  const parsed = (change: object) => parseModelConfig({ ...config, ...change }, 'config.json');

  it('leaves every fourth layer without RoPE unless it says otherwise', () => {
    assert.deepEqual(turned(parsed({})), [true, true, true, false, true, true, true, false]);
    assert.deepEqual(turned(parsed({ no_rope_layer_interval: 2 })).slice(0, 4), [true, false, true, false]);
    assert.deepEqual(turned(parsed({ no_rope_layers: [0, 1, 1, 1, 1, 1, 1, 1, 1, 1] })), [false, true, true, true, true, true, true, true]);
    assert.throws(() => parsed({ no_rope_layer_interval: 0 }), /no_rope_layer_interval = 0 where a positive whole number is needed/);
  });

  it('slides in the layers that it lists, else in those without RoPE', () => {
    const sliding = { use_sliding_window: true, sliding_window: 16 };
    assert.deepEqual(windowsOf(parsed(sliding)), [null, null, null, 16, null, null, null, 16]);
    assert.deepEqual(windowsOf(parsed({ ...sliding, layer_types: ['sliding_attention', ...new Array<string>(7).fill('full_attention')] })), [16, null, null, null, null, null, null, null]);
    assert.deepEqual(windowsOf(parsed({ sliding_window: 16 })), new Array<null>(8).fill(null));
  });
});
