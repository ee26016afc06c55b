import { expertName, type ExpertsConfig } from '../../../checkpoint/config/modelConfig';
import { DataType } from '../builder/graphBuilder';
import { activated, linear, weightName, type LayerContext } from './layerContext';

/**
 * A mixture of experts, sparsely: each expert gets the rows that go through it and no others, so that a run costs what its rows' experts cost; one without
 * rows costs a look at a flag.
 *
 *   logits -> softmax -> top k -> pairs (row, expert), sorted by expert -> each expert's MLP over its run of pairs -> back in order -> sum by weight
 *
 * @param x what experts read, [T, D]
 * @param logits the router's, [T, count]
 * @returns [T, D]
 */
export function expertsLayer(context: LayerContext, experts: ExpertsConfig, x: string, logits: string): string {
  const { op, place, config: { dModel } } = context;
  const { graph } = op;
  const { count, active, isNormalised, beside } = experts;
  const at = (name: string) => `${place}/experts/${name}`;

  const [best, chosen] = [at('best'), at('chosen')];
  // Made to sum to 1, the softmax over all and the one over the chosen are the same.
  const ranked = isNormalised ? logits : graph.node('Softmax', at('probabilities'), [logits], { attributes: { axis: -1 } });
  graph.node('TopK', at('top'), [ranked, graph.int64([active])], { attributes: { axis: -1 }, outputs: [best, chosen] });
  let weights = isNormalised ? graph.node('Softmax', at('weights'), [best], { attributes: { axis: -1 } }) : best;
  if (beside) weights = op.binary('Mul', at('weights_by_expert'), weights, graph.node('Gather', at('expert_scale'), [op.weight(weightName(context, beside.expertScale)), chosen]));

  const pairs = op.reshape(at('pairs'), chosen, [-1]);
  const pairCount = graph.node('Shape', at('pair_count'), [pairs]);
  /** Indices that sort whole numbers, ascending. */
  const sorting = (name: string, keys: string): string => {
    graph.node('TopK', at(name), [keys, pairCount], { attributes: { axis: 0, largest: 0, sorted: 1 }, outputs: [at(`${name}_keys`), at(`${name}_order`)] });
    return at(`${name}_order`);
  };
  const scalar = (name: string, value: string) => op.reshape(at(name), value, []);
  const position = graph.node('Range', at('position'), [scalar('zero', graph.int64([0])), scalar('all', pairCount), scalar('one', graph.int64([1]))]);
  const order = sorting('by_expert', op.binary('Add', at('keys'), op.binary('Mul', at('expert_keys'), pairs, pairCount), position));
  const ids = graph.int64(Array.from({ length: count }, (_, expert) => expert));
  const isOf = graph.node('Equal', at('is_of'), [op.reshape(at('pair_column'), pairs, [-1, 1]), ids]); // [pairs, count]
  const counts = graph.node('ReduceSum', at('counts'), [graph.node('Cast', at('ones'), [isOf], { attributes: { to: DataType.int64 } }), graph.int64([0])], { attributes: { keepdims: 0 } });
  const ends = graph.node('CumSum', at('ends'), [counts, scalar('axis', graph.int64([0]))]);
  const starts = op.binary('Sub', at('starts'), ends, counts);
  const areAny = graph.node('Greater', at('are_any'), [counts, graph.int64([0])]);
  const nothing = op.constants(at('nothing'), [0, dModel], new Float32Array(0));

  const outputs = Array.from({ length: count }, (_, expert) => {
    const name = at(String(expert));
    const isAny = graph.node('Gather', `${name}/is_any`, [areAny, scalar(`${expert}/id`, graph.int64([expert]))], { attributes: { axis: 0 } });
    return graph.either(`${name}/out`, isAny, () => {
      const bound = (suffix: string, of: string) => op.slice(`${name}/${suffix}`, of, 0, expert, expert + 1);
      const run = graph.node('Slice', `${name}/run`, [order, bound('start', starts), bound('end', ends)]);
      const rows = op.binary('Div', `${name}/rows`, run, graph.int64([active]));
      return expertMlp(context, experts, expert, graph.node('Gather', `${name}/x`, [x, rows], { attributes: { axis: 0 } }));
    }, () => graph.node('Identity', `${name}/none`, [nothing]));
  });
  const sorted = graph.node('Concat', at('sorted'), outputs, { attributes: { axis: 0 } });
  // What sorts an order is its inverse.
  const back = graph.node('Gather', at('back'), [sorted, sorting('by_pair', order)], { attributes: { axis: 0 } });
  const weighted = op.binary('Mul', at('weighted'), op.reshape(at('by_row'), back, [-1, active, dModel]), graph.node('Unsqueeze', at('weight_columns'), [weights, graph.int64([2])]));
  return graph.node('ReduceSum', at('sum'), [weighted, graph.int64([1])], { attributes: { keepdims: 0 } });
}

function expertMlp(context: LayerContext, experts: ExpertsConfig, expert: number, x: string): string {
  const { op, place } = context;
  const { activation, hasBias } = experts;
  const at = `experts/${expert}`;
  const product = (part: 'gate' | 'up' | 'down', of: string) => linear(context, `${at}/${part}`, of, expertName(experts, expert, part), hasBias);
  const [gate, up] = [product('gate', x), product('up', x)];
  if (typeof activation === 'string') return product('down', op.binary('Mul', `${place}/${at}/gated`, activated(op, `${place}/${at}/activated`, gate, activation), up));
  // gpt-oss: both kept within the limit, (up + 1) * gate * sigmoid(alpha gate)
  const { limit, alpha } = activation;
  const low = op.binary('Min', `${place}/${at}/gate_below`, gate, op.graph.float(limit));
  const within = op.graph.node('Clip', `${place}/${at}/up_within`, [up, op.graph.float(-limit), op.graph.float(limit)]);
  const swish = op.binary('Mul', `${place}/${at}/swish`, low, op.sigmoid(`${place}/${at}/sigmoid`, op.scaled(`${place}/${at}/alpha`, low, alpha)));
  return product('down', op.binary('Mul', `${place}/${at}/gated`, swish, op.binary('Add', `${place}/${at}/up_and_one`, within, op.graph.float(1))));
}
