import { READ_TYPES } from './readTypes';

/** Names of the families that are read, in the order in which they are named to people. */
const NAMES = [...new Set(Object.values(READ_TYPES))];
/** Those that people look for first: no label has room for three dozen. */
const FIRST = ['Llama', 'Mistral', 'Qwen3', 'Gemma 3', 'Phi-3', 'gpt-oss'];

/** "Llama, Mistral, Qwen2...": all of them, for help texts. */
export const FAMILY_NAMES = NAMES.join(', ');
/** "Llama, Mistral and 27 other families": for labels. */
export const FAMILIES_IN_SHORT = familiesInShort(NAMES.length);
/** "Llama, Mistral... or Hunyuan": for sentences about a checkpoint that is not read. */
export const FAMILY_CHOICE = `${NAMES.slice(0, -1).join(', ')} or ${NAMES[NAMES.length - 1]}`;

/** @param count of all families */
export function familiesInShort(count: number): string {
  return `${FIRST.join(', ')} and ${count - FIRST.length} other families`;
}

/** The family of a checkpoint by the `model_type` at the top of its config.json; null for one that is not read. */
export function familyName(modelType: string): string | null {
  return Object.hasOwn(READ_TYPES, modelType) ? READ_TYPES[modelType] : null;
}
