import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UnsupportedCheckpointError } from '../base/errors';
import { readTextFile } from '../base/readTextFile';
import { readJson } from './weights/jsonFile';
import { parseQuantisation, type Quantisation } from './weights/quantised/quantisation';

/** Tensors that a quantisation leaves beside or in place of the weights, by the ends of their names; the first that is found names it. */
const QUANTISED_NAMES: readonly (readonly [RegExp, string])[] = [
  [/\.biases$/, 'MLX'],
  [/\.weight\.(absmax|quant_map|nested_absmax)$/, 'bitsandbytes'],
  [/\.weight_scale(_inv)?$/, 'FP8 or compressed-tensors'],
  [/\.scales$/, 'GPTQ or AWQ'],
];

/** Where older versions of AutoGPTQ and AutoAWQ wrote what stands in config.json today. */
const QUANTISED_FILES: readonly (readonly [string, string])[] = [['quantize_config.json', 'gptq'], ['quant_config.json', 'awq']];

/** Folders that look like a checkpoint and are something else. @throws UnsupportedCheckpointError */
export async function refuseOtherFolders(dir: string): Promise<void> {
  const files = await readdir(dir);
  if (files.includes('adapter_config.json')) {
    // With whole weights beside it transformers would still put the adapter on top.
    const config = await readTextFile(join(dir, 'adapter_config.json')).then((text) => JSON.parse(text) as Record<string, unknown> | null).catch(() => null);
    const [kind, base] = [config?.peft_type, config?.base_model_name_or_path];
    throw new UnsupportedCheckpointError(`"${dir}" is ${typeof kind === 'string' ? `a ${kind === 'LORA' ? 'LoRA' : kind}` : 'an'} adapter${typeof base === 'string' ? ` of ${base}` : ''}, not a whole model; merge it into its base (PEFT's merge_and_unload) and choose the folder that this saves.`);
  }
}

/**
 * How the folder's weights were quantised, as config.json or a file beside it says; null where none does.
 * @param config config.json, parsed
 * @throws CheckpointError for what is not read
 */
export async function quantisationOf(dir: string, config: unknown, configPath: string): Promise<Quantisation | null> {
  const described = parseQuantisation(config, configPath);
  if (described) return described;
  const files = await readdir(dir);
  const beside = QUANTISED_FILES.find(([name]) => files.includes(name));
  if (!beside) return null;
  const [name, method] = beside;
  const path = join(dir, name);
  const fields = await readJson(path, 'how the weights were quantised');
  return parseQuantisation({ quantization_config: typeof fields === 'object' && !Array.isArray(fields) ? { quant_method: method, ...fields } : fields }, path);
}

/** What has quantised the tensors of these names, or null. */
export function quantisedNames(names: Iterable<string>): string | null {
  const all = [...names];
  return QUANTISED_NAMES.find(([pattern]) => all.some((name) => pattern.test(name)))?.[1] ?? null;
}
