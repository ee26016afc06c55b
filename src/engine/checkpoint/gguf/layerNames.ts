import { expertName, type ExpertsConfig, type LayerConfig, type MlpConfig, type Mixer } from '../config/modelConfig';
import type { SplitRule } from '../weights/splitTensors';
import type { GgufArchitecture } from './architectures/architecture';

/** What llama.cpp calls a layer's parts, without `blk.N.`, and what transformers does, without `model.layers.N.`. Source: gguf-py/gguf/tensor_mapping.py */
export interface LayerNames {
  /** Of weights with `.weight`, and biases with `.bias`, behind both names. */
  readonly parts: ReadonlyMap<string, string>;
  /** Whole names. */
  readonly whole: ReadonlyMap<string, string>;
  /** Tensors that hold several weights keep their own names until they are taken apart. */
  readonly split: readonly SplitRule[];
}

/** Tensors of no layer. */
export function modelNames(finalNorm: string, { finalNorm: own = 'output_norm' }: GgufArchitecture): ReadonlyMap<string, string> {
  return new Map([
    ['token_embd', 'model.embed_tokens'], [own, finalNorm], ['output', 'lm_head'],
    ['per_layer_token_embd', 'model.embed_tokens_per_layer'], ['per_layer_model_proj', 'model.per_layer_model_projection'], ['per_layer_proj_norm', 'model.per_layer_projection_norm'],
  ]);
}

/** @param hasGate whether the layer has its gate as a tensor of its own */
export function layerNames({ norms, mixer, mlp, hasScalar }: LayerConfig, { normBeforeMlp = 'ffn_norm' }: GgufArchitecture, hasGate: boolean): LayerNames {
  const names = mixerNames(mixer);
  const parts: [string, string | null][] = [
    ['attn_norm', norms.mixerIn], ['post_attention_norm', norms.mixerOut], [normBeforeMlp, norms.mlpIn], ['post_ffw_norm', norms.mlpOut],
    ['inp_gate', 'per_layer_input_gate'], ['proj', 'per_layer_projection'], ['post_norm', 'post_per_layer_input_norm'],
    ...names.parts, ...mlpNames(mlp, hasGate),
  ];
  const whole: [string, string][] = [...names.whole, ...(hasScalar ? [['layer_output_scale.weight', 'layer_scalar'] satisfies [string, string]] : [])];
  const beside = mlp.experts?.beside;
  if (beside) whole.push(['ffn_gate_inp.scale', beside.routerScale], ['ffn_down_exps.scale', beside.expertScale]);
  return { parts: new Map(parts.filter((entry): entry is [string, string] => entry[1] !== null)), whole: new Map(whole), split: [...names.split, ...mlpSplit(mlp, hasGate)] };
}

/** Dense parts that stand beside experts are the shared expert's, but for Gemma 4's. */
function denseSuffix({ experts }: MlpConfig): string {
  return experts && !experts.beside ? '_shexp' : '';
}

function mlpNames(mlp: MlpConfig, hasGate: boolean): [string, string | null][] {
  const { dense, experts } = mlp;
  const suffix = denseSuffix(mlp);
  const isWhole = dense?.names.gate === null || hasGate;
  return [
    ...(dense ? [[`ffn_gate${suffix}`, dense.names.gate], [`ffn_up${suffix}`, isWhole ? dense.names.up : `ffn_up${suffix}`], [`ffn_down${suffix}`, dense.names.down],
      ['ffn_gate_inp_shexp', dense.outputGate]] satisfies [string, string | null][] : []),
    ...(experts ? [['ffn_gate_inp', experts.router], ...EXPERTS.map((name) => [name, name])] as [string, string][] : []),
    ...(experts?.beside ? [['post_ffw_norm_1', experts.beside.denseOut], ['pre_ffw_norm_2', experts.beside.expertsIn], ['post_ffw_norm_2', experts.beside.expertsOut]] satisfies [string, string][] : []),
  ];
}

const EXPERTS = ['ffn_gate_exps', 'ffn_up_exps', 'ffn_down_exps', 'ffn_gate_up_exps'];

function mlpSplit(mlp: MlpConfig, hasGate: boolean): SplitRule[] {
  const { dense, experts } = mlp;
  const gateAndUp = dense && dense.names.gate !== null && !hasGate ? withBiases(`ffn_up${denseSuffix(mlp)}`, [dense.names.gate, dense.names.up]) : [];
  return [...gateAndUp, ...(experts ? expertsSplit(experts) : [])];
}

function expertsSplit(experts: ExpertsConfig): SplitRule[] {
  const each = (...of: ('gate' | 'up' | 'down')[]) => of.map((part) => expertName(experts, '*', part));
  return [
    ...withBiases('ffn_gate_exps', each('gate')), ...withBiases('ffn_up_exps', each('up')), ...withBiases('ffn_down_exps', each('down')),
    ...withBiases('ffn_gate_up_exps', each('gate', 'up')),
  ];
}

function withBiases(from: string, into: readonly string[]): SplitRule[] {
  return [{ from, into }, { from: `${from}.bias`, into: into.map((name) => `${name}.bias`) }];
}

function mixerNames(mixer: Mixer): { readonly parts: [string, string][]; readonly whole: [string, string][]; readonly split: readonly SplitRule[] } {
  switch (mixer.kind) {
    case 'attention': {
      const { names: { q, k, v, o }, qkNorm, hasSinks } = mixer;
      return {
        parts: [
          ['attn_q', q], ['attn_k', k], ['attn_v', v], ['attn_qkv', 'attn_qkv'], ['attn_output', o],
          ...(qkNorm ? [['attn_q_norm', qkNorm.q], ['attn_k_norm', qkNorm.k]] satisfies [string, string][] : []),
        ],
        whole: hasSinks ? [['attn_sinks.weight', 'self_attn.sinks']] : [],
        split: withBiases('attn_qkv', [q, k, v]),
      };
    }
    case 'delta': {
      const of = (name: string) => `linear_attn.${name}`;
      return {
        parts: [
          ['attn_qkv', of('in_proj_qkv')], ['attn_gate', of('in_proj_z')], ['ssm_in', of('in_proj_qkvz')], ['ssm_ba', of('in_proj_ba')],
          ['ssm_alpha', of('in_proj_a')], ['ssm_beta', of('in_proj_b')], ['ssm_conv1d', of('conv1d')], ['ssm_norm', of('norm')], ['ssm_out', of('out_proj')],
        ],
        whole: [['ssm_a', of('A')], ['ssm_dt.bias', of('dt_bias')]],
        split: [],
      };
    }
    case 'mamba': {
      const of = (name: string) => `mamba.${name}`;
      return {
        parts: [['ssm_in', of('in_proj')], ['ssm_conv1d', of('conv1d')], ['ssm_norm', of('norm')], ['ssm_out', of('out_proj')]],
        whole: [['ssm_a', of('A')], ['ssm_d', of('D')], ['ssm_dt.bias', of('dt_bias')]],
        split: [],
      };
    }
    case 'convolution':
      return { parts: [['shortconv.in_proj', 'conv.in_proj'], ['shortconv.conv', 'conv.conv'], ['shortconv.out_proj', 'conv.out_proj']], whole: [], split: [] };
  }
}
