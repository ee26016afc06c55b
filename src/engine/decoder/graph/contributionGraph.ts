import type { ModelConfig } from '../../checkpoint/config/modelConfig';
import { attentionPattern, headProducts, withoutWeights, attentionBiases } from './attentionOperators';
import { DataType, GraphBuilder } from './graphBuilder';

/**
 * What attention moves from every column along a row's direction, for a block of `B` rows: the sum over layers and heads of
 * a[h, i, j] <v[j, h], z[i, h]>. Like the attention itself it is one product of queries and keys and one of directions and
 * values; nothing of size dHead x D for a pair. All layers in one run: they share the masks, and the sum never leaves it.
 *
 * Inputs: rowPos [B], colPos [C]; of each layer q.l and z.l [B, H * dHead], k.l and v.l [C, G, dHead], and with a value bias
 * vBias.l [G, dHead].
 * Output: contributions [B, C].
 */
export function contributionGraph(config: ModelConfig): Uint8Array {
  const { nLayers, nHeads, nKvHeads, dHead, windows } = config;
  const graph = new GraphBuilder('contributions');
  const op = withoutWeights(graph);
  const rowPos = graph.input('rowPos', DataType.float, ['B']);
  const colPos = graph.input('colPos', DataType.float, ['C']);
  const biasFor = attentionBiases(op, rowPos, colPos);
  // A product with ones: a sum over the first axis walks memory the wrong way.
  const ones = graph.inline('/ones', DataType.float, [1, nHeads], new Uint8Array(new Float32Array(nHeads).fill(1).buffer));

  let total: string | null = null;
  for (let l = 0; l < nLayers; l++) {
    const place = `/layers.${l}`;
    const ofRows = (name: string) => graph.input(`${name}.${l}`, DataType.float, ['B', nHeads * dHead]);
    const ofColumns = (name: string) => graph.input(`${name}.${l}`, DataType.float, ['C', nKvHeads, dHead]);
    const pattern = attentionPattern(op, `${place}/pattern`, config, ofRows('q'), ofColumns('k'), biasFor(windows[l]));
    const v = ofColumns('v');
    const values = config.attentionBias ? op.binary('Sub', `${place}/v_unbiased`, v, graph.input(`vBias.${l}`, DataType.float, [nKvHeads, dHead])) : v;
    const moved = op.binary('Mul', `${place}/moved`, pattern, headProducts(op, `${place}/along`, config, ofRows('z'), values));
    const sum = op.binary('MatMul', `${place}/sum`, ones, op.reshape(`${place}/moved_heads`, moved, [nHeads, -1]));
    total = total === null ? sum : op.binary('Add', `${place}/total`, total, sum);
  }
  const blockShape = graph.node('Concat', '/block_shape', [graph.node('Shape', '/rows', [rowPos]), graph.node('Shape', '/columns', [colPos])], { attributes: { axis: 0 } });
  graph.node('Reshape', 'contributions', [total!, blockShape]);
  graph.output('contributions', DataType.float, ['B', 'C']);
  return graph.finish();
}
