import type { ConfigFields } from '../config/configFields';
import { cohere2 } from './dense/cohere2';
import { gemma } from './dense/gemma';
import { glm, glm4 } from './dense/glm';
import { granite } from './dense/granite';
import { hunyuan } from './dense/hunyuan';
import { llama } from './dense/llama';
import { ministral, ministral3, mistral } from './dense/mistral';
import { phi3 } from './dense/phi3';
import { qwen2 } from './dense/qwen2';
import { qwen3 } from './dense/qwen3';
import { seedOss } from './dense/seedOss';
import { smollm3 } from './dense/smollm3';
import { starcoder2 } from './dense/starcoder2';
import { gptOss } from './experts/gptOss';
import { graniteMoe } from './experts/graniteMoe';
import { mixtral } from './experts/mixtral';
import { olmoe } from './experts/olmoe';
import { qwen2Moe, qwen3Moe } from './experts/qwenMoe';
import type { FamilyDefaults, ModelFamily } from './description/family';
import { graniteHybrid } from './hybrid/graniteHybrid';
import { lfm2 } from './hybrid/lfm2';
import { qwen35, qwen35Moe, qwen3Next } from './hybrid/qwenHybrid';
import { exaone4 } from './normedOutput/exaone4';
import { gemma2 } from './normedOutput/gemma2';
import { gemma3 } from './normedOutput/gemma3';
import { gemma4 } from './normedOutput/gemma4';
import { olmo2, olmo3 } from './normedOutput/olmo2';
import { MLA, NOT_READ } from './notRead';

/** Every family that is read, in the order in which they are named to people. */
export const FAMILIES: readonly ModelFamily[] = [
  llama, mistral, ministral, ministral3, mixtral, qwen2, qwen2Moe, qwen3, qwen3Moe, qwen3Next, qwen35, qwen35Moe, gemma, gemma2, gemma3, gemma4, phi3, gptOss,
  granite, graniteMoe, graniteHybrid, smollm3, olmo2, olmo3, olmoe, glm, glm4, lfm2, cohere2, exaone4, starcoder2, seedOss, hunyuan,
];

/** @param modelType `model_type` of a config.json, or of its `text_config` */
export function familyOf(modelType: unknown): ModelFamily | null {
  return FAMILIES.find(({ id, also }) => id === modelType || (typeof modelType === 'string' && Object.hasOwn(also ?? {}, modelType))) ?? null;
}

/** What a config.json of a family takes where it leaves something out. @param modelType by which the family was found */
export function defaultsOf({ defaults, also }: ModelFamily, modelType: string): FamilyDefaults {
  return { ...defaults, ...also?.[modelType] };
}

/** `model_type` that the text part of a multimodal checkpoint has if it does not say; null where no such text part is read. */
export function textTypeOf(modelType: unknown): string | null {
  if (typeof modelType !== 'string') return null;
  return FAMILIES.map(({ multimodal }) => multimodal).find((known) => Object.hasOwn(known ?? {}, modelType))?.[modelType] ?? null;
}

/** The rest of a sentence about an architecture that is not read: which one is closest to it, and what differs, as far as that is known. */
export function closestFamily(config: ConfigFields): string {
  const modelType = String(config.get('model_type'));
  const known = Object.hasOwn(NOT_READ, modelType) ? NOT_READ[modelType] : null;
  const closest = known ? FAMILIES.find(({ id }) => id === known.closest) : longestPrefix(modelType);
  const differs = known?.differs ?? (config.get('kv_lora_rank') ? MLA : null);
  if (!closest) return differs === null ? '' : ` (it differs by ${differs})`;
  return ` (the closest supported one is ${closest.name}${differs === null ? '' : `; it differs by ${differs}`})`;
}

/** The family whose name begins like it for the longest, by its first word and by four letters and digits at least: "minicpm" is no Ministral, "gpt_bigcode" no gpt-oss. */
function longestPrefix(modelType: string): ModelFamily | undefined {
  const ofFirstWord = FAMILIES.filter(({ id }) => modelType.startsWith(/^[a-z]+/.exec(id)![0]));
  const lengths = ofFirstWord.map((family) => ({ family, length: sharedStart(family.id, modelType).replaceAll('_', '').length }));
  const best = lengths.sort((a, b) => b.length - a.length).at(0);
  return best && best.length >= 4 ? best.family : undefined;
}

function sharedStart(a: string, b: string): string {
  const end = [...a].findIndex((letter, i) => letter !== b[i]);
  return end < 0 ? a : a.slice(0, end);
}
