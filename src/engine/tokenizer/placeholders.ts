import type { Tokenizer as IdTokenizer } from '@huggingface/tokenizers';
import type { Json } from './files/tokenizerFiles';

const MEDIUM = 'image|video|audio|vision|boi|eoi|boa|eoa|bov|eov';
/** Fields of config.json and tokenizer_config.json that name such a token, by its id or by its text: `image_token_id`, `boi_token_index`, `vision_start_token_id`, `audio_token`... */
const FIELD = new RegExp(`^(?:${MEDIUM})(?:_[a-z]+)*_token(?:_id|_index)?$`);
/** What such a token is called where no field names it: `<|image_pad|>`, `[IMG]`, `<start_of_image>`, `<|vision_start|>`, `<|AUDIO|>`, `<IMG_CONTEXT>`. */
const CALLED = /^[<[].*(?<![a-z])(?:image|img|im_patch|video|audio|vision|media)(?:$|[^a-z])/i;

/**
 * The ids of tokens that stand for an image, a sound or a video in prompts, or stand around one: those that the files name, and special tokens that are
 * called so, since text models keep them in their vocabularies (Qwen3) and their makers name them nowhere.
 * @param sources config.json, its sub-configurations, tokenizer_config.json
 */
export function placeholderIds(library: IdTokenizer, sources: readonly (Json | null | undefined)[]): ReadonlySet<number> {
  const added = library.get_added_tokens_decoder();
  const named = sources.flatMap((source) => Object.entries(source ?? {})).filter(([key]) => FIELD.test(key)).map(([, value]) => idOf(library, value));
  const called = [...added].filter(([, { content, special }]) => special && CALLED.test(content)).map(([id]) => id);
  // An id that is no added token is one that the tokenizer lacks, or a word.
  return new Set([...named.filter((id): id is number => id !== undefined && added.has(id)), ...called]);
}

/** A token by its id, its text, or an object with its text as `content`. */
function idOf(library: IdTokenizer, value: unknown): number | undefined {
  if (Number.isInteger(value)) return value as number;
  const content = typeof value === 'object' && value !== null ? (value as Json).content : value;
  return typeof content === 'string' ? library.token_to_id(content) : undefined;
}
