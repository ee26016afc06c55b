import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UnsupportedCheckpointError } from '../base/errors';
import { readTextFile } from '../base/readTextFile';

/** Tensors that a quantisation leaves beside or in place of the weights, by the ends of their names; the first that is found names it. */
const QUANTISED_NAMES: readonly (readonly [RegExp, string])[] = [
  [/\.biases$/, 'MLX'],
  [/\.weight\.(absmax|quant_map|nested_absmax)$/, 'bitsandbytes'],
  [/\.weight_scale(_inv)?$/, 'FP8 or compressed-tensors'],
  [/\.scales$/, 'GPTQ or AWQ'],
];

/** Files that a quantisation leaves in the folder. */
const QUANTISED_FILES: Readonly<Record<string, string>> = { 'quantize_config.json': 'GPTQ', 'quant_config.json': 'AWQ' };

export function quantisedError(place: string, method: string | null): UnsupportedCheckpointError {
  return new UnsupportedCheckpointError(`"${place}" describes weights that were quantised${method === null ? '' : ` (${method})`}, which are not supported; choose the BF16, F16 or F32 version of this checkpoint.`);
}

/** Folders that look like a checkpoint and are something else. @throws UnsupportedCheckpointError */
export async function refuseOtherFolders(dir: string): Promise<void> {
  const files = await readdir(dir);
  if (files.includes('adapter_config.json')) {
    // With whole weights beside it transformers would still put the adapter on top.
    const config = await readTextFile(join(dir, 'adapter_config.json')).then((text) => JSON.parse(text) as Record<string, unknown> | null).catch(() => null);
    const [kind, base] = [config?.peft_type, config?.base_model_name_or_path];
    throw new UnsupportedCheckpointError(`"${dir}" is ${typeof kind === 'string' ? `a ${kind === 'LORA' ? 'LoRA' : kind}` : 'an'} adapter${typeof base === 'string' ? ` of ${base}` : ''}, not a whole model; merge it into its base (PEFT's merge_and_unload) and choose the folder that this saves.`);
  }
  const quantised = files.find((name) => Object.hasOwn(QUANTISED_FILES, name));
  if (quantised !== undefined) throw quantisedError(join(dir, quantised), QUANTISED_FILES[quantised]);
}

/** What has quantised the tensors of these names, or null. */
export function quantisationOf(names: Iterable<string>): string | null {
  const all = [...names];
  return QUANTISED_NAMES.find(([pattern]) => all.some((name) => pattern.test(name)))?.[1] ?? null;
}
