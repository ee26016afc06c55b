import { outputEmbedding, type ModelConfig } from '../../checkpoint/config/modelConfig';
import { DataType, GraphBuilder } from './builder/graphBuilder';
import type { GraphWeights } from './builder/initializers';
import { Operators } from './builder/operators';

/** Terms that are added up one after the other; vocabularies are multiples of it more often than not. */
const SUM_BLOCK = 64;

/**
 * Final norm and output embedding, for the rows that need it. A graph of its own: a prompt's rows never pay for the
 * vocabulary, and only one row of logits leaves ONNX Runtime however many rows go in, unless all are asked for.
 *
 * Inputs: xFinal [R, D], targets [R] int64.
 * Outputs: lastLogits [V] of the last row, argmax [R] int64, logProb [R] = log P(target) after each row; logits [R, V].
 */
export function headGraph(config: ModelConfig, { initializers, activations }: GraphWeights): Uint8Array {
  const graph = new GraphBuilder('head');
  const op = new Operators(graph, initializers, config.norm, activations);
  const x = graph.input('xFinal', DataType.float, ['R', config.dModel]);
  const targets = graph.input('targets', DataType.int64, ['R']);
  const normed = op.norm('/final_norm', x, config.finalNorm);
  const { scale, cap } = config.logits;
  const product = op.linear(scale === 1 && cap === null ? 'logits' : '/logits', normed, outputEmbedding(config));
  const logits = op.capped('logits', op.scaled(cap === null ? 'logits' : '/logits/scaled', product, scale), cap);
  graph.output('logits', DataType.float, ['R', config.dVocab]);

  graph.node('Gather', 'lastLogits', [logits, op.reshape('/last', graph.int64([-1]), [])], { attributes: { axis: 0 } });
  graph.output('lastLogits', DataType.float, [config.dVocab]);
  graph.node('ArgMax', 'argmax', [logits], { attributes: { axis: 1, keepdims: 0 } });
  graph.output('argmax', DataType.int64, ['R']);
  const column = op.reshape('/targets', targets, [-1, 1]);
  const chosen = graph.node('GatherElements', '/chosen', [logits, column], { attributes: { axis: 1 } });
  const highest = graph.node('ReduceMax', '/highest', [logits, graph.int64([1])], { attributes: { keepdims: 1 } });
  const total = graph.node('Log', '/total/log', [sumOfBlocks(op, '/total', graph.node('Exp', '/exp', [op.binary('Sub', '/below_highest', logits, highest)]), config.dVocab)]);
  op.reshape('logProb', op.binary('Sub', '/log_prob', op.binary('Sub', '/chosen_below_highest', chosen, highest), total), [-1]);
  graph.output('logProb', DataType.float, ['R']);
  return graph.finish();
}

/**
 * Sums of rows, [R, V] -> [R, 1], block by block and then the blocks. ONNX Runtime's ReduceLogSumExp and ReduceSum add one term after the other in fp32, and
 * lose what is small beside the sum so far: 2e-3 and 2e-4 of a probability over 150,000 logits of a flat distribution, where blocks lose 4e-6; they are faster, too.
 */
function sumOfBlocks(op: Operators, place: string, x: string, length: number): string {
  const { graph } = op;
  const missing = (SUM_BLOCK - (length % SUM_BLOCK)) % SUM_BLOCK;
  const whole = missing === 0 ? x : graph.node('Pad', `${place}/pad`, [x, graph.int64([0, 0, 0, missing])]);
  const blocks = graph.node('ReduceSum', `${place}/blocks`, [op.reshape(`${place}/in_blocks`, whole, [0, -1, SUM_BLOCK]), graph.int64([2])], { attributes: { keepdims: 0 } });
  return graph.node('ReduceSum', `${place}/sum`, [blocks, graph.int64([1])], { attributes: { keepdims: 1 } });
}
