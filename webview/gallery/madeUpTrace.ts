/**
 * Traces made up for looking at the panel: no model computed these scores. Texts follow the grammar of the embedded
 * model's tasks; scores imitate the shape of real traces (heavy tail, a dominating "?", a mass-taking first token).
 */
import type { TokenRange } from '../../src/concepts/ranges';
import type { TokenKind, TokenRegion } from '../../src/concepts/transcript';
import type { TokenView, TraceView } from '../../src/view/trace/traceView';

export interface Draft {
  /** Role and text of every turn before the generation. */
  readonly turns: readonly (readonly [role: string, text: string])[];
  readonly reasoning: string;
  readonly answer: string;
  /** Words of the answer (or the reasoning) that were highlighted: their last occurrence. */
  readonly target: string;
  /** Substrings of the prompt that the answer rests on. */
  readonly evidence: readonly string[];
  readonly hops?: number;
  readonly method?: TraceView['method'];
  /** Substrings of the prompt that speak for something else. */
  readonly opposing?: readonly string[];
  /** What could have stood in the target's place, and how probable it was. */
  readonly rather?: readonly [text: string, probability: number];
}

/** Letters (long words in two pieces), single digits, punctuation and white space, the way byte-level BPE looks. */
const PIECE = / ?\p{Script=Latin}{1,5}| ?\d|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|\p{Emoji_Presentation}|\n+| +|./gsu;

export function madeUpTrace(draft: Draft): TraceView {
  const tokens: TokenView[] = [];
  const hot = new Set<number>();
  const cold = new Set<number>();
  let offset = 0;
  const template = (text: string): void => { tokens.push({ text, kind: 'template', region: 'template', range: null, probability: null }); };
  const write = (text: string, region: TokenRegion): void => {
    const from = offset;
    const rangesOf = (parts: readonly string[]) => (region === 'prompt' ? parts.map((part) => [text.indexOf(part), text.indexOf(part) + part.length]) : []);
    const lists = [[hot, rangesOf(draft.evidence)], [cold, rangesOf(draft.opposing ?? [])]] as const;
    for (const [piece] of text.matchAll(PIECE)) {
      const range = { start: offset, end: offset + piece.length };
      const kind: TokenKind = /^[\s,.]*$/.test(piece) ? 'stop' : region as TokenKind;
      const parts = /\p{Emoji_Presentation}/u.test(piece) ? 2 : 1;
      for (let part = 0; part < parts; part++) {
        for (const [list, ranges] of lists) if (ranges.some(([start, end]) => start >= 0 && range.start - from >= start - 1 && range.end - from <= end)) list.add(tokens.length);
        tokens.push({ text: piece, kind, region, range, probability: null });
      }
      offset = range.end;
    }
    offset += 12;
  };
  for (const [role, text] of draft.turns) {
    template('<|im_start|>');
    template(role);
    template('\n');
    write(text, 'prompt');
    template('<|im_end|>');
    template('\n');
  }
  ['<|im_start|>', 'assistant', '\n'].forEach(template);
  const promptLength = tokens.length;
  let reasoning: TokenRange | null = null;
  if (draft.reasoning) {
    template('<think>');
    template('\n');
    const start = tokens.length;
    write(draft.reasoning, 'reasoning');
    reasoning = { start, end: tokens.length };
    template('\n');
    template('</think>');
    template('\n');
  }
  write(draft.answer, 'answer');
  template('<|im_end|>');
  return score(draft, tokens, promptLength, reasoning, hot, cold);
}

function score(draft: Draft, tokens: TokenView[], promptLength: number, reasoning: TokenRange | null, hot: ReadonlySet<number>, cold: ReadonlySet<number>): TraceView {
  const random = randomNumbers(7);
  const target = findTarget(tokens, promptLength, draft.target);
  const hops = draft.hops ?? 1;
  const question = tokens.findLastIndex((token, i) => i < promptLength && token.region === 'prompt' && /[?？]/.test(token.text));
  const hopScores = Array.from({ length: hops + 1 }, (_, hop) => tokens.map((token, i) => {
    const noise = 0.0012 * Math.exp(2.2 * (random() + random() - 1));
    if (i >= target.end || token.kind === 'stop') return 0;
    if (token.region === 'template') return i === 0 ? 0.09 : 0.6 * noise;
    if (i === question) return 0.11;
    if (i < promptLength) return noise * (hot.has(i) ? 7 + 9 * hop : 1);
    const nearness = Math.exp((i - target.start) / (hop === 0 ? 12 : 60));
    return noise * (2 + (hop === 0 ? 30 : 9) * nearness);
  }));
  const matrix = draft.method === 'ifr-tokenwise' ? rows(hopScores[0], tokens, promptLength, target, hot) : undefined;
  if (matrix) hopScores[0] = tokens.map((_, i) => meanOf(matrix, i, tokens.length));
  const scores = tokens.map((_, i) => (i >= target.start ? 0 : hopScores.reduce((sum, hop) => sum + hop[i], 0)));
  const mass: Record<string, number> = { template: 0, prompt: 0, reasoning: 0, answer: 0, stop: 0.11 * scores.reduce((a, b) => a + b, 0) };
  tokens.forEach((token, i) => { mass[token.region] += hopScores.reduce((sum, hop) => sum + hop[i], 0); });
  const total = Object.values(mass).reduce((a, b) => a + b, 0);
  return {
    documentName: 'made-up.prompty',
    modelName: 'tracelet-1m',
    device: 'cpu',
    method: draft.method ?? 'flashtrace',
    tokens: tokens.map((token, i) => ({ ...token, probability: i < promptLength ? null : 1 - 0.3 * random() ** 4 })),
    promptLength,
    target,
    belief: { logProb: -0.07 * (target.end - target.start), nTokens: target.end - target.start, firstChoices: target.end - target.start },
    reasoning,
    recursionSpan: hops > 0 ? { start: promptLength, end: target.end } : null,
    scores,
    hopScores,
    thinkingRatios: hopScores.map((_, hop) => 0.86 ** (hop + 1)),
    shares: Object.fromEntries(Object.entries(mass).map(([key, value]) => [key, value / total])) as TraceView['shares'],
    ...(matrix && { matrix }),
    ...(draft.opposing && opposition(hopScores, tokens, target, cold)),
    ...(draft.rather && { contrast: contrastOf(draft.target, draft.rather) }),
    timings: { modelMs: 412, traceMs: 38, modelRuns: 1 },
  };
}

/** Words that speak for something else work against the target; of all others a little does, more than speaks for it now and then. */
function opposition(hopScores: readonly (readonly number[])[], tokens: readonly TokenView[], target: TokenRange, cold: ReadonlySet<number>): Pick<TraceView, 'against' | 'hopAgainst'> {
  const random = randomNumbers(5);
  const hopAgainst = hopScores.map((scores, hop) => scores.map((score, i) => {
    if (i >= target.end || tokens[i].kind === 'stop') return 0;
    return cold.has(i) ? (0.006 + 0.03 * random()) / (1 + hop) : score * 1.15 * random() ** 3;
  }));
  return { hopAgainst, against: tokens.map((_, i) => (i >= target.start ? 0 : hopAgainst.reduce((sum, hop) => sum + hop[i], 0))) };
}

function contrastOf(written: string, [other, probability]: readonly [string, number]): NonNullable<TraceView['contrast']> {
  return { written: { id: 1, text: ` ${written}`, probability: 0.93 }, other: { id: 2, text: ` ${other}`, probability } };
}

/** Each target token draws on evidence of its own, on the words before it and on itself. */
function rows(base: readonly number[], tokens: readonly TokenView[], promptLength: number, target: TokenRange, hot: ReadonlySet<number>): Float32Array {
  const random = randomNumbers(11);
  const evidence = [...hot];
  const length = target.end - target.start;
  return Float32Array.from({ length: length * tokens.length }, (_, at) => {
    const [token, i] = [target.start + Math.floor(at / tokens.length), at % tokens.length];
    if (i > token || tokens[i].kind === 'stop') return 0;
    if (i === token) return 0.2;
    if (i >= target.start) return 0.03 * random() * Math.exp((i - token) / 4);
    const place = evidence.indexOf(i) / evidence.length;
    const own = place >= 0 && Math.abs(place - (token - target.start) / length) < 0.18 ? 6 : 0.5;
    const copied = i >= promptLength && tokens[i].text.trim() === tokens[token].text.trim() ? 5 : 1;
    return (base[i] || 0.0012) * own * copied * (0.6 + 0.8 * random());
  });
}

function meanOf(matrix: Float32Array, i: number, nTokens: number): number {
  let total = 0;
  for (let at = i; at < matrix.length; at += nTokens) total += matrix[at];
  return (total * nTokens) / matrix.length;
}

function findTarget(tokens: readonly TokenView[], promptLength: number, words: string): TokenRange {
  for (let start = tokens.length - 1; start >= promptLength; start--) {
    let text = '';
    for (let end = start; end < tokens.length && text.trim().length < words.length; end++) {
      text += tokens[end].text;
      if (text.trim() === words) return { start, end: end + 1 };
    }
  }
  throw new Error(`The made-up generation has no tokens "${words}".`);
}

/** Mulberry32: the same numbers in [0, 1) every time, so that pictures can be compared. */
function randomNumbers(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
