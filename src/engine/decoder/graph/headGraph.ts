import { outputEmbedding, type ModelConfig } from '../../checkpoint/config/modelConfig';
import { DataType, GraphBuilder } from './graphBuilder';
import type { Initializers } from './initializers';
import { Operators } from './operators';

/**
 * Final norm and output embedding, for the rows that need it. A graph of its own: a prompt's rows never pay for the
 * vocabulary, and only one row of logits leaves ONNX Runtime however many rows go in, unless all are asked for.
 *
 * Inputs: xFinal [R, D], targets [R] int64.
 * Outputs: lastLogits [V] of the last row, argmax [R] int64, logProb [R] = log P(target) after each row; logits [R, V].
 */
export function headGraph(config: ModelConfig, weights: Initializers): Uint8Array {
  const graph = new GraphBuilder('head');
  const op = new Operators(graph, weights, config.rmsNormEps);
  const x = graph.input('xFinal', DataType.float, ['R', config.dModel]);
  const targets = graph.input('targets', DataType.int64, ['R']);
  const normed = op.rmsNorm('/final_norm', x, 'model.norm.weight');
  const logits = op.linear('logits', normed, outputEmbedding(config));
  graph.output('logits', DataType.float, ['R', config.dVocab]);

  graph.node('Gather', 'lastLogits', [logits, op.reshape('/last', graph.int64([-1]), [])], { attributes: { axis: 0 } });
  graph.output('lastLogits', DataType.float, [config.dVocab]);
  graph.node('ArgMax', 'argmax', [logits], { attributes: { axis: 1, keepdims: 0 } });
  graph.output('argmax', DataType.int64, ['R']);
  const column = op.reshape('/targets', targets, [-1, 1]);
  const chosen = graph.node('GatherElements', '/chosen', [logits, column], { attributes: { axis: 1 } });
  const total = graph.node('ReduceLogSumExp', '/total', [logits, graph.int64([1])], { attributes: { keepdims: 1 } });
  op.reshape('logProb', op.binary('Sub', '/log_prob', chosen, total), [-1]);
  graph.output('logProb', DataType.float, ['R']);
  return graph.finish();
}
