import { expertName, type ExpertsConfig, type LayerConfig, type Mixer, type MlpConfig, type ModelConfig } from './modelConfig';

type Shapes = Map<string, readonly number[]>;
/** Adds a weight of a layer; names that do not end in one are of a `.weight`. */
type Add = (name: string, ...shape: number[]) => void;

/** Parameters that are no `.weight`. */
const BARE = /(\.bias|\.sinks|\.A_log|\.A|\.D|\.dt_bias|layer_scalar|router\.scale|per_expert_scale)$/;

/** Names and shapes of every weight of the decoder; the single list that the graph and the checks go by. */
export function expectedShapes(config: ModelConfig): Map<string, readonly number[]> {
  const { dModel, dVocab, nLayers, perLayerInput, norm } = config;
  const shapes: Shapes = new Map<string, readonly number[]>([
    ['model.embed_tokens.weight', [dVocab, dModel]],
    [`${config.finalNorm}.weight`, [dModel]],
  ]);
  if (norm.hasBias) shapes.set(`${config.finalNorm}.bias`, [dModel]);
  if (!config.tiedEmbeddings) shapes.set('lm_head.weight', [dVocab, dModel]);
  if (perLayerInput !== null) {
    shapes.set('model.embed_tokens_per_layer.weight', [dVocab, nLayers * perLayerInput]);
    shapes.set('model.per_layer_model_projection.weight', [nLayers * perLayerInput, dModel]);
    shapes.set('model.per_layer_projection_norm.weight', [perLayerInput]);
  }
  config.layers.forEach((layer, l) => {
    layerShapes(config, layer, (name, ...shape) => shapes.set(`model.layers.${l}.${name}${BARE.test(name) ? '' : '.weight'}`, shape));
  });
  return shapes;
}

function layerShapes({ dModel, norm, perLayerInput }: ModelConfig, { norms, mixer, mlp, hasScalar }: LayerConfig, add: Add): void {
  for (const name of Object.values<string | null>({ ...norms })) {
    if (name === null) continue;
    add(name, dModel);
    if (norm.hasBias) add(`${name}.bias`, dModel);
  }
  mixerShapes(mixer, dModel, add);
  mlpShapes(mlp, dModel, add);
  if (hasScalar) add('layer_scalar', 1);
  if (perLayerInput !== null) {
    add('per_layer_input_gate', perLayerInput, dModel);
    add('per_layer_projection', dModel, perLayerInput);
    add('post_per_layer_input_norm', dModel);
  }
}

function mixerShapes(mixer: Mixer, dModel: number, add: Add): void {
  switch (mixer.kind) {
    case 'attention': {
      const { names, nHeads, nKvHeads, dHead, hasBias, qkNorm, isGated, hasSinks, valuesAreKeys, sharedWith } = mixer;
      const project = (name: string, rows: number) => {
        add(name, rows, dModel);
        if (hasBias.qkv) add(`${name}.bias`, rows);
      };
      project(names.q, nHeads * dHead * (isGated ? 2 : 1));
      if (sharedWith === null) {
        project(names.k, nKvHeads * dHead);
        if (!valuesAreKeys) project(names.v, nKvHeads * dHead);
      }
      add(names.o, dModel, nHeads * dHead);
      if (hasBias.o) add(`${names.o}.bias`, dModel);
      if (qkNorm) {
        const width = (heads: number) => (qkNorm.over === 'head' ? dHead : heads * dHead);
        add(qkNorm.q, width(nHeads));
        if (sharedWith === null) add(qkNorm.k, width(nKvHeads));
      }
      if (hasSinks) add('self_attn.sinks', nHeads);
      return;
    }
    case 'delta': {
      const { nHeads, nKeyHeads, dKey, dHead, kernel, grouped, decayRate } = mixer;
      const [keys, values] = [nKeyHeads * dKey, nHeads * dHead];
      if (grouped.qkvz) add('linear_attn.in_proj_qkvz', 2 * keys + 2 * values, dModel);
      else {
        add('linear_attn.in_proj_qkv', 2 * keys + values, dModel);
        add('linear_attn.in_proj_z', values, dModel);
      }
      if (grouped.ba) add('linear_attn.in_proj_ba', 2 * nHeads, dModel);
      else {
        add('linear_attn.in_proj_b', nHeads, dModel);
        add('linear_attn.in_proj_a', nHeads, dModel);
      }
      add('linear_attn.conv1d', 2 * keys + values, 1, kernel);
      add(`linear_attn.${decayRate}`, nHeads);
      add('linear_attn.dt_bias', nHeads);
      add('linear_attn.norm', dHead);
      add('linear_attn.out_proj', dModel, values);
      return;
    }
    case 'mamba': {
      const { nHeads, nGroups, dState, dHead, kernel, hasConvolutionBias, hasProjectionBias, decayRate } = mixer;
      const inner = nHeads * dHead;
      const convolved = inner + 2 * nGroups * dState;
      add('mamba.in_proj', inner + convolved + nHeads, dModel);
      if (hasProjectionBias) add('mamba.in_proj.bias', inner + convolved + nHeads);
      add('mamba.conv1d', convolved, 1, kernel);
      if (hasConvolutionBias) add('mamba.conv1d.bias', convolved);
      add(`mamba.${decayRate}`, nHeads);
      add('mamba.D', nHeads);
      add('mamba.dt_bias', nHeads);
      add('mamba.norm', inner);
      add('mamba.out_proj', dModel, inner);
      if (hasProjectionBias) add('mamba.out_proj.bias', dModel);
      return;
    }
    case 'convolution': {
      const { kernel, hasBias } = mixer;
      add('conv.in_proj', 3 * dModel, dModel);
      add('conv.conv', dModel, 1, kernel);
      add('conv.out_proj', dModel, dModel);
      if (hasBias) for (const [name, size] of [['conv.in_proj', 3 * dModel], ['conv.conv', dModel], ['conv.out_proj', dModel]] as const) add(`${name}.bias`, size);
      return;
    }
  }
}

function mlpShapes({ dense, experts }: MlpConfig, dModel: number, add: Add): void {
  if (dense) {
    const { names: { gate, up, down }, size, hasBias, outputGate } = dense;
    for (const name of [gate, up]) {
      if (name === null) continue;
      add(name, size, dModel);
      if (hasBias) add(`${name}.bias`, size);
    }
    add(down, dModel, size);
    if (hasBias) add(`${down}.bias`, dModel);
    if (outputGate !== null) add(outputGate, 1, dModel);
  }
  if (experts) expertShapes(experts, dModel, add);
}

function expertShapes(experts: ExpertsConfig, dModel: number, add: Add): void {
  const { count, size, router, hasRouterBias, hasBias, beside } = experts;
  add(router, count, dModel);
  if (hasRouterBias) add(`${router}.bias`, count);
  for (let expert = 0; expert < count; expert++) {
    for (const part of ['gate', 'up', 'down'] as const) {
      const name = expertName(experts, expert, part);
      const rows = part === 'down' ? dModel : size;
      add(name, rows, part === 'down' ? size : dModel);
      if (hasBias) add(`${name}.bias`, rows);
    }
  }
  if (beside) {
    add(beside.routerScale, dModel);
    add(beside.expertScale, count);
    for (const name of [beside.denseOut, beside.expertsIn, beside.expertsOut]) add(name, dModel);
  }
}
