import { CheckpointError } from '../../../base/errors';
import type { GgufFields } from './ggufFields';

/** What descriptions of architectures are put together from. */

export const interleaved = (): boolean => true;

/** Score scale of Gemma 2 and 3, which no file says: by the heads' size, and by the width over them in the largest model of each. Source: gemma2.cpp, gemma3.cpp */
export function gemmaScores(fields: GgufFields, layersOfLargest: number): Readonly<Record<string, unknown>> {
  const byHeads = fields.natural('embedding_length') / headCount(fields);
  return { query_pre_attn_scalar: fields.nLayers === layersOfLargest ? byHeads : headSize(fields) };
}

/** @throws CheckpointError where layers have different numbers */
export function headCount(fields: GgufFields): number {
  return same(fields, 'attention.head_count', fields.numbersByLayer('attention.head_count') ?? [fields.needed('attention.head_count')]);
}

/** Of key/value heads, leaving out layers without any. @throws CheckpointError where layers have different numbers */
export function kvHeadCount(fields: GgufFields): number {
  const counts = fields.numbersByLayer('attention.head_count_kv')?.filter((count) => count > 0) ?? [];
  return counts.length === 0 ? headCount(fields) : same(fields, 'attention.head_count_kv', counts);
}

export function headSize(fields: GgufFields): number {
  return fields.number('attention.key_length') ?? fields.natural('embedding_length') / headCount(fields);
}

function same(fields: GgufFields, key: string, counts: readonly number[]): number {
  if (counts.some((count) => count !== counts[0])) throw fields.unsupported(key, counts);
  return counts[0];
}

/**
 * Sliding layers as config.json has them: from the list in the file, or all but every n-th.
 * @param n the architecture's own, where the file says none; 0: none slides
 */
export function slidingLayers(fields: GgufFields, n: number, ownWindow: number | null = null): Readonly<Record<string, unknown>> {
  const window = (fields.number('attention.sliding_window') ?? ownWindow) || null;
  const slides = pattern(fields, n);
  return { sliding_window: window, layer_types: slides.map((does) => (does && window !== null ? 'sliding_attention' : 'full_attention')) };
}

function pattern(fields: GgufFields, n: number): readonly boolean[] {
  const key = 'attention.sliding_window_pattern';
  const given = fields.get(key);
  if (given !== undefined && typeof given !== 'number') return fields.flagsByLayer(key)!;
  const every = given ?? n;
  if (!Number.isSafeInteger(every) || every < 0) throw fields.damaged(key, given, 'a whole number');
  return Array.from({ length: fields.nLayers }, (_, layer) => every > 0 && layer % every < every - 1);
}

/** A window that slides in every layer, or none. */
export function oneWindow(fields: GgufFields): Readonly<Record<string, unknown>> {
  return { sliding_window: fields.number('attention.sliding_window') || null };
}

/** A layer without key/value heads does not attend. */
export function layersWithoutKeys(fields: GgufFields, kind: 'linear_attention' | 'conv'): Readonly<Record<string, unknown>> {
  const counts = fields.numbersByLayer('attention.head_count_kv') ?? [];
  return { layer_types: Array.from({ length: fields.nLayers }, (_, layer) => (counts[layer] === 0 ? kind : 'full_attention')) };
}

/** Listed, or all but every n-th. */
export function recurrentLayers(fields: GgufFields): Readonly<Record<string, unknown>> {
  const n = fields.natural('full_attention_interval', 4);
  const listed = fields.flagsByLayer('attention.recurrent_layers');
  return { layer_types: Array.from({ length: fields.nLayers }, (_, layer) => (listed?.[layer] ?? (layer + 1) % n !== 0 ? 'linear_attention' : 'full_attention')) };
}

/** Experts of a softmax. @param countKey config.json's @throws CheckpointError for other ways to choose and weigh them */
export function experts(fields: GgufFields, countKey = 'num_experts', activeKey = 'num_experts_per_tok'): Record<string, unknown> {
  const softmax = [1, 3]; // over all, over the chosen
  const gating = fields.number('expert_gating_func');
  if (gating !== undefined && !softmax.includes(gating)) throw fields.unsupported('expert_gating_func', gating);
  const count = fields.natural('expert_count');
  const routed = fields.shapes.get('blk.0.ffn_gate_inp.weight') ?? fields.shapes.get(`blk.${fields.nLayers - 1}.ffn_gate_inp.weight`);
  // Names are made for each of them before a tensor is looked at.
  if (routed?.[0] !== count) throw new CheckpointError(`"${fields.file}" has ${fields.architecture}.expert_count = ${count}, and its router is of the shape [${(routed ?? []).join(', ')}]; it is damaged, download it again.`);
  return { [countKey]: count, [activeKey]: fields.natural('expert_used_count') };
}

/** Whether the weights of a row's experts are made to sum to 1, where the family can do both. */
export function isNormalised(fields: GgufFields, own: boolean): Readonly<Record<string, unknown>> {
  const stated = fields.get('expert_weights_norm') ?? own;
  if (typeof stated !== 'boolean') throw fields.damaged('expert_weights_norm', stated, 'true or false');
  return { norm_topk_prob: stated };
}

/** Of a family in which they always are. */
export function alwaysNormalised(fields: GgufFields): void {
  const stated = fields.get('expert_weights_norm') ?? true;
  if (stated !== true) throw fields.unsupported('expert_weights_norm', stated);
}
