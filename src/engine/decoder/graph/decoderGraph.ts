import type { LayerConfig, ModelConfig } from '../../checkpoint/config/modelConfig';
import { attentionBias } from './builder/attentionOperators';
import { DataType, GraphBuilder } from './builder/graphBuilder';
import type { GraphWeights } from './builder/initializers';
import { attentionLayer, JOIN_FROM_ROWS } from './layer/attentionLayer';
import { activated, weightName, type LayerContext } from './layer/layerContext';
import { mlpLayer } from './layer/mlpLayer';
import { convolutionLayer, deltaLayer, mambaLayer } from './layer/recurrentLayers';
import { Operators } from './builder/operators';

/**
 * The decoder as one ONNX graph for any number of new rows `T` on top of a KV cache with room for `C` positions.
 *
 * Inputs
 *   embeddings [T, D]                 of the new tokens: rows that are read from the file, so that no table stays in memory for them
 *   perLayer [T, L * P]               the same of the table that every layer reads, where there is one
 *   rowPos [T]                        positions
 *   colPos [C], colPos.W [C']         of the cache, and of what layers with a window W see of it; an unused slot has a position beyond every row
 *   hidden, hidden.W                  what is added to the masks of layers without and with a window: [1, 1] of 0, or [T, C + T] where rows are not to see some columns
 *   cos.r, sin.r [T, nRotary / 2]     rotary angles of the new rows, for each of the config's `ropes`; queryScale.r [T, 1] where it has one
 *   tapStart [1] int64                taps begin at this new row (T: none)
 *   past_k.l, past_v.l [C, G, dHead]  the cache, in arrays that the caller owns; position by position, so that a prefix of it
 *                                     is a view of its array (the products read it in place: ONNX Runtime folds the Transpose)
 *   past_state.l, past_inputs.l       what recurrent layers carry on
 * Outputs
 *   the columns, taps and carried arrays of every layer (`LayerLayout`), `name.l`; columns of new rows only: ONNX Runtime copies every output
 *   xOut [T, D], xFinal [T', D]       residual stream after the last layer, before the final norm: of all new rows, and from `tapStart` on
 *
 *   embeddings -> | norm -> attention (-> norm) -> + -> norm -> MLP (-> norm) -> + | x nLayers -> xFinal
 *               xIn                              xMid
 */
export function decoderGraph(config: ModelConfig, { initializers, activations }: GraphWeights): Uint8Array {
  const { dModel, nLayers, perLayerInput } = config;
  const graph = new GraphBuilder('decoder');
  const op = new Operators(graph, initializers, config.norm, activations);
  const embeddings = op.scaled('/embeddings', graph.input('embeddings', DataType.float, ['T', dModel]), config.embeddingScale);
  const rowPos = graph.input('rowPos', DataType.float, ['T']);
  const tapStart = graph.input('tapStart', DataType.int64, [1]);
  const rowCount = graph.node('Squeeze', '/row_count', [graph.node('Shape', '/row_shape', [rowPos])]);
  const shared: Omit<LayerContext, 'layer' | 'place'> = {
    op,
    config,
    angles: config.ropes.map(({ nRotary, queryScale }, r) => ({
      cos: graph.input(`cos.${r}`, DataType.float, ['T', nRotary / 2]),
      sin: graph.input(`sin.${r}`, DataType.float, ['T', nRotary / 2]),
      queryScale: queryScale && graph.input(`queryScale.${r}`, DataType.float, ['T', 1]),
    })),
    biasFor: attentionBiases(op, rowPos),
    isJoined: graph.node('GreaterOrEqual', '/joined', [rowCount, op.reshape('/join_from', graph.int64([JOIN_FROM_ROWS]), [])]),
    tap: (name, x, width) => {
      graph.node('Slice', name, [x, tapStart, graph.int64([Number.MAX_SAFE_INTEGER]), graph.int64([0])]);
      graph.output(name, DataType.float, ['taps', width]);
    },
  };
  const told = perLayerInput === null ? null : perLayerInputs(op, config, perLayerInput, embeddings);

  let stream: Stream = { x: embeddings, added: null };
  for (let l = 0; l < nLayers; l++) {
    const context = { ...shared, layer: l, place: `/layers.${l}` };
    stream = decoderLayer(context, config.layers[l], stream, told && op.reshape(`/layers.${l}/told`, graph.node('Gather', `/layers.${l}/told_row`, [told, graph.int64([l])], { attributes: { axis: 1 } }), [-1, perLayerInput!]));
  }
  const xOut = stream.added === null ? graph.node('Identity', 'xOut', [stream.x]) : op.binary('Add', 'xOut', stream.added, stream.x);
  graph.output(xOut, DataType.float, ['T', dModel]);
  shared.tap('xFinal', xOut, dModel);
  return graph.finish();
}

/** The residual stream, which may be a sum that is not formed yet: norms take it in one operator. */
interface Stream {
  readonly x: string;
  readonly added: string | null;
}

/** @param told of Gemma 4: what the layer is told of each token, [T, P] */
function decoderLayer(context: LayerContext, layer: LayerConfig, stream: Stream, told: string | null): Stream {
  const { op, config, place, tap, layer: l } = context;
  const { norms, mlp, hasScalar } = layer;
  const { residualScale } = config;
  const normOf = (suffix: string, { x, added }: Stream, name: string | null): { normed: string; sum: string } => {
    const at = `${place}/${suffix}`;
    if (added === null) return { sum: x, normed: name === null ? x : op.norm(at, x, weightName(context, name)) };
    if (name !== null) return op.addNorm(at, added, x, weightName(context, name));
    const sum = op.binary('Add', `${at}/sum`, added, x);
    return { sum, normed: sum };
  };

  const { normed, sum: xIn } = normOf('input_norm', stream, norms.mixerIn);
  let mixed = mixerOf(context, layer, normed);
  if (norms.mixerOut !== null) {
    const scale = `${place}/output_scale`;
    mixed = op.rmsNorm(`${place}/output_norm`, mixed, op.normWeight(weightName(context, norms.mixerOut)), scale);
    tap(`scale.${l}`, scale, 1);
  }
  mixed = op.scaled(`${place}/output_scaled`, mixed, residualScale);
  const mid = config.isParallel ? { sum: op.binary('Add', `${place}/mid`, mixed, xIn), normed } : normOf('post_attention_norm', { x: xIn, added: mixed }, norms.mlpIn);
  tap(`xIn.${l}`, xIn, config.dModel);
  tap(`xMid.${l}`, mid.sum, config.dModel);

  let out = mlpLayer(context, mlp, mid.normed, mid.sum);
  if (norms.mlpOut !== null) out = op.norm(`${place}/mlp_norm`, out, weightName(context, norms.mlpOut));
  out = op.scaled(`${place}/mlp_scaled`, out, residualScale);
  if (told === null && !hasScalar) return { x: mid.sum, added: out };
  let x = op.binary('Add', `${place}/out`, mid.sum, out);
  if (told !== null) x = op.binary('Add', `${place}/out_told`, x, toldOf(context, x, told));
  if (hasScalar) x = op.binary('Mul', `${place}/out_scaled`, x, op.weight(weightName(context, 'layer_scalar')));
  return { x, added: null };
}

function mixerOf(context: LayerContext, { mixer }: LayerConfig, normed: string): string {
  switch (mixer.kind) {
    case 'attention':
      return attentionLayer(context, mixer, normed);
    case 'delta':
      return deltaLayer(context, mixer, normed);
    case 'mamba':
      return mambaLayer(context, mixer, normed);
    case 'convolution':
      return convolutionLayer(context, mixer, normed);
  }
}

/** Gemma 4's small models: (norm(projection of the embedding) + the token's own row) / sqrt(2), [T, L, P]. */
function perLayerInputs(op: Operators, { dModel, nLayers }: ModelConfig, size: number, embeddings: string): string {
  const own = op.reshape('/told/own', op.graph.input('perLayer', DataType.float, ['T', nLayers * size]), [-1, nLayers, size]);
  const projected = op.scaled('/told/scaled', op.linear('/told/projected', embeddings, 'model.per_layer_model_projection.weight'), dModel ** -0.5);
  const normed = op.norm('/told/normed', op.reshape('/told/rows', projected, [-1, nLayers, size]), 'model.per_layer_projection_norm');
  return op.scaled('/told/both', op.binary('Add', '/told/sum', normed, op.scaled('/told/own_scaled', own, Math.sqrt(size))), Math.SQRT1_2);
}

/** norm(projection(activation(gate(x)) * told)) */
function toldOf(context: LayerContext, x: string, told: string): string {
  const { op, place } = context;
  const product = (suffix: string, of: string, name: string) => op.linear(`${place}/told/${suffix}`, of, `${weightName(context, name)}.weight`);
  const gate = activated(op, `${place}/told/activated`, product('gate', x, 'per_layer_input_gate'), 'gelu-tanh');
  const projected = product('projection', op.binary('Mul', `${place}/told/gated`, gate, told), 'per_layer_projection');
  return op.norm(`${place}/told/norm`, projected, weightName(context, 'post_per_layer_input_norm'));
}

/** Additive attention masks by window, each over what of the cache its layers see; layers with the same one share it. */
function attentionBiases(op: Operators, rowPos: string): (window: number | null) => string {
  const { graph } = op;
  const biases = new Map<number | null, string>();
  return (window) => {
    const known = biases.get(window);
    if (known !== undefined) return known;
    const suffix = window === null ? '' : `.${window}`;
    const colPos = graph.node('Concat', `/colPos${suffix}`, [graph.input(`colPos${suffix}`, DataType.float, [`C${suffix}`]), rowPos], { attributes: { axis: 0 } });
    const causal = attentionBias(op, `/mask${suffix}`, rowPos, colPos, window === null ? null : graph.float(window));
    const bias = op.binary('Add', `/mask${suffix}/hiding`, causal, graph.input(`hidden${suffix}`, DataType.float, [`hiddenRows${suffix}`, `hiddenColumns${suffix}`]));
    biases.set(window, bias);
    return bias;
  };
}
