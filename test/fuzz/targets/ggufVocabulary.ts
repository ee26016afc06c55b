import type { GgufValue } from '../../../src/engine/gguf/metadata';
import { tokenizerFiles } from '../../../src/engine/tokenizer/gguf/tokenizerFiles';
import { tokenizerOf } from '../../../src/engine/tokenizer/openTokenizer';
import { jsonOf, refusedOrDone, type FuzzTarget } from './target';
import { checkTokenizer, TIME } from './tokenizer';

const KEY = 'tokenizer.ggml.';
const TOKENS = ['<unk>', '<s>', '</s>', '<0x0A>', '▁', 'a', 'b', ' ', 'Ġ', 'ab', '▁a', '▁ab', 'Ġa', '<|im_end|>', '  ', '🙂', '', '[PAD17]'];
const TYPES = [2, 3, 3, 6, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 4, 1, 1, 5];
const common = { [`${KEY}tokens`]: TOKENS, [`${KEY}token_type`]: TYPES, [`${KEY}bos_token_id`]: 1, [`${KEY}eos_token_id`]: 2, [`${KEY}eot_token_id`]: 13, [`${KEY}padding_token_id`]: 17 };
const merges = ['a b', 'Ġ a', '▁ a', '▁a b'];

/** Metadata of a GGUF file, as an object of keys: a tokenizer is made of them, and does what one does. */
export const ggufVocabulary: FuzzTarget = {
  name: 'ggufVocabulary',
  cases: 2_000,
  seeds: () => [
    { ...common, [`${KEY}model`]: 'gpt2', [`${KEY}pre`]: 'llama-bpe', [`${KEY}merges`]: merges, 'tokenizer.chat_template': "{{ bos_token }}{% for m in messages %}{{ m.content }}{% endfor %}", 'tokenizer.chat_template.tool_use': 'x' },
    { ...common, [`${KEY}model`]: 'gpt2', [`${KEY}pre`]: 'default', 'general.architecture': 'falcon', [`${KEY}merges`]: merges },
    { ...common, [`${KEY}model`]: 'llama', [`${KEY}scores`]: TOKENS.map((_, id) => -id), [`${KEY}add_space_prefix`]: false, [`${KEY}unknown_token_id`]: 0, 'general.architecture': 'phi3' },
    { ...common, [`${KEY}model`]: 'llama', [`${KEY}scores`]: TOKENS.map(() => 0) },
    { ...common, [`${KEY}model`]: 'gemma4', [`${KEY}merges`]: merges },
  ].map((metadata) => JSON.stringify(metadata)),
  words: ['"gpt2"', '"llama"', '"gemma4"', '"qwen2"', '"deepseek-llm"', '"kimi-k2"', '"tiny_aya"', '"falcon"', '"bloom"', '"[INST]"', '"<|call|>"', '"<|return|>"', '"<|end|>"', '"__proto__"', '"a  b"', '" a b"'],
  run: async (input) => {
    const metadata = new Map(Object.entries(jsonOf(input) ?? {}).filter((entry): entry is [string, GgufValue] => isValue(entry[1])));
    const opened = await refusedOrDone(() => tokenizerOf(tokenizerFiles(metadata, 'model.gguf'), 'model.gguf', TIME));
    if (opened) await checkTokenizer(opened, input);
  },
};

/** A GGUF file has no objects. */
function isValue(value: unknown): value is GgufValue {
  return Array.isArray(value) ? value.every(isValue) : ['string', 'number', 'boolean'].includes(typeof value);
}
