import type { SplitRule } from '../../weights/splitTensors';
import { granite } from '../dense/granite';
import type { ModelFamily } from '../description/family';
import { expertsOf } from '../description/parts';

export const GRANITE_EXPERTS: readonly SplitRule[] = [
  { from: 'block_sparse_moe.input_linear', into: ['block_sparse_moe.experts.*.gate_proj', 'block_sparse_moe.experts.*.up_proj'] },
  { from: 'block_sparse_moe.output_linear', into: ['block_sparse_moe.experts.*.down_proj'] },
];
export const GRANITE_ROUTING = { router: 'block_sparse_moe.router.layer', prefix: 'block_sparse_moe.experts' };

/** Granite 3, mixture of experts. transformers: models/granitemoe/configuration_granitemoe.py */
export const graniteMoe: ModelFamily = {
  ...granite,
  id: 'granitemoe',
  name: 'Granite MoE',
  defaults: { ...granite.defaults, num_local_experts: 8, num_experts_per_tok: 2 },
  mlp: (config) => ({ dense: null, experts: expertsOf(config, 'num_local_experts', GRANITE_ROUTING) }),
  split: GRANITE_EXPERTS,
};
