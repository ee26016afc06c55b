import { outputProjectionName, type ModelConfig } from '../../checkpoint/config/modelConfig';
import { layerLayout } from '../../state/layerLayout';
import { DataType, GraphBuilder } from './builder/graphBuilder';
import type { GraphWeights } from './builder/initializers';
import { Operators } from './builder/operators';

/**
 * Which way, in each head's value space, a row's produced token lies (docs/methods.md): u = (E[y] - centre) g / rms(xFinal), the
 * direction of the token's logit in the residual stream with the norm's scale held fixed, and z_l = scale_l gate_l (O_l u) for every layer. What multiplies all logits
 * alike (a scale, the slope of a soft cap) drops out of shares and is left out.
 *
 * Inputs: xFinal [B, D], pointed [B, D] (E[y] - centre); of layers that have them scale.l [B, 1], gate.l [B, H * dHead].
 * Outputs: z.l [B, H * dHead].
 */
export function directionGraph(config: ModelConfig, { initializers }: GraphWeights): Uint8Array {
  const { norm, residualScale } = config;
  const graph = new GraphBuilder('directions');
  const op = new Operators(graph, initializers, norm);
  const mean = (place: string, x: string) => graph.node('ReduceMean', place, [x, graph.int64([1])], { attributes: { keepdims: 1 } });
  // LayerNorm takes the mean off x, and so off the direction.
  const centred = (place: string, x: string) => (norm.kind === 'rms' ? x : op.binary('Sub', place, x, mean(`${place}/mean`, x)));
  const x = centred('/x', graph.input('xFinal', DataType.float, ['B', config.dModel]));
  const pointed = graph.input('pointed', DataType.float, ['B', config.dModel]);
  const square = mean('/square', op.binary('Mul', '/squares', x, x));
  const rms = graph.node('Sqrt', '/rms', [op.binary('Add', '/stable', square, graph.float(norm.eps))]);
  const u = graph.node('Div', '/u', [centred('/weighted_centred', op.binary('Mul', '/weighted', pointed, op.normWeight(config.finalNorm))), rms]);
  config.layers.forEach((layer, l) => {
    const place = `/layers.${l}`;
    const { taps } = layerLayout(config, layer);
    const { nHeads, dHead } = layer.mixer;
    const { mixerOut } = layer.norms;
    const folded = op.scaled(`${place}/u_scaled`, mixerOut === null ? u : op.binary('Mul', `${place}/u_folded`, u, op.normWeight(`model.layers.${l}.${mixerOut}`)), residualScale);
    let z = op.binary('MatMul', `${place}/z`, folded, op.weight(`model.layers.${l}.${outputProjectionName(layer.mixer)}.weight`)); // stored [D, H * dHead]
    for (const name of ['scale', 'gate'] as const) {
      if (name in taps) z = op.binary('Mul', `${place}/z_${name}`, z, graph.input(`${name}.${l}`, DataType.float, ['B', taps[name]]));
    }
    graph.node('Identity', `z.${l}`, [z]);
    graph.output(`z.${l}`, DataType.float, ['B', nHeads * dHead]);
  });
  return graph.finish();
}
