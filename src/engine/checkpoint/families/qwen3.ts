import { everyLayer, type ModelFamily } from './family';
import { windowsFromLayer } from './qwen2';

/** Qwen 3, dense. transformers: models/qwen3/configuration_qwen3.py */
export const qwen3: ModelFamily = {
  id: 'qwen3',
  name: 'Qwen3',
  qkNorm: true,
  attentionBias: (config) => config.isOn('attention_bias'),
  ropeLayers: everyLayer,
  windows: windowsFromLayer,
};
