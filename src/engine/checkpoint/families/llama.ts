import { everyLayer, type ModelFamily } from './family';

/** Llama 1 to 3.3, SmolLM2, DeepSeek-R1 distills on Llama. transformers: models/llama/configuration_llama.py */
export const llama: ModelFamily = {
  id: 'llama',
  name: 'Llama',
  qkNorm: false,
  attentionBias: (config) => config.isOn('attention_bias'),
  ropeLayers: everyLayer,
  windows: (_, ropeLayers) => ropeLayers.map(() => null),
};
