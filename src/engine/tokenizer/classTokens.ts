type Tokens = Readonly<Record<string, string>>;

const ENDOFTEXT: Tokens = { unk_token: '<|endoftext|>', bos_token: '<|endoftext|>', eos_token: '<|endoftext|>' };
const LLAMA: Tokens = { unk_token: '<unk>', bos_token: '<s>', eos_token: '</s>' };

/** Special tokens that a class of tokenizers has where the files name none: the defaults of their constructors in transformers 5.24 (models/NAME/tokenization_NAME.py). */
const BY_CLASS: Readonly<Record<string, Tokens>> = {
  CodeGenTokenizer: ENDOFTEXT,
  CodeLlamaTokenizer: LLAMA,
  CohereTokenizer: {
    unk_token: '<UNK>', bos_token: '<BOS_TOKEN>', eos_token: '<|END_OF_TURN_TOKEN|>', pad_token: '<PAD>', cls_token: '<CLS>', sep_token: '<SEP>', mask_token: '<MASK_TOKEN>',
  },
  GPT2Tokenizer: ENDOFTEXT,
  GPTNeoXTokenizer: { ...ENDOFTEXT, pad_token: '<|padding|>' },
  GemmaTokenizer: { unk_token: '<unk>', bos_token: '<bos>', eos_token: '<eos>', pad_token: '<pad>', mask_token: '<mask>' },
  LlamaTokenizer: LLAMA,
  Qwen2Tokenizer: { unk_token: '<|endoftext|>', eos_token: '<|endoftext|>', pad_token: '<|endoftext|>' },
};

/** @param name `tokenizer_class` of tokenizer_config.json */
export function classTokens(name: unknown): Tokens {
  const known = typeof name === 'string' ? name.replace(/Fast$/, '') : '';
  return Object.hasOwn(BY_CLASS, known) ? BY_CLASS[known] : {};
}
