import type { ModelConfig } from '../../checkpoint/config/modelConfig';
import { attentionBiases } from './attentionOperators';
import { DataType, GraphBuilder } from './graphBuilder';
import type { GraphWeights } from './initializers';
import { Operators } from './operators';

/**
 * The decoder as one ONNX graph for any number of new rows `T` on top of a KV cache with room for `C` positions.
 *
 * Inputs
 *   embeddings [T, D]                 of the new tokens: rows that are read from the file, so that no table stays in memory for them
 *   rowPos [T], colPos [C]            positions; an unused cache slot has a position beyond every row
 *   cos, sin [T, dHead / 2]           rotary angles of the new rows
 *   tapStart [1] int64                taps begin at this new row (T: none)
 *   pastK.l, pastV.l [C, G, dHead]    the cache, in arrays that the caller owns; position by position, so that a prefix of it
 *                                     is a view of its array (the products read it in place: ONNX Runtime folds the Transpose)
 * Outputs
 *   k.l, v.l [T, G, dHead]            new cache rows only: ONNX Runtime copies every output
 *   q.l [T', H * dHead]               after RoPE and QK-norm
 *   xIn.l, xMid.l [T', D]             residual stream before attention / before the MLP
 *   xFinal [T', D]                    residual stream after the last layer, before the final norm
 *
 *   embeddings -> | norm -> attention -> + -> norm -> MLP -> + | x nLayers -> xFinal
 *               xIn                    xMid
 */
export function decoderGraph(config: ModelConfig, { initializers, activations }: GraphWeights): Uint8Array {
  const { dModel, dHead, nHeads, nKvHeads, nLayers } = config;
  const graph = new GraphBuilder('decoder');
  const op = new Operators(graph, initializers, config.rmsNormEps, activations);
  const embeddings = graph.input('embeddings', DataType.float, ['T', dModel]);
  const rowPos = graph.input('rowPos', DataType.float, ['T']);
  const pastPos = graph.input('colPos', DataType.float, ['C']);
  const cos = graph.input('cos', DataType.float, ['T', dHead / 2]);
  const sin = graph.input('sin', DataType.float, ['T', dHead / 2]);
  const tapStart = graph.input('tapStart', DataType.int64, [1]);

  const tap = (name: string, x: string, width: number): void => {
    graph.node('Slice', name, [x, tapStart, graph.int64([Number.MAX_SAFE_INTEGER]), graph.int64([0])]);
    graph.output(name, DataType.float, ['taps', width]);
  };

  const colPos = graph.node('Concat', '/colPos', [pastPos, rowPos], { attributes: { axis: 0 } });
  const biasFor = attentionBiases(op, rowPos, colPos);
  const rowCount = graph.node('Squeeze', '/row_count', [graph.node('Shape', '/row_shape', [rowPos])]);
  const joined = graph.node('GreaterOrEqual', '/joined', [rowCount, op.reshape('/join_from', graph.int64([JOIN_FROM_ROWS]), [])]);

  let xIn = embeddings;
  let normed = op.rmsNorm('/layers.0/input_norm', xIn, 'model.layers.0.input_layernorm.weight');
  for (let l = 0; l < nLayers; l++) {
    const place = `/layers.${l}`;
    const name = (suffix: string) => `model.layers.${l}.${suffix}`;
    const pastK = graph.input(`pastK.${l}`, DataType.float, ['C', nKvHeads, dHead]);
    const pastV = graph.input(`pastV.${l}`, DataType.float, ['C', nKvHeads, dHead]);

    const project = (x: 'q' | 'k' | 'v'): string =>
      op.linear(`${place}/attn/${x}_proj`, normed, name(`self_attn.${x}_proj.weight`), config.attentionBias ? name(`self_attn.${x}_proj.bias`) : undefined);
    const placed = (x: 'q' | 'k'): string => {
      let heads = project(x);
      if (config.qkNorm) {
        heads = op.reshape(`${place}/attn/${x}_unnormed`, heads, [-1, dHead]);
        heads = op.rmsNorm(`${place}/attn/${x}_norm`, heads, name(`self_attn.${x}_norm.weight`));
      }
      if (!config.ropeLayers[l]) return heads;
      heads = op.reshape(`${place}/attn/${x}_rows`, heads, [1, -1, (x === 'q' ? nHeads : nKvHeads) * dHead]);
      return graph.node('RotaryEmbedding', `${place}/attn/${x}_rope`, [heads, graph.int64([0]), cos, sin], { domain: 'com.microsoft', attributes: { interleaved: config.ropeInterleaved ? 1 : 0 } });
    };
    const q = op.reshape(`${place}/attn/q_flat`, placed('q'), [-1, nHeads * dHead]);
    const cacheRow = (x: string, value: string): string => {
      op.reshape(`${x}.${l}`, value, [-1, nKvHeads, dHead]);
      graph.output(`${x}.${l}`, DataType.float, ['T', nKvHeads, dHead]);
      return `${x}.${l}`;
    };
    const newK = cacheRow('k', placed('k'));
    const newV = cacheRow('v', project('v'));
    const context = attention(op, `${place}/attn`, config, { q, pastK, pastV, newK, newV, bias: biasFor(config.windows[l]), joined });

    const attnOut = op.linear(`${place}/attn/o_proj`, context, name('self_attn.o_proj.weight'));
    const mid = op.addNorm(`${place}/post_attention_norm`, attnOut, xIn, name('post_attention_layernorm.weight'));
    const mlpOut = mlp(op, `${place}/mlp`, mid.normed, name);
    tap(`q.${l}`, q, nHeads * dHead);
    tap(`xIn.${l}`, xIn, dModel);
    tap(`xMid.${l}`, mid.sum, dModel);

    if (l + 1 < nLayers) {
      const next = op.addNorm(`/layers.${l + 1}/input_norm`, mlpOut, mid.sum, `model.layers.${l + 1}.input_layernorm.weight`);
      xIn = next.sum;
      normed = next.normed;
    } else {
      tap('xFinal', op.binary('Add', '/final/sum', mlpOut, mid.sum), dModel);
    }
  }
  return graph.finish();
}

interface AttentionInputs {
  readonly q: string; // [T, H * dHead]
  readonly pastK: string; // [C, G, dHead]
  readonly pastV: string;
  readonly newK: string; // [T, G, dHead]
  readonly newV: string;
  readonly bias: string; // [T, C + T]
  readonly joined: string; // whether the cache is joined first
}

/** New rows from which a copy of the cache is cheaper than copies of the scores over it. */
const JOIN_FROM_ROWS = 16;

/**
 * Grouped-query attention, written out, in two ways that give the same.
 *
 * A few rows (decoding): the cache is joined with the new rows after the score product, so that it is never copied; two to three times
 * faster here than concatenating K and V or than GroupQueryAttention.
 *
 *   q/sqrt(d) . pastK^T --\                                   /-- . pastV --\
 *                          concat -> + bias -> softmax -> split              + -> [G, group * T, dHead]
 *   q/sqrt(d) . newK^T  --/                                   \-- . newV  --/
 *
 * Many rows (a prompt): scores are larger than the cache, so the cache is joined first.
 *
 *   q/sqrt(d) . (pastK, newK)^T -> + bias -> softmax -> . (pastV, newV)
 */
function attention(op: Operators, place: string, config: ModelConfig, x: AttentionInputs): string {
  const { dHead, nHeads, nKvHeads } = config;
  const group = nHeads / nKvHeads;
  const { graph } = op;
  const scaled = op.binary('Mul', `${place}/q_scaled`, x.q, graph.float(1 / Math.sqrt(dHead)));
  const split = op.transpose(`${place}/q_heads`, op.reshape(`${place}/q_split`, scaled, [-1, nKvHeads, group, dHead]), [1, 2, 0, 3]);
  const q = op.reshape(`${place}/q_groups`, split, [nKvHeads, -1, dHead]); // [G, group * T, dHead]

  const product = (name: string, k: string) => op.binary('MatMul', name, q, op.transpose(`${name}_k`, k, [1, 2, 0]));
  const context = (name: string, pattern: string, v: string) => op.binary('MatMul', name, pattern, op.transpose(`${name}_v`, v, [1, 0, 2]));
  /** softmax of scores [G, group * T, columns], masked */
  const softmax = (name: string, score: string, columns: string): string => {
    const rows = graph.node('Shape', `${name}/rows`, [x.newK], { attributes: { start: 0, end: 1 } });
    const perHead = graph.node('Reshape', `${name}/score_heads`, [
      score,
      graph.node('Concat', `${name}/score_shape`, [graph.int64([nHeads]), rows, columns], { attributes: { axis: 0 } }),
    ]);
    const pattern = graph.node('Softmax', `${name}/pattern`, [op.binary('Add', `${name}/masked`, perHead, x.bias)], { attributes: { axis: -1 } });
    return graph.node('Reshape', `${name}/pattern_groups`, [
      pattern,
      graph.node('Concat', `${name}/pattern_shape`, [graph.int64([nKvHeads, -1]), columns], { attributes: { axis: 0 } }),
    ]);
  };
  const columnsOf = (name: string, score: string) => graph.node('Shape', `${name}/columns`, [score], { attributes: { start: 2 } });

  const many = (): string => {
    const name = `${place}/many`;
    const join = (suffix: string, past: string, rows: string) => graph.node('Concat', `${name}/${suffix}`, [past, rows], { attributes: { axis: 0 } });
    const score = product(`${name}/score`, join('k', x.pastK, x.newK));
    return context(`${name}/context`, softmax(name, score, columnsOf(name, score)), join('v', x.pastV, x.newV));
  };
  const few = (): string => {
    const name = `${place}/few`;
    const score = graph.node('Concat', `${name}/score`, [product(`${name}/score_past`, x.pastK), product(`${name}/score_new`, x.newK)], { attributes: { axis: 2 } });
    const columns = columnsOf(name, score);
    const pattern = softmax(name, score, columns);
    const past = graph.node('Shape', `${name}/past`, [x.pastK], { attributes: { start: 0, end: 1 } });
    const part = (suffix: string, start: string, end: string) => graph.node('Slice', `${name}/pattern_${suffix}`, [pattern, start, end, graph.int64([2])]);
    return op.binary('Add', `${name}/context`, context(`${name}/context_past`, part('past', graph.int64([0]), past), x.pastV), context(`${name}/context_new`, part('new', past, columns), x.newV));
  };
  const merged = graph.either(`${place}/context`, x.joined, many, few);
  const heads = op.transpose(`${place}/context_rows`, op.reshape(`${place}/context_split`, merged, [nKvHeads, group, -1, dHead]), [2, 0, 1, 3]);
  return op.reshape(`${place}/context_flat`, heads, [-1, nHeads * dHead]);
}

/** SwiGLU: down(silu(gate(x)) * up(x)). */
function mlp(op: Operators, place: string, x: string, name: (suffix: string) => string): string {
  const gate = op.linear(`${place}/gate_proj`, x, name('mlp.gate_proj.weight'));
  const up = op.linear(`${place}/up_proj`, x, name('mlp.up_proj.weight'));
  const silu = op.binary('Mul', `${place}/silu`, gate, op.graph.node('Sigmoid', `${place}/sigmoid`, [gate]));
  return op.linear(`${place}/down_proj`, op.binary('Mul', `${place}/gated`, silu, up), name('mlp.down_proj.weight'));
}
