import type { ConvolutionMixer, DecayRate, DeltaMixer, MambaMixer } from '../../../checkpoint/config/modelConfig';
import { carriedInput, giveColumns, linear, weightName, type LayerContext } from './layerContext';

/** `LinearAttention` of ONNX Runtime: S_t = alpha_t S_{t-1} + k_t w_t^T with w_t = v_t, or what the delta rule writes; o_t = S_t^T q_t. */
interface Recurrence {
  readonly rule: 'gated_delta' | 'gated';
  readonly nHeads: number;
  readonly nKeyHeads: number;
  readonly dKey: number;
  readonly dHead: number;
  readonly q: string; // [T, nKeyHeads * dKey]
  readonly k: string;
  readonly v: string; // [T, nHeads * dHead]
  readonly logDecay: string; // [T, nHeads]
  readonly written: string | null; // [T, nHeads]
}

/**
 * Gated delta rule (Qwen3-Next, Qwen3.5): y = out_proj(weight * o / rms(o) * silu(z)), o from a state that decays and forgets what it held under a key before it
 * is written anew.
 */
export function deltaLayer(context: LayerContext, mixer: DeltaMixer, normed: string): string {
  const { op, place, layer, tap } = context;
  const { graph } = op;
  const { nHeads, nKeyHeads, dKey, dHead, kernel, grouped, decayRate } = mixer;
  const at = (name: string) => `${place}/delta/${name}`;
  const [keys, values, perKey] = [nKeyHeads * dKey, nHeads * dHead, nHeads / nKeyHeads];
  const flat = (name: string, x: string, width: number) => op.reshape(at(name), x, [-1, width]);

  const project = (name: string) => linear(context, `delta/${name}`, normed, `linear_attn.${name}`, false);
  const mixedAndZ = (): readonly [mixed: string, z: string] => {
    if (!grouped.qkvz) return [project('in_proj_qkv'), project('in_proj_z')];
    const groups = op.reshape(at('qkvz_groups'), project('in_proj_qkvz'), [-1, nKeyHeads, 2 * dKey + 2 * perKey * dHead]);
    const [q, k, v, z] = op.split(at('qkvz'), groups, [dKey, dKey, perKey * dHead, perKey * dHead]);
    return [graph.node('Concat', at('qkv'), [flat('q_raw', q, keys), flat('k_raw', k, keys), flat('v_raw', v, values)], { attributes: { axis: 1 } }), flat('z', z, values)];
  };
  const betaAndStep = (): readonly [b: string, a: string] => {
    if (!grouped.ba) return [project('in_proj_b'), project('in_proj_a')];
    const [b, a] = op.split(at('ba'), op.reshape(at('ba_groups'), project('in_proj_ba'), [-1, nKeyHeads, 2 * perKey]), [perKey, perKey]);
    return [flat('b', b, nHeads), flat('a', a, nHeads)];
  };
  const [mixed, z] = mixedAndZ();
  const [b, a] = betaAndStep();
  const convolved = silu(context, at('convolved_silu'), convolution(context, at('convolution'), mixed, 'linear_attn.conv1d', kernel, 2 * keys + values, false));
  const [q, k, v] = op.split(at('convolved'), convolved, [keys, keys, values]);
  const unit = (name: string, x: string, factor: number) => {
    const heads = op.reshape(at(`${name}_heads`), x, [-1, nKeyHeads, dKey]);
    const squares = graph.node('ReduceSum', at(`${name}_squares`), [op.binary('Mul', at(`${name}_square`), heads, heads), graph.int64([2])], { attributes: { keepdims: 1 } });
    const length = graph.node('Sqrt', at(`${name}_length`), [op.binary('Add', at(`${name}_stable`), squares, graph.float(1e-6))]);
    return flat(`${name}_unit`, op.scaled(at(`${name}_scaled`), op.binary('Div', at(`${name}_over_length`), heads, length), factor), keys);
  };
  const queries = unit('q', q, dKey ** -0.5);
  const softplus = graph.node('Softplus', at('softplus'), [op.binary('Add', at('a_biased'), a, op.weight(weightName(context, 'linear_attn.dt_bias')))]);
  const decay = op.binary('Mul', at('decay'), softplus, decayRates(context, at('rate'), 'linear_attn', decayRate));
  const core = recurrence(context, at('core'), {
    rule: 'gated_delta', nHeads, nKeyHeads, dKey, dHead, q: queries,
    k: giveColumns(context, 'k', unit('k', k, 1), [keys]),
    v: giveColumns(context, 'v', v, [values]),
    logDecay: giveColumns(context, 'logDecay', decay, [nHeads]),
    written: giveColumns(context, 'written', op.sigmoid(at('beta'), b), [nHeads]),
  });
  const heads = op.reshape(at('core_heads'), core, [-1, nHeads, dHead]);
  // The weight of this norm is what is stored, in families that add 1 to others, too.
  const norm = op.weight(weightName(context, 'linear_attn.norm.weight'));
  op.rmsNorm(at('core_norm'), heads, norm, at('core_scale')); // scale: [T, nHeads, 1]
  const open = op.reshape(at('z_silu_heads'), silu(context, at('z_silu'), z), [-1, nHeads, dHead]);
  const weighted = op.binary('Mul', at('gate_weight'), op.binary('Mul', at('gate_scale'), open, at('core_scale')), norm);
  const gate = flat('gate', weighted, values);
  tap(`q.${layer}`, queries, keys);
  tap(`gate.${layer}`, gate, values);
  return linear(context, 'delta/out_proj', op.binary('Mul', at('gated'), core, gate), 'linear_attn.out_proj', false);
}

/** Mamba-2 (Granite 4): y = out_proj(weight * (o silu(z)) / rms over the group), o = S^T C + D x. */
export function mambaLayer(context: LayerContext, mixer: MambaMixer, normed: string): string {
  const { op, place, layer, tap } = context;
  const { graph } = op;
  const { nHeads, nGroups, dState, dHead, kernel, hasConvolutionBias, hasProjectionBias, stepLimits: [low, high], decayRate } = mixer;
  const at = (name: string) => `${place}/mamba/${name}`;
  const [keys, values] = [nGroups * dState, nHeads * dHead];
  const weight = (name: string) => op.weight(weightName(context, `mamba.${name}`));

  const [z, mixed, step] = op.split(at('parts'), linear(context, 'mamba/in_proj', normed, 'mamba.in_proj', hasProjectionBias), [values, values + 2 * keys, nHeads]);
  const convolved = silu(context, at('convolved_silu'), convolution(context, at('convolution'), mixed, 'mamba.conv1d', kernel, values + 2 * keys, hasConvolutionBias));
  const [v, k, q] = op.split(at('convolved'), convolved, [values, keys, keys]);
  const softplus = graph.node('Softplus', at('softplus'), [op.binary('Add', at('step_biased'), step, weight('dt_bias'))]);
  const kept = low > 0 || high < Infinity ? graph.node('Clip', at('step_within'), [softplus, graph.float(low), graph.float(Math.min(high, 3e38))]) : softplus;
  const written = giveColumns(context, 'written', kept, [nHeads]);
  const columns = giveColumns(context, 'v', v, [values]);
  const byHead = (name: string, x: string) => op.reshape(at(name), x, [-1, nHeads, dHead]);
  const perHead = (name: string, x: string) => op.reshape(at(name), x, [-1, nHeads, 1]);
  const writtenValues = op.reshape(at('written_values'), op.binary('Mul', at('values_times_step'), byHead('v_heads', columns), perHead('step_heads', written)), [-1, values]);
  const rate = decayRates(context, at('rate'), 'mamba', decayRate);
  const core = recurrence(context, at('core'), {
    rule: 'gated', nHeads, nKeyHeads: nGroups, dKey: dState, dHead, q,
    k: giveColumns(context, 'k', k, [keys]),
    v: writtenValues,
    logDecay: giveColumns(context, 'logDecay', op.binary('Mul', at('decay'), written, rate), [nHeads]),
    written: null,
  });
  const skip = op.reshape(at('skip'), op.binary('Mul', at('skip_heads'), byHead('v_skip', columns), op.reshape(at('d'), weight('D'), [nHeads, 1])), [-1, values]);
  const out = op.binary('Add', at('core_and_skip'), core, skip);
  const open = silu(context, at('z_silu'), z);
  const groups = op.reshape(at('open_groups'), op.binary('Mul', at('open'), out, open), [-1, nGroups, values / nGroups]);
  op.rmsNorm(at('group_norm'), groups, op.constants(at('ones'), [values / nGroups], new Float32Array(values / nGroups).fill(1)), at('group_scale')); // scale: [T, nGroups, 1]
  const scaled = op.binary('Mul', at('gate_scale'), op.reshape(at('z_groups'), open, [-1, nGroups, values / nGroups]), at('group_scale'));
  const gate = op.binary('Mul', at('gate'), op.reshape(at('gate_flat'), scaled, [-1, values]), weight('norm.weight'));
  tap(`q.${layer}`, q, keys);
  tap(`gate.${layer}`, gate, values);
  return linear(context, 'mamba/out_proj', op.binary('Mul', at('gated'), out, gate), 'mamba.out_proj', hasProjectionBias);
}

/** Gated short convolution (LFM2): out_proj(C * convolution(B * x)). */
export function convolutionLayer(context: LayerContext, { dHead, kernel, hasBias }: ConvolutionMixer, normed: string): string {
  const { op, place, layer, tap } = context;
  const at = (name: string) => `${place}/conv/${name}`;
  const [b, c, x] = op.split(at('parts'), linear(context, 'conv/in_proj', normed, 'conv.in_proj', hasBias), [dHead, dHead, dHead]);
  const v = giveColumns(context, 'v', op.binary('Mul', at('v'), b, x), [dHead]);
  const mixed = convolution(context, at('convolution'), v, 'conv.conv', kernel, dHead, hasBias);
  tap(`gate.${layer}`, c, dHead);
  return linear(context, 'conv/out_proj', op.binary('Mul', at('gated'), mixed, c), 'conv.out_proj', hasBias);
}

/** [nHeads], below 0 */
function decayRates(context: LayerContext, place: string, mixer: string, name: DecayRate): string {
  const { op, op: { graph } } = context;
  const weight = op.weight(weightName(context, `${mixer}.${name}`));
  return name === 'A' ? weight : graph.node('Neg', place, [graph.node('Exp', `${place}/exp`, [weight])]);
}

function silu({ op }: LayerContext, place: string, x: string): string {
  return op.binary('Mul', place, x, op.sigmoid(`${place}/sigmoid`, x));
}

/**
 * Causal convolution, a kernel for each channel, whose last number meets the row itself.
 * @param x [T, channels]
 */
function convolution(context: LayerContext, place: string, x: string, name: string, kernel: number, channels: number, hasBias: boolean): string {
  const { op, layer } = context;
  const { graph } = op;
  const { input, output } = carriedInput(graph, layer, 'inputs', [kernel - 1, channels]);
  const all = graph.node('Concat', `${place}/all`, [input, x], { attributes: { axis: 0 } });
  op.slice(output, all, 0, -(kernel - 1), Number.MAX_SAFE_INTEGER);
  const lead = graph.node('Transpose', `${place}/channels`, [all], { attributes: { perm: [1, 0] } });
  const weights = [op.weight(`${weightName(context, name)}.weight`), ...(hasBias ? [op.weight(`${weightName(context, name)}.bias`)] : [])];
  const convolved = graph.node('Conv', `${place}/conv`, [graph.node('Unsqueeze', `${place}/batch`, [lead, graph.int64([0])]), ...weights], { attributes: { group: channels, kernel_shape: [kernel] } });
  return graph.node('Transpose', place, [op.reshape(`${place}/rows`, convolved, [channels, -1])], { attributes: { perm: [1, 0] } });
}

/** @returns [T, nHeads * dHead] */
function recurrence(context: LayerContext, place: string, { rule, nHeads, nKeyHeads, dKey, dHead, q, k, v, logDecay, written }: Recurrence): string {
  const { op, layer } = context;
  const { graph } = op;
  const { input, output } = carriedInput(graph, layer, 'state', [1, nHeads, dKey, dHead]);
  const batch = (name: string, x: string) => graph.node('Unsqueeze', `${place}/${name}`, [x, graph.int64([0])]);
  const rows = `${place}/rows`;
  graph.node('LinearAttention', `${place}/linear`, [batch('q', q), batch('k', k), batch('v', v), input, batch('decay', logDecay), ...(written === null ? [] : [batch('written', written)])], {
    domain: 'com.microsoft',
    attributes: { update_rule: rule, q_num_heads: nKeyHeads, kv_num_heads: nHeads, scale: { float: 1 } },
    outputs: [rows, output],
  });
  return op.reshape(place, rows, [-1, nHeads * dHead]);
}
