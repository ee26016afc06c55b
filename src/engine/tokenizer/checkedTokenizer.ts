import { TokenizerError } from '../base/errors';

type Json = Record<string, unknown>;

/** tokenizer.json as the package takes it, without looking at it. */
interface TokenizerJson extends Json {
  readonly model: Json;
  readonly added_tokens: readonly TokenEntry[];
  readonly decoder: Json | null;
  readonly post_processor: null;
  readonly pre_tokenizer: Json | null;
  readonly normalizer: Json | null;
}

interface TokenEntry extends Json {
  readonly id: number;
  readonly content: string;
}

/** No vocabulary is near it; a list that is as long as the highest id is made of it. */
const MOST_IDS = 1 << 24;
/** Sequences inside sequences. */
const DEEPEST = 32;
/** Words and long patterns are part of the file as it is; only patterns longer than any real one are refused, since they are compiled. */
const LONGEST_PATTERN = 100_000;

/**
 * A parsed tokenizer.json whose fields have the types that the package expects of them: it makes lists as long as an id, loops by a length, and does not look at what it is given.
 * What puts special tokens around a text is left out: the chat template writes them.
 * @throws TokenizerError
 */
export function checkedTokenizer(json: Json, path: string): TokenizerJson {
  const { model } = json;
  if (!isObject(model) || !('vocab' in model)) {
    throw new TokenizerError(`${path} holds no vocabulary ("model"): it is damaged or no tokenizer file; copy it again.`);
  }
  checkModel(model, path);
  return {
    ...json,
    model,
    added_tokens: addedTokens(json.added_tokens ?? [], path),
    decoder: steps(json.decoder, 'decoder', path),
    post_processor: null,
    normalizer: steps(json.normalizer, 'normalizer', path),
    pre_tokenizer: steps(json.pre_tokenizer, 'pre_tokenizer', path),
  };
}

/** Tokens that tokenizer_config.json lists. @param path of it @throws TokenizerError */
export function addedInConfig(decoder: unknown, path: string): TokenEntry[] {
  if (decoder === undefined || decoder === null) return [];
  if (!isObject(decoder)) throw damaged(path, 'added_tokens_decoder', 'an object of tokens by their ids');
  return Object.entries(decoder).map(([id, token]) => entry({ ...(token as Json | null), id: Number(id) }, 'added_tokens_decoder', path));
}

function checkModel({ type, vocab, merges, unk_token: unknown, continuing_subword_prefix: prefix, max_input_chars_per_word: longest, unk_id: unknownId }: Json, path: string): void {
  if (Array.isArray(vocab)) {
    if (!vocab.every((item) => Array.isArray(item) && typeof item[0] === 'string' && typeof item[1] === 'number')) throw damaged(path, 'model.vocab', 'pairs of a token and its score');
  } else {
    if (!isObject(vocab)) throw damaged(path, 'model.vocab', 'an object of ids by their tokens');
    for (const id of Object.values(vocab)) if (!isId(id)) throw damaged(path, 'model.vocab', `whole numbers below ${MOST_IDS} as ids`, id);
  }
  if (Array.isArray(vocab) ? type === 'BPE' || type === 'WordPiece' : type === 'Unigram') throw damaged(path, 'model.vocab', `what a model of type "${String(type)}" has`);
  if (type === 'BPE' && !isMerges(merges)) throw damaged(path, 'model.merges', 'a list of pairs of tokens');
  for (const [name, value] of Object.entries({ unk_token: unknown, continuing_subword_prefix: prefix })) {
    if (value !== undefined && value !== null && typeof value !== 'string') throw damaged(path, `model.${name}`, 'a text', value);
  }
  if (unknownId !== undefined && unknownId !== null && !isId(unknownId)) throw damaged(path, 'model.unk_id', 'a whole number', unknownId);
  if (longest !== undefined && !isId(longest)) throw damaged(path, 'model.max_input_chars_per_word', 'a whole number', longest);
}

/** `"a b"` or `["a", "b"]`, all of a kind. */
function isMerges(merges: unknown): boolean {
  if (!Array.isArray(merges)) return false;
  if (!Array.isArray(merges[0])) return merges.every((merge) => typeof merge === 'string');
  return merges.every((merge) => Array.isArray(merge) && merge.length === 2 && merge.every((token) => typeof token === 'string'));
}

function addedTokens(list: unknown, path: string): TokenEntry[] {
  if (!Array.isArray(list)) throw damaged(path, 'added_tokens', 'a list of tokens');
  return list.map((token) => entry(token, 'added_tokens', path));
}

function entry(token: unknown, field: string, path: string): TokenEntry {
  if (!isObject(token) || !isId(token.id) || typeof token.content !== 'string') throw damaged(path, field, `tokens with a text ("content") and a whole number below ${MOST_IDS} ("id")`);
  return token as TokenEntry;
}

/** A normalizer, pre-tokenizer or decoder and those inside it. */
function steps(step: unknown, field: string, path: string, depth = 0): Json | null {
  if (step === undefined || step === null) return null;
  if (!isObject(step) || typeof step.type !== 'string') throw damaged(path, field, 'an object with a "type"');
  const { pattern, content, prepend, replacement, length, behavior, str_rep: spelled } = step;
  if (pattern !== undefined || ['Split', 'Replace'].includes(step.type)) checkPattern(pattern, `${field}.pattern`, path);
  for (const [name, value] of Object.entries({ content, prepend, replacement, behavior, str_rep: spelled })) {
    if (value !== undefined && value !== null && typeof value !== 'string') throw damaged(path, `${field}.${name}`, 'a text', value);
  }
  if (step.type === 'FixedLength' && (!isId(length) || length === 0)) throw damaged(path, `${field}.length`, 'a positive whole number', length);
  for (const name of ['normalizers', 'pretokenizers', 'decoders']) {
    const inner = step[name];
    if (inner === undefined) continue;
    if (!Array.isArray(inner)) throw damaged(path, `${field}.${name}`, 'a list');
    if (depth === DEEPEST) throw damaged(path, field, `sequences that are ${DEEPEST} deep at most`);
    for (const item of inner) steps(item, `${field}.${name}`, path, depth + 1);
  }
  return step;
}

function checkPattern(pattern: unknown, field: string, path: string): void {
  const written = isObject(pattern) ? pattern.Regex ?? pattern.String : undefined;
  if (typeof written !== 'string' || written.length > LONGEST_PATTERN) throw damaged(path, field, `{"Regex": ...} or {"String": ...} of ${LONGEST_PATTERN} characters at most`);
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < MOST_IDS;
}

function damaged(path: string, field: string, wanted: string, found?: unknown): TokenizerError {
  const is = found === undefined ? '' : ` (it holds ${JSON.stringify(found).slice(0, 40)})`;
  return new TokenizerError(`${path} does not have ${wanted} in "${field}"${is}: it is damaged or of a kind that is not supported; copy it again or choose another checkpoint.`);
}
