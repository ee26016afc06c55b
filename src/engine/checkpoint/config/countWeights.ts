import type { Mixer, MlpConfig, ModelConfig } from './modelConfig';

/** Numbers that one row is multiplied with in the layers; of experts those that it goes through. */
export function layerWeights(config: ModelConfig): number {
  return config.layers.reduce((sum, { mixer, mlp }) => sum + mixerWeights(mixer, config.dModel) + mlpWeights(mlp, config.dModel), 0);
}

function mixerWeights(mixer: Mixer, dModel: number): number {
  switch (mixer.kind) {
    case 'attention': {
      const { nHeads, nKvHeads, dHead, isGated, sharedWith } = mixer;
      return dModel * dHead * ((isGated ? 3 : 2) * nHeads + (sharedWith === null ? 2 * nKvHeads : 0));
    }
    case 'delta':
      return dModel * (2 * mixer.nKeyHeads * mixer.dKey + 3 * mixer.nHeads * mixer.dHead + 2 * mixer.nHeads);
    case 'mamba':
      return dModel * (3 * mixer.nHeads * mixer.dHead + 2 * mixer.nGroups * mixer.dState + mixer.nHeads);
    case 'convolution':
      return 4 * dModel * dModel;
  }
}

function mlpWeights({ dense, experts }: MlpConfig, dModel: number): number {
  const ofDense = dense ? (dense.names.gate === null ? 2 : 3) * dModel * dense.size : 0;
  return ofDense + (experts ? dModel * (experts.count + 3 * experts.active * experts.size) : 0);
}

/**
 * Names of small weights whose products choose a row's experts, or how much of a state is kept: a rounding there is no small difference behind it, and their bytes
 * are nothing beside the rest.
 */
export function decidingWeights({ layers }: ModelConfig): ReadonlySet<string> {
  return new Set(layers.flatMap(({ mixer, mlp: { dense, experts } }, layer) => {
    const ofState = mixer.kind !== 'delta' ? [] : mixer.grouped.ba ? ['linear_attn.in_proj_ba'] : ['linear_attn.in_proj_a', 'linear_attn.in_proj_b'];
    return [experts?.router ?? null, dense?.outputGate ?? null, ...ofState].flatMap((name) => (name === null ? [] : `model.layers.${layer}.${name}.weight`));
  }));
}
