import { CheckpointError, UnsupportedCheckpointError } from '../../../base/errors';
import { ConfigFields } from '../../config/configFields';
import type { AwqOptions } from './awq';
import type { BitsandbytesOptions } from './bitsandbytes';
import type { CompressedOptions } from './compressedTensors';
import type { Fp8Options } from './fp8';
import type { GptqOptions } from './gptq';
import type { MlxOptions, MlxPrecision } from './mlx';
import type { Mxfp4Options } from './mxfp4';

/** How a checkpoint's weights were quantised, as its configuration says. */
export type Quantisation = GptqOptions | AwqOptions | Fp8Options | CompressedOptions | BitsandbytesOptions | Mxfp4Options | MlxOptions;

const READ = 'GPTQ, AWQ, FP8, compressed-tensors, bitsandbytes or MLX';
const CT_FORMATS = ['dense', 'pack-quantized', 'int-quantized', 'naive-quantized', 'float-quantized', 'mixed-precision'];

/**
 * Reads `quantization_config`, or MLX's `quantization`, of a parsed config.json; null where there is none.
 * @param path only for messages
 * @throws CheckpointError for a format that is not read
 */
export function parseQuantisation(raw: unknown, path: string): Quantisation | null {
  const config = ConfigFields.of(raw, path);
  const mlx = fieldsIn(config, 'quantization');
  if (mlx) return parseMlx(mlx);
  const fields = fieldsIn(config, 'quantization_config');
  if (!fields) return null;
  const method = fields.get('quant_method') ?? null;
  switch (method) {
    case 'gptq': return parseGptq(fields);
    case 'awq': return parseAwq(fields);
    case 'fp8': return parseFp8(fields);
    case 'compressed-tensors': return parseCompressed(fields);
    case 'bitsandbytes': return { format: 'bitsandbytes' };
    case 'mxfp4': return { format: 'mxfp4' };
    case null: throw new CheckpointError(`"${path}" has a quantization_config without quant_method, which says how the weights are to be read; download config.json again, or choose the version in BF16, F16 or F32.`);
    default: throw refused(fields, String(method));
  }
}

function parseGptq(fields: ConfigFields): GptqOptions {
  // GPTQModel writes "format" into its own file.
  const layout = fields.get('checkpoint_format') ?? fields.get('format') ?? 'gptq';
  if (layout !== 'gptq' && layout !== 'gptq_v2') throw refused(fields, `GPTQ in the layout "${String(layout)}"`);
  if (fields.isOn('is_marlin_format')) throw refused(fields, 'GPTQ in the layout "marlin"');
  const word = fields.get('pack_dtype') ?? 'int32';
  if (word !== 'int32') throw refused(fields, `GPTQ packed as ${String(word)}`);
  const dynamic = fields.get('dynamic');
  return { format: 'gptq', bits: fields.natural('bits'), groupSize: groupSize(fields, 'group_size'), zeroAdded: layout === 'gptq' ? 1 : 0, varies: typeof dynamic === 'object' && dynamic !== null };
}

/** AutoAWQ's own file has shorter names for the same. */
function parseAwq(fields: ConfigFields): AwqOptions {
  const version = String(fields.get('version') ?? 'gemm').toLowerCase();
  if (version !== 'gemm') throw refused(fields, `AWQ in the layout "${version}"`);
  if (fields.get('backend') === 'llm-awq') throw refused(fields, 'AWQ in the layout "llm-awq"');
  const bits = fields.natural('bits', fields.get('w_bit') as number | undefined);
  if (bits !== 4) throw refused(fields, `AWQ of ${bits} bits`);
  return { format: 'awq', groupSize: groupSize(fields, fields.get('group_size') === undefined ? 'q_group_size' : 'group_size') };
}

function parseFp8(fields: ConfigFields): Fp8Options {
  const float = fields.get('fmt') ?? 'e4m3';
  if (float !== 'e4m3') throw refused(fields, `FP8 of the type "${String(float)}"`);
  return { format: 'fp8', block: blockOf(fields, 'weight_block_size') };
}

function parseCompressed(fields: ConfigFields): CompressedOptions {
  const sparsity = fieldsIn(fields, 'sparsity_config');
  if (sparsity && (sparsity.get('format') ?? 'dense') !== 'dense') throw refused(fields, `compressed-tensors with the sparse format "${String(sparsity.get('format'))}"`);
  // Weights that are turned while the model runs: not those of the linears alone.
  if (fieldsIn(fields, 'transform_config')?.get('config_groups')) throw refused(fields, 'compressed-tensors with transforms');
  refuseFormat(fields);
  const groups = fieldsIn(fields, 'config_groups');
  const weights: ConfigFields[] = [];
  for (const key of groups?.keys() ?? []) {
    const group = fieldsIn(groups!, key);
    if (!group) continue;
    refuseFormat(group);
    const own = fieldsIn(group, 'weights');
    if (own) weights.push(own);
  }
  const integers = weights.filter((own) => own.get('type') !== 'float');
  const unread = weights.find((own) => own.get('type') === 'float' && own.get('num_bits') !== 8);
  if (unread) throw refused(fields, `compressed-tensors of ${String(unread.get('num_bits'))}-bit floats`);
  return {
    format: 'compressed-tensors',
    bits: [...new Set(integers.map((own) => own.natural('num_bits')))],
    blocks: weights.map((own) => blockOf(own, 'block_structure')).filter((block) => block !== null),
    groupSizes: [...new Set(weights.map((own) => groupSize(own, 'group_size')))].filter((size) => size !== -1),
  };
}

function refuseFormat(fields: ConfigFields): void {
  const format = fields.get('format') ?? null;
  if (format !== null && !(CT_FORMATS as readonly unknown[]).includes(format)) throw refused(fields, `compressed-tensors in the format "${String(format)}"`);
}

function parseMlx(fields: ConfigFields): MlxOptions {
  const own = mlxPrecision(fields, null);
  const modules = new Map<string, MlxPrecision>();
  for (const key of fields.keys()) {
    const value = fields.get(key);
    if (typeof value === 'object' && value !== null) modules.set(key, mlxPrecision(fieldsIn(fields, key)!, own));
  }
  return { format: 'mlx', ...own, modules };
}

function mlxPrecision(fields: ConfigFields, whole: MlxPrecision | null): MlxPrecision {
  const mode = fields.get('mode') ?? 'affine';
  if (mode !== 'affine') throw refused(fields, `MLX in the mode "${String(mode)}"`);
  return { bits: fields.natural('bits', whole?.bits), groupSize: fields.natural('group_size', whole?.groupSize) };
}

/** @throws CheckpointError for what is neither a natural number nor -1 */
function groupSize(fields: ConfigFields, key: string): number {
  const value = fields.get(key) ?? -1;
  if (value !== -1 && (!Number.isSafeInteger(value) || (value as number) < 1)) throw fields.damaged(key, value, 'a positive whole number or -1');
  return value as number;
}

/** Two natural numbers, as a list or as "128x128"; null where there are none. @throws CheckpointError */
function blockOf(fields: ConfigFields, key: string): readonly [number, number] | null {
  const value = fields.get(key) ?? null;
  if (value === null) return null;
  const sizes: unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split('x').map(Number) : [];
  if (sizes.length !== 2 || sizes.some((size) => !Number.isSafeInteger(size) || (size as number) < 1)) throw fields.damaged(key, value, 'a list of two positive whole numbers');
  return sizes as [number, number];
}

/** The object under a key; null where there is none. @throws CheckpointError for anything else */
function fieldsIn(fields: ConfigFields, key: string): ConfigFields | null {
  const value = fields.get(key) ?? null;
  if (value === null) return null;
  if (typeof value !== 'object' || Array.isArray(value)) throw fields.damaged(key, value, 'an object');
  return ConfigFields.of(value, fields.path);
}

function refused({ path }: ConfigFields, found: string): CheckpointError {
  return new UnsupportedCheckpointError(`"${path}" describes weights that were quantised as ${found}, which is not read; choose a ${READ} version of this model, or the one in BF16, F16 or F32.`);
}
