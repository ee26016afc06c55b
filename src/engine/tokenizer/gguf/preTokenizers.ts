/** How a byte-level BPE splits text before it merges: what tokenizer.json says in full, and a GGUF file by a name. */
export interface PreTokenization {
  /** Each splits what the one before it left; what no expression matches stays as it is. */
  readonly splits: readonly string[];
  /** Splits of the text that is already spelled in bytes. */
  readonly byteSplits?: readonly string[];
  readonly normalizer?: 'NFC';
  /** A piece that is in the vocabulary is not merged from its parts. */
  readonly ignoreMerges?: true;
}

const CONTRACTION = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const LINES = String.raw`\s*[\r\n]+|\s+(?!\S)|\s+`;
const GPT2 = String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;
const CL100K_WORDS = String.raw`[^\r\n\p{L}\p{N}]?\p{L}+`;
const CL100K_SIGNS = String.raw` ?[^\s\p{L}\p{N}]+[\r\n]*|${LINES}`;
/** @param digits how many stay together, as a quantifier */
const cl100k = (digits: string) => String.raw`${CONTRACTION}|${CL100K_WORDS}|\p{N}${digits}|${CL100K_SIGNS}`;
const UPPER = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const LOWER = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
/** Words that may begin with capitals, as o200k has them. @param ending what may follow */
const cased = (ending: string, [upper, lower] = [UPPER, LOWER]) => String.raw`[^\r\n\p{L}\p{N}]?${upper}*${lower}+${ending}|[^\r\n\p{L}\p{N}]?${upper}+${lower}*${ending}`;
const O200K = String.raw`${cased(`${CONTRACTION}?`)}|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|${LINES}`;
/** Chinese characters are words of their own. */
const KIMI = String.raw`\p{Han}+|${cased(`${CONTRACTION}?`, [String.raw`(?:(?!\p{Han})${UPPER})`, String.raw`(?:(?!\p{Han})${LOWER})`])}|\p{N}{1,3}|${CL100K_SIGNS}`;
const DEEPSEEK_SIGNS = String.raw`[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_${'`'}{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+`;
const CJK = '[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+';
const CJK_AND_HANGUL = '[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff]+';
/** Letters of scripts with capitals. */
const CASED_LETTERS = 'A-Za-z\u00b5\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01ba\u01bc-\u01bf\u01c4-\u0293\u0295-\u02af\u0370-\u0373\u0376\u0377\u037b-\u037d\u037f\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03f5\u03f7-\u0481\u048a-\u052f\u0531-\u0556\u10a0-\u10c5\u13a0-\u13f5\u13f8-\u13fd\u1c90-\u1cba\u1cbd-\u1cbf\u1d00-\u1d2b\u1d6b-\u1d77\u1d79-\u1d9a\u1e00-\u1f15\u1f18-\u1f1d\u1f20-\u1f45\u1f48-\u1f4d\u1f50-\u1f57\u1f59\u1f5b\u1f5d\u1f5f-\u1f7d\u1f80-\u1fb4\u1fb6-\u1fbc\u1fbe\u1fc2-\u1fc4\u1fc6-\u1fcc\u1fd0-\u1fd3\u1fd6-\u1fdb\u1fe0-\u1fec\u1ff2-\u1ff4\u1ff6-\u1ffc\u2102\u2107\u210a-\u2113\u2115\u2119-\u211d\u2124\u2126\u2128\u212a-\u212d\u212f-\u2134\u2139\u213c-\u213f\u2145-\u2149\u214e\u2183\u2184\u2c00-\u2c7b\u2c7e-\u2ce4\u2ceb-\u2cee\u2cf2\u2cf3\ua640-\ua66d\ua680-\ua69b\ua722-\ua76f\ua771-\ua787\ua78b-\ua78e\uab70-\uabbf\ufb00-\ufb06\ufb13-\ufb17\uff21-\uff3a\uff41-\uff5a\u{10400}-\u{1044f}\u{104b0}-\u{104d3}\u{104d8}-\u{104fb}\u{10c80}-\u{10cb2}\u{10cc0}-\u{10cf2}\u{118a0}-\u{118df}\u{1e900}-\u{1e943}';
/** Signs of ASCII and their wide forms, quotation marks, Chinese full stops. */
const SIGNS = '!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002';
const BLOOM = ' ?[^(\\s|.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c)]+';

const LLAMA3: PreTokenization = { splits: [cl100k('{1,3}')] };
const LLAMA3_WHOLE: PreTokenization = { ...LLAMA3, ignoreMerges: true };
const QWEN2: PreTokenization = { splits: [cl100k('')], normalizer: 'NFC' };
const DIGITS: PreTokenization = { splits: [String.raw`\p{N}`, GPT2] };
const WORDS: PreTokenization = { splits: [GPT2] };
const NEOX: PreTokenization = { ...WORDS, normalizer: 'NFC' };
const DEEPSEEK3: PreTokenization = { splits: [String.raw`\p{N}{1,3}`, CJK, String.raw`${DEEPSEEK_SIGNS}[\r\n]*|${LINES}`] };
const CASED: PreTokenization = { splits: [O200K] };
const BAILING: PreTokenization = { splits: [String.raw`'(?i:[sdmt]|ll|ve|re)|${CL100K_WORDS}|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+`] };

/**
 * By the names that llama.cpp's converter gives (`tokenizer.ggml.pre`). Which name is whose: its conversion/base.py; the expressions: its llama-vocab.cpp, which quotes those of
 * the models' tokenizer.json where its own only come near to them; normalizers: the tokenizers themselves (transformers 5.24, models/NAME/tokenization_NAME.py), since a GGUF file does not tell.
 */
const BY_NAME: Readonly<Record<string, PreTokenization>> = {
  'llama3': LLAMA3_WHOLE, 'llama-v3': LLAMA3_WHOLE, 'llama-bpe': LLAMA3_WHOLE, 'falcon3': LLAMA3_WHOLE, 'falcon-h1': LLAMA3_WHOLE, 'pixtral': LLAMA3_WHOLE, 'midm-2.0': LLAMA3_WHOLE, 'lfm2': LLAMA3_WHOLE,
  'glm4': LLAMA3_WHOLE, 'glm5': LLAMA3_WHOLE, 'chatglm-bpe': LLAMA3, 'dbrx': LLAMA3, 'smaug-bpe': LLAMA3,
  'minicpm5': { splits: [String.raw`\p{N}{1,3}`, cl100k('+')], ignoreMerges: true },
  'jais-2': { splits: [String.raw`${CONTRACTION}|${CL100K_WORDS}|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S)|\s{32}(?!\S)|\s{16}(?!\S)|\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1}`] },
  'qwen2': QWEN2, 'deepseek-r1-qwen': QWEN2, 'megrez': QWEN2, 'kormo': QWEN2, 'f2llmv2': QWEN2,
  'qwen35': { splits: [String.raw`${CONTRACTION}|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|${LINES}`], normalizer: 'NFC' },
  'stablelm2': { splits: [cl100k('')] }, 'hunyuan': { splits: [cl100k('')] }, 'solar-open': { splits: [cl100k('')] }, 'grok-2': { splits: [cl100k('')] },
  'laguna': { splits: [String.raw`[^\n]+|[\n]+`, cl100k('')] },
  'ufakzeka': { splits: [String.raw`${CL100K_WORDS}|\p{N}|${CL100K_SIGNS}`] },
  'seed-coder': { splits: [String.raw`${CONTRACTION}|${CL100K_WORDS}|\p{N}| ?[^\s\p{L}\p{N}\r\n]+|${LINES}`] },
  'bailingmoe': BAILING, 'bailingmoe2': BAILING, 'llada-moe': BAILING,
  'exaone-moe': { splits: [String.raw`${CONTRACTION}|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+`] },
  'gpt-4o': CASED, 'llama4': CASED, 'kanana2': CASED, 'talkie': CASED, 'minimax-m2': CASED,
  'tekken': { splits: [String.raw`${cased('')}|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|${LINES}`], ignoreMerges: true },
  'tiny_aya': { splits: [String.raw`\d{1,3}(?=(?:\d{3})*\b)`, O200K] }, 'cohere2moe': { splits: [String.raw`\d{1,3}(?=(?:\d{3})*\b)`, O200K] },
  'kimi-k2': { splits: [KIMI] },
  'youtu': { splits: ['[\uac00-\ud7a3\u3131-\u318e]+|[\uff01\u2026\u201c\u201d\u2018\u2019\u2014\uff1a\uff1b\uff0c\u3001-\u303f\ufe30-\ufe4f]+|[\u3105-\u312f]+|[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+', String.raw`${cased(`${CONTRACTION}?`)}|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|${LINES}`], ignoreMerges: true },
  'deepseek-llm': { splits: [String.raw`[\r\n]`, String.raw`\s?[${CASED_LETTERS}]+`, String.raw`\s?[${SIGNS}]+`, String.raw`\s+$`, CJK_AND_HANGUL, String.raw`\p{N}`] },
  'deepseek-coder': { splits: [String.raw`[\r\n]`, String.raw`\s?\p{L}+`, String.raw`\s?\p{P}+`, CJK_AND_HANGUL, String.raw`\p{N}`] },
  'deepseek-v3': DEEPSEEK3, 'hunyuan-dense': DEEPSEEK3, 'joyai-llm': DEEPSEEK3, 'hy_v4': DEEPSEEK3,
  'spark2_5': { splits: [String.raw`\p{N}{1,3}`, CJK, String.raw`${DEEPSEEK_SIGNS}|[\r\n]|\s+(?!\S)|\s+`, String.raw`\p{N}`] },
  'smollm': DIGITS, 'starcoder': DIGITS, 'refact': DIGITS, 'codeshell': DIGITS, 'exaone': DIGITS, 'minerva-7b': DIGITS, 'mellum2': DIGITS,
  'command-r': { ...DIGITS, normalizer: 'NFC' },
  'gpt-2': WORDS, 'phi-2': WORDS, 'gigachat': WORDS, 'a.x-4.0': WORDS, 'mellum': WORDS, 'exaone4': WORDS, 'jais': WORDS, 'trillion': WORDS, 'granite-docling': WORDS,
  'olmo': NEOX, 'mpt': NEOX,
  'falcon': { splits: ["[\\p{P}$+<=>^~|`]+", GPT2], byteSplits: [String.raw`\p{N}+`, '[0-9][0-9][0-9]'] },
  'bloom': { splits: [BLOOM] }, 'gpt3-finnish': { splits: [BLOOM] }, 'poro-chat': { splits: [BLOOM] }, 'viking': { splits: [BLOOM, String.raw`\p{N}`] },
};

/** What files say that were made before there were names; whose vocabulary it is follows from the architecture. */
const UNNAMED = 'default';
const NAME_OF_ARCHITECTURE: Readonly<Record<string, string>> = {
  bloom: 'bloom', falcon: 'falcon', gpt2: 'gpt-2', gptneox: 'olmo', mpt: 'mpt', phi2: 'phi-2', qwen2: 'qwen2', refact: 'refact', starcoder: 'starcoder', starcoder2: 'starcoder',
};

/**
 * @param name `tokenizer.ggml.pre` @param architecture `general.architecture`
 * @returns undefined where it is not known how text is split
 */
export function preTokenization(name: string = UNNAMED, architecture?: string): PreTokenization | undefined {
  if (Object.hasOwn(BY_NAME, name)) return BY_NAME[name];
  const known = name === UNNAMED && architecture !== undefined && Object.hasOwn(NAME_OF_ARCHITECTURE, architecture);
  return known ? BY_NAME[NAME_OF_ARCHITECTURE[architecture]] : undefined;
}
