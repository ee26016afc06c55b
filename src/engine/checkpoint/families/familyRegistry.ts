import type { ModelFamily } from './family';
import { llama } from './llama';
import { mistral } from './mistral';
import { qwen2 } from './qwen2';
import { qwen3 } from './qwen3';
import { smollm3 } from './smollm3';

/** Every family that is read, in the order in which they are named to people. */
const FAMILIES: readonly ModelFamily[] = [llama, mistral, qwen2, qwen3, smollm3];

const NAMES = FAMILIES.map(({ name }) => name);
/** "Llama, Mistral, Qwen2": for help texts. */
export const FAMILY_NAMES = NAMES.join(', ');
/** "Llama, Mistral or Qwen2": for sentences. */
export const FAMILY_CHOICE = `${NAMES.slice(0, -1).join(', ')} or ${NAMES[NAMES.length - 1]}`;

/** @param modelType `model_type` of a config.json */
export function familyOf(modelType: unknown): ModelFamily | null {
  return FAMILIES.find(({ id }) => id === modelType) ?? null;
}
