import { TokenizerError } from '../../base/errors';
import type { Json } from '../files/tokenizerFiles';
import { METASPACE } from '../spelling/tokenBytes';
import { isEndByText } from './endTokens';
import { type Fields, TOKEN_TYPES } from './fields';
import { preTokenization, type PreTokenization } from './preTokenizers';
import { scoredMerges } from './scoredMerges';

/** A way to make tokenizer.json of a file's metadata. */
type Kind = (fields: Fields, tokens: SortedTokens) => Json;

/** By `tokenizer.ggml.model`. */
const KINDS: Readonly<Record<string, Kind>> = { gpt2: byteLevel, llama: sentencePiece, gemma4: spacedMerges };
const OTHER_KINDS: Readonly<Record<string, string>> = {
  bert: 'WordPiece (BERT)', t5: 'Unigram (T5)', rwkv: 'RWKV', plamo2: 'PLaMo 2', hybriddna: 'DNA', whitespace: 'whitespace', none: 'no tokenizer at all', no_vocab: 'no tokenizer at all',
};
/** Names of splits whose tokenizers write spaces as "▁" and merge raw characters, though they are `gpt2` by their model. */
const SPACED = ['gemma4', 'sarvam-moe'];
const BESIDE = 'put the tokenizer.json of this model beside the file, and it is used instead';

/** The model's own tokenizer.json, as far as the metadata of its GGUF file say. @throws TokenizerError */
export function vocabularyJson(fields: Fields): Json {
  const { name, kind, isSpaced } = kindOf(fields);
  return kind(fields, sortedTokens(fields, name !== 'gpt2' || isSpaced));
}

/** Refuses a tokenizer of a kind that is not read; needs no vocabulary. @throws TokenizerError */
export function refuseUnknownKind(fields: Fields): void {
  if (kindOf(fields).kind === byteLevel) splitOf(fields);
}

/** @throws TokenizerError */
function kindOf(fields: Fields): { readonly name: string; readonly kind: Kind; readonly isSpaced: boolean } {
  const name = fields.text('tokenizer.ggml.model');
  if (name === undefined) throw new TokenizerError(`"${fields.path}" does not say what kind of tokenizer it has ("tokenizer.ggml.model"): ${BESIDE}.`);
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (!kind) {
    const named = Object.hasOwn(OTHER_KINDS, name) ? OTHER_KINDS[name] : `"${name}"`;
    throw new TokenizerError(`The tokenizer of "${fields.path}" is of a kind that is not read from GGUF files, ${named}: ${BESIDE}, or choose another model.`);
  }
  const isSpaced = name === 'gpt2' && SPACED.includes(fields.text('tokenizer.ggml.pre') ?? '');
  return { name, kind: isSpaced ? spacedMerges : kind, isSpaced };
}

interface SortedTokens {
  /** Ids by token, of those that merges make. */
  readonly vocab: Json;
  readonly added: readonly { readonly id: number; readonly content: string; readonly special: boolean; readonly normalized: false }[];
  /** Ids of the vocabulary that are pieces of text, neither bytes nor added tokens; and those of them that stand before all others. */
  readonly pieces: readonly number[];
  readonly foremost: ReadonlySet<number>;
  readonly hasBytes: boolean;
}

/** @param spaced whether tokens are spelled with "▁" @throws TokenizerError for two tokens that are written the same */
function sortedTokens(fields: Fields, spaced: boolean): SortedTokens {
  const { tokens } = fields;
  const types = fields.numbers('tokenizer.ggml.token_type');
  const vocab = Object.create(null) as Record<string, number>;
  const added: { id: number; content: string; special: boolean; normalized: false }[] = [];
  const pieces: number[] = [];
  const foremost = new Set<number>();
  const seen = new Set<string>();
  let hasBytes = false;
  for (let id = 0; id < tokens.length; id++) {
    const token = tokens[id];
    const type = types?.[id] ?? TOKEN_TYPES.normal;
    // Rows of the embedding that no token has.
    if (type === TOKEN_TYPES.unused || token === '') continue;
    if (seen.has(token)) throw new TokenizerError(`"${fields.path}" lists the token ${JSON.stringify(token.slice(0, 40))} twice in "tokenizer.ggml.tokens": it is damaged or was converted wrongly, choose another file of this model.`);
    seen.add(token);
    if (spaced && type === TOKEN_TYPES.userDefined && /^[ \u2581]+$/.test(token)) {
      // The converter has written "▁" as spaces. Runs of spaces are merged before all else; as an added token only one that is written with "▁" in the text is found.
      const content = token.replaceAll(' ', METASPACE);
      vocab[content] = id;
      added.push({ id, content, special: false, normalized: false });
      pieces.push(id);
      foremost.add(id);
    } else if (type === TOKEN_TYPES.control || type === TOKEN_TYPES.userDefined || type === TOKEN_TYPES.unknown || isEndByText(token)) {
      added.push({ id, content: token, special: type !== TOKEN_TYPES.userDefined, normalized: false });
      if (type === TOKEN_TYPES.unknown) vocab[token] = id;
    } else {
      vocab[token] = id;
      if (type === TOKEN_TYPES.byte) hasBytes = true;
      else pieces.push(id);
    }
  }
  return { vocab, added, pieces, foremost, hasBytes };
}

/** GPT-2's kind: bytes spelled as characters, merges, and a split that the file names. */
function byteLevel(fields: Fields, { vocab, added }: SortedTokens): Json {
  const split = splitOf(fields);
  const pattern = (Regex: string) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false });
  return {
    added_tokens: added,
    normalizer: split.normalizer ? { type: split.normalizer } : null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [...split.splits.map(pattern), { type: 'ByteLevel', add_prefix_space: false, use_regex: false }, ...(split.byteSplits ?? []).map(pattern)],
    },
    decoder: { type: 'ByteLevel' },
    model: { type: 'BPE', vocab, merges: listedMerges(fields), ignore_merges: split.ignoreMerges ?? false },
  };
}

/** @throws TokenizerError */
function splitOf(fields: Fields): PreTokenization {
  const name = fields.text('tokenizer.ggml.pre');
  const split = preTokenization(name, fields.text('general.architecture'));
  if (!split) {
    throw new TokenizerError(name === undefined || name === 'default'
      ? `"${fields.path}" does not say how its tokenizer splits text ("tokenizer.ggml.pre" is ${name === undefined ? 'missing' : '"default"'}, as in files of early 2024): ${BESIDE}, or choose a newer file of this model.`
      : `How the tokenizer of "${fields.path}" splits text is not known, "${name}" ("tokenizer.ggml.pre"): ${BESIDE}.`);
  }
  return split;
}

/** Gemma 4's kind: SentencePiece's spelling, with the merges listed. */
function spacedMerges(fields: Fields, tokens: SortedTokens): Json {
  return spaced(fields, tokens, listedMerges(fields), fields.flag('tokenizer.ggml.add_space_prefix') ?? false);
}

/** Llama 2's and Gemma's kind: SentencePiece BPE, by scores. */
function sentencePiece(fields: Fields, tokens: SortedTokens): Json {
  const scores = fields.numbers('tokenizer.ggml.scores');
  if (!scores) throw fields.damaged('tokenizer.ggml.scores', 'a number for each token');
  const { pieces, foremost } = tokens;
  const texts = pieces.map((id) => (foremost.has(id) ? fields.tokens[id].replaceAll(' ', METASPACE) : fields.tokens[id]));
  const merges = scoredMerges(texts, pieces.map((id) => (foremost.has(id) ? Infinity : scores[id])));
  return spaced(fields, tokens, merges, fields.flag('tokenizer.ggml.add_space_prefix') ?? true);
}

/** @param prefixed whether text begins with a space that it does not have */
function spaced(fields: Fields, { vocab, added, hasBytes }: SortedTokens, merges: [string, string][], prefixed: boolean): Json {
  const unknown = fields.id('tokenizer.ggml.unknown_token_id') ?? 0;
  const replace = { type: 'Replace', pattern: { String: ' ' }, content: METASPACE };
  // Mistral's vocabularies of version 3 are the ones whose text begins with a space at its very beginning alone, not behind each special token.
  const isFirstOnly = prefixed && added.some(({ content, special }) => special && content === '[INST]');
  const prepend = { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: METASPACE }, replace] };
  return {
    added_tokens: fields.text('general.architecture') === 'phi3' ? added.map((token) => ({ ...token, rstrip: !KEEPS_SPACE.has(token.content) })) : added,
    normalizer: isFirstOnly ? null : prefixed ? prepend : replace,
    pre_tokenizer: isFirstOnly ? { type: 'Metaspace', replacement: METASPACE, prepend_scheme: 'first', split: false } : null,
    decoder: {
      type: 'Sequence',
      decoders: [{ type: 'Replace', pattern: { String: METASPACE }, content: ' ' }, { type: 'ByteFallback' }, { type: 'Fuse' }, ...(prefixed ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : [])],
    },
    model: { type: 'BPE', vocab, merges, unk_token: fields.tokens[unknown], fuse_unk: true, byte_fallback: hasBytes },
  };
}

/** Phi-3's special tokens swallow the white space behind them, which the metadata do not say (llama.cpp goes by the model's name); these alone do not. */
const KEEPS_SPACE = new Set(['<unk>', '<s>', '<|endoftext|>']);

/** @throws TokenizerError */
function listedMerges(fields: Fields): [string, string][] {
  const key = 'tokenizer.ggml.merges';
  const merges = fields.texts(key);
  if (!merges) throw fields.damaged(key, 'a list of pairs of tokens');
  return merges.map((merge) => {
    const at = merge.indexOf(' ', 1); // the first token may be a space
    if (at < 0 || at === merge.length - 1) throw fields.damaged(key, 'pairs of tokens, with a space between,');
    return [merge.slice(0, at), merge.slice(at + 1)];
  });
}
