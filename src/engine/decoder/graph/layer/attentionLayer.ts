import type { AttentionMixer } from '../../../checkpoint/config/modelConfig';
import { patternOf } from '../builder/attentionOperators';
import { DataType } from '../builder/graphBuilder';
import type { Operators } from '../builder/operators';
import { giveColumns, linear, weightName, type LayerContext } from './layerContext';

/**
 * Grouped-query attention with what a family has of: norms of q and k, partial or no RoPE, soft caps, sinks, a gate of the context, values that are keys, keys and
 * values of an earlier layer.
 * @param normed [T, D]
 * @returns the output projection's, [T, D]
 */
export function attentionLayer(context: LayerContext, mixer: AttentionMixer, normed: string): string {
  const { op, config, place, layer, tap } = context;
  const { graph } = op;
  const { names, nHeads, nKvHeads, dHead, hasBias, clip, isGated, hasSinks, valueNorm, valuesAreKeys, sharedWith } = mixer;
  const at = (name: string) => `${place}/attn/${name}`;

  const project = (x: 'q' | 'k' | 'v'): string => linear(context, `attn/${x}_proj`, normed, names[x], hasBias.qkv);
  const clipped = (x: 'q' | 'k' | 'v', of: string): string => (clip === null ? of : graph.node('Clip', at(`${x}_clipped`), [of, graph.float(-clip), graph.float(clip)]));
  const queryAndGate = (): { readonly q: string; readonly gate: string | null } => {
    if (!isGated) return { q: project('q'), gate: null };
    const [q, gate] = op.split(at('q_and_gate'), op.reshape(at('q_pairs'), project('q'), [-1, nHeads, 2 * dHead]), [dHead, dHead]);
    return { q: op.reshape(at('q_alone'), q, [-1, nHeads * dHead]), gate: op.sigmoid(at('gate'), op.reshape(at('gate_flat'), gate, [-1, nHeads * dHead])) };
  };
  const { q: queries, gate } = queryAndGate();
  const q = op.reshape(at('q_flat'), placed(context, mixer, 'q', queries), [-1, nHeads * dHead]);

  let newK = `k.${sharedWith ?? layer}`;
  let newV = `v.${sharedWith ?? layer}`;
  if (sharedWith === null) {
    const keys = project('k');
    newK = giveColumns(context, 'k', placed(context, mixer, 'k', keys), [nKvHeads, dHead]);
    const values = clipped('v', valuesAreKeys ? keys : project('v'));
    const ones = () => op.constants(at('ones'), [dHead], new Float32Array(dHead).fill(1));
    newV = giveColumns(context, 'v', valueNorm ? op.rmsNorm(at('v_norm'), op.reshape(at('v_heads'), values, [-1, dHead]), ones()) : values, [nKvHeads, dHead]);
  }
  const seen = mixer.window === null ? 'C' : `C.${mixer.window}`;
  const past = (name: string) => (sharedWith === null ? graph.input(`past_${name}.${layer}`, DataType.float, [seen, nKvHeads, dHead]) : `past_${name}.${sharedWith}`);
  const mixed = attention(op, `${place}/attn`, mixer, {
    q, pastK: past('k'), pastV: past('v'), newK, newV,
    bias: context.biasFor(mixer.window), isJoined: context.isJoined, sinks: hasSinks ? op.weight(weightName(context, 'self_attn.sinks')) : null,
  });

  tap(`q.${layer}`, q, nHeads * dHead);
  if (gate !== null) tap(`gate.${layer}`, gate, nHeads * dHead);
  return linear(context, 'attn/o_proj', gate === null ? mixed : op.binary('Mul', at('gated'), mixed, gate), names.o, hasBias.o);

  /** q or k after norm and RoPE, in any shape of the same rows. */
  function placed({ angles }: LayerContext, { qkNorm, rope }: AttentionMixer, x: 'q' | 'k', rows: string): string {
    const heads = x === 'q' ? nHeads : nKvHeads;
    const norm = (of: string) => {
      const shaped = op.reshape(at(`${x}_unnormed`), of, [-1, qkNorm!.over === 'head' ? dHead : heads * dHead]);
      return op.rmsNorm(at(`${x}_norm`), shaped, op.normWeight(weightName(context, qkNorm![x])));
    };
    let out = clipped(x, qkNorm && !qkNorm.isAfterRope ? norm(rows) : rows);
    if (rope !== null) {
      const { nRotary } = config.ropes[rope];
      const { cos, sin, queryScale } = angles[rope];
      out = graph.node('RotaryEmbedding', at(`${x}_rope`), [op.reshape(at(`${x}_rows`), out, [1, -1, heads * dHead]), graph.int64([0]), cos, sin], {
        domain: 'com.microsoft',
        attributes: { interleaved: config.ropeInterleaved ? 1 : 0, ...(nRotary < dHead && { rotary_embedding_dim: nRotary, num_heads: heads }) },
      });
      if (x === 'q' && queryScale !== null) out = op.binary('Mul', at('q_by_position'), op.reshape(at('q_turned'), out, [-1, heads * dHead]), queryScale);
    }
    return qkNorm?.isAfterRope ? norm(out) : out;
  }
}

interface AttentionInputs {
  readonly q: string; // [T, H * dHead]
  readonly pastK: string; // [C, G, dHead]
  readonly pastV: string;
  readonly newK: string; // [T, G, dHead]
  readonly newV: string;
  readonly bias: string; // [T, C + T]
  readonly isJoined: string; // whether the cache is joined first
  readonly sinks: string | null; // [H]
}

/** New rows from which a copy of the cache is cheaper than copies of the scores over it. */
export const JOIN_FROM_ROWS = 16;

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
function attention(op: Operators, place: string, mixer: AttentionMixer, x: AttentionInputs): string {
  const { dHead, nHeads, nKvHeads, scoreScale } = mixer;
  const group = nHeads / nKvHeads;
  const { graph } = op;
  const scaled = op.scaled(`${place}/q_scaled`, x.q, scoreScale);
  const split = op.transpose(`${place}/q_heads`, op.reshape(`${place}/q_split`, scaled, [-1, nKvHeads, group, dHead]), [1, 2, 0, 3]);
  const q = op.reshape(`${place}/q_groups`, split, [nKvHeads, -1, dHead]); // [G, group * T, dHead]

  const product = (name: string, k: string) => op.binary('MatMul', name, q, op.transpose(`${name}_k`, k, [1, 2, 0]));
  const context = (name: string, pattern: string, v: string) => op.binary('MatMul', name, pattern, op.transpose(`${name}_v`, v, [1, 0, 2]));
  /** softmax of scores [G, group * T, columns], masked */
  const softmax = (name: string, score: string, columns: string): string => {
    const rows = graph.node('Shape', `${name}/rows`, [x.q], { attributes: { start: 0, end: 1 } });
    const perHead = graph.node('Reshape', `${name}/score_heads`, [
      score,
      graph.node('Concat', `${name}/score_shape`, [graph.int64([nHeads]), rows, columns], { attributes: { axis: 0 } }),
    ]);
    return graph.node('Reshape', `${name}/pattern_groups`, [
      patternOf(op, `${name}/pattern`, mixer, perHead, x.bias, x.sinks),
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
  const merged = graph.either(`${place}/context`, x.isJoined, many, few);
  const heads = op.transpose(`${place}/context_rows`, op.reshape(`${place}/context_split`, merged, [nKvHeads, group, -1, dHead]), [2, 0, 1, 3]);
  return op.reshape(`${place}/context_flat`, heads, [-1, nHeads * dHead]);
}
