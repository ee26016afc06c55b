import { outputEmbedding, type ModelConfig } from '../../checkpoint/config/modelConfig';
import { DataType, GraphBuilder } from './graphBuilder';
import type { Initializers } from './initializers';
import { Operators } from './operators';

/**
 * Which way, in each head's value space, a row's produced token lies (docs/methods.md): u = (E[y] - centre) g / rms(xFinal), the
 * direction of the token's logit in the residual stream with the norm's scale held fixed, and z_l = O_l u for every layer.
 *
 * Inputs: xFinal [B, D], tokens [B] int64 (y), centre [1, D] or [B, D].
 * Outputs: z.l [B, H * dHead].
 */
export function directionGraph(config: ModelConfig, weights: Initializers): Uint8Array {
  const graph = new GraphBuilder('directions');
  const op = new Operators(graph, weights, config.rmsNormEps);
  const x = graph.input('xFinal', DataType.float, ['B', config.dModel]);
  const tokens = graph.input('tokens', DataType.int64, ['B']);
  const centre = graph.input('centre', DataType.float, ['R', config.dModel]);
  const embedding = op.embedding(outputEmbedding(config), '/tokens', tokens);
  const pointed = op.binary('Sub', '/pointed', embedding, centre);
  const square = graph.node('ReduceMean', '/square', [op.binary('Mul', '/squares', x, x), graph.int64([1])], { attributes: { keepdims: 1 } });
  const rms = graph.node('Sqrt', '/rms', [op.binary('Add', '/stable', square, graph.float(config.rmsNormEps))]);
  const u = graph.node('Div', '/u', [op.binary('Mul', '/weighted', pointed, op.weight('model.norm.weight')), rms]);
  for (let l = 0; l < config.nLayers; l++) {
    op.binary('MatMul', `z.${l}`, u, op.weight(`model.layers.${l}.self_attn.o_proj.weight`)); // stored [D, H * dHead]
    graph.output(`z.${l}`, DataType.float, ['B', config.nHeads * config.dHead]);
  }
  return graph.finish();
}
