import { everyLayer, slidingWindow, type ModelFamily } from './family';

/** Mistral 7B and its kin: the window slides in every layer. transformers: models/mistral/configuration_mistral.py */
export const mistral: ModelFamily = {
  id: 'mistral',
  name: 'Mistral',
  qkNorm: false,
  attentionBias: () => false,
  ropeLayers: everyLayer,
  windows: (config, ropeLayers) => ropeLayers.map(() => slidingWindow(config)),
};
