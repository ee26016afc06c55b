import type { NamedTemplates } from './templateFiles';

export type Json = Record<string, unknown>;

/** What a tokenizer is made of, as the files of a Hugging Face checkpoint have it; a GGUF file's metadata are brought into this form. */
export interface TokenizerFiles {
  /** Where `tokenizerJson` comes from, for messages. */
  readonly path: string;
  /** tokenizer.json */
  readonly tokenizerJson: Json;
  /** tokenizer_config.json */
  readonly config: Json | null;
  /** special_tokens_map.json */
  readonly specialMap: Json | null;
  /** generation_config.json */
  readonly generation: Json | null;
  /** config.json */
  readonly model: Json | null;
  readonly templates: NamedTemplates;
}
