import type { ModelConfig } from '../../checkpoint/config/modelConfig';
import { DataType, GraphBuilder } from './graphBuilder';
import type { GraphWeights } from './initializers';
import { Operators } from './operators';

/**
 * Which way, in each head's value space, a row's produced token lies (docs/methods.md): u = (E[y] - centre) g / rms(xFinal), the
 * direction of the token's logit in the residual stream with the norm's scale held fixed, and z_l = O_l u for every layer.
 *
 * Inputs: xFinal [B, D], pointed [B, D] (E[y] - centre).
 * Outputs: z.l [B, H * dHead].
 */
export function directionGraph(config: ModelConfig, { initializers }: GraphWeights): Uint8Array {
  const graph = new GraphBuilder('directions');
  const op = new Operators(graph, initializers, config.rmsNormEps);
  const x = graph.input('xFinal', DataType.float, ['B', config.dModel]);
  const pointed = graph.input('pointed', DataType.float, ['B', config.dModel]);
  const square = graph.node('ReduceMean', '/square', [op.binary('Mul', '/squares', x, x), graph.int64([1])], { attributes: { keepdims: 1 } });
  const rms = graph.node('Sqrt', '/rms', [op.binary('Add', '/stable', square, graph.float(config.rmsNormEps))]);
  const u = graph.node('Div', '/u', [op.binary('Mul', '/weighted', pointed, op.weight('model.norm.weight')), rms]);
  for (let l = 0; l < config.nLayers; l++) {
    op.binary('MatMul', `z.${l}`, u, op.weight(`model.layers.${l}.self_attn.o_proj.weight`)); // stored [D, H * dHead]
    graph.output(`z.${l}`, DataType.float, ['B', config.nHeads * config.dHead]);
  }
  return graph.finish();
}
