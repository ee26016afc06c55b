import { hasValueBias, type AttentionMixer, type ModelConfig } from '../../checkpoint/config/modelConfig';
import { keysLayer } from '../../state/layerLayout';
import { attentionBias, attentionPattern, headProducts, withoutWeights } from './builder/attentionOperators';
import { DataType, GraphBuilder } from './builder/graphBuilder';
import type { Operators } from './builder/operators';

/**
 * What attention moves from every column along a row's direction, for a block of `B` rows: the sum over layers and heads of
 * a[h, i, j] <v[j, h], z[i, h]>. Like the attention itself it is one product of queries and keys and one of directions and
 * values; nothing of size dHead x D for a pair. All layers in one run: they share the masks, and the sum never leaves it. Short convolutions, whose rows
 * see a handful of columns, are not in it.
 *
 * Inputs: rowPos [B], colPos [C], and colPos.W [C'] of what layers with a window W see; of each layer z.l [B, H * dHead], v.l [C, G, dHead], and
 * - of softmax attention q.l [B, H * dHead], k.l [C, G, dHead], with a value bias vBias.l [G, dHead], with sinks sinks.l [H]
 * - of recurrent layers pattern.l [H, B, C]
 * Output: contributions [B, C].
 */
export function contributionGraph(config: ModelConfig): Uint8Array {
  const graph = new GraphBuilder('contributions');
  const op = withoutWeights(graph);
  const rowPos = graph.input('rowPos', DataType.float, ['B']);
  const colPos = graph.input('colPos', DataType.float, ['C']);
  const masks = new Map<number | null, { readonly colPos: string; readonly bias: string }>();
  const maskFor = (window: number | null) => {
    const known = masks.get(window);
    if (known) return known;
    const columns = window === null ? colPos : graph.input(`colPos.${window}`, DataType.float, [`C.${window}`]);
    const mask = { colPos: columns, bias: attentionBias(op, window === null ? '/mask' : `/mask.${window}`, rowPos, columns, window === null ? null : graph.float(window)) };
    masks.set(window, mask);
    return mask;
  };

  /** By window, sums over layers and heads, [1, B * C]. */
  const totals = new Map<number | null, string>();
  config.layers.forEach(({ mixer }, l) => {
    if (mixer.kind === 'convolution') return;
    const place = `/layers.${l}`;
    const { nHeads, dHead } = mixer;
    const window = mixer.kind === 'attention' ? mixer.window : null;
    const columns = window === null ? 'C' : `C.${window}`;
    const nKvHeads = mixer.kind === 'attention' ? mixer.nKvHeads : nHeads;
    const pattern = mixer.kind === 'attention' ? rowsOf(op, mixer, l, columns, maskFor(window).bias) : graph.input(`pattern.${l}`, DataType.float, [nHeads, 'B', 'C']);
    const v = graph.input(`v.${l}`, DataType.float, [columns, nKvHeads, dHead]);
    const values = hasValueBias(config.layers[keysLayer(config, l)].mixer) ? op.binary('Sub', `${place}/v_unbiased`, v, graph.input(`vBias.${l}`, DataType.float, [nKvHeads, dHead])) : v;
    const along = headProducts(op, `${place}/along`, { nHeads, nKvHeads, dHead }, graph.input(`z.${l}`, DataType.float, ['B', nHeads * dHead]), values);
    const moved = op.binary('Mul', `${place}/moved`, pattern, along);
    // A product with ones: a sum over the first axis walks memory the wrong way.
    const sum = op.binary('MatMul', `${place}/sum`, onesOf(op, nHeads), op.reshape(`${place}/moved_heads`, moved, [nHeads, -1]));
    const total = totals.get(window);
    totals.set(window, total === undefined ? sum : op.binary('Add', `${place}/total`, total, sum));
  });

  const columnCount = graph.node('Shape', '/columns', [colPos]);
  const shapeOf = (place: string, count: string) => graph.node('Concat', place, [graph.node('Shape', `${place}/rows`, [rowPos]), count], { attributes: { axis: 0 } });
  const whole = [...totals].map(([window, total]) => {
    if (window === null) return graph.node('Reshape', '/total', [total, shapeOf('/block_shape', columnCount)]);
    // What a window leaves out lies before what it sees.
    const place = `/total.${window}`;
    const count = graph.node('Shape', `${place}/columns`, [masks.get(window)!.colPos]);
    const zero = graph.int64([0]);
    const pads = graph.node('Concat', `${place}/pads`, [zero, op.binary('Sub', `${place}/before`, columnCount, count), zero, zero], { attributes: { axis: 0 } });
    return graph.node('Pad', `${place}/padded`, [graph.node('Reshape', place, [total, shapeOf(`${place}/shape`, count)]), pads]);
  });
  const [first, ...others] = whole;
  graph.node('Identity', 'contributions', [others.reduce((sum, other, i) => op.binary('Add', `/sum.${i}`, sum, other), first)]);
  graph.output('contributions', DataType.float, ['B', 'C']);
  return graph.finish();
}

function rowsOf(op: Operators, mixer: AttentionMixer, l: number, columns: string, bias: string): string {
  const { nHeads, nKvHeads, dHead, hasSinks } = mixer;
  const { graph } = op;
  const q = graph.input(`q.${l}`, DataType.float, ['B', nHeads * dHead]);
  const k = graph.input(`k.${l}`, DataType.float, [columns, nKvHeads, dHead]);
  return attentionPattern(op, `/layers.${l}/pattern`, mixer, q, k, bias, hasSinks ? graph.input(`sinks.${l}`, DataType.float, [nHeads]) : null);
}

/** [1, n] */
function onesOf({ graph }: Operators, n: number): string {
  return graph.once(`/ones.${n}`, (name) => graph.inline(name, DataType.float, [1, n], new Uint8Array(new Float32Array(n).fill(1).buffer)));
}
