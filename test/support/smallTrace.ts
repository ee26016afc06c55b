import type { TokenKind, TokenRegion } from '../../src/concepts/transcript';
import type { TraceView } from '../../src/view/trace/traceView';

export interface SmallToken {
  readonly text: string;
  readonly region: TokenRegion;
  readonly kind?: TokenKind;
  /** One score per hop. */
  readonly hops?: readonly number[];
  /** Characters that this token shares with the one before: it starts that much earlier. */
  readonly shared?: number;
}

/** A token-wise trace for tests: a row for every target token, the last tokens; the scores are the rows' mean. */
export function tokenwiseTrace(tokens: readonly Omit<SmallToken, 'hops'>[], promptLength: number, rows: readonly (readonly number[])[]): TraceView {
  const means = tokens.map((_, i) => rows.reduce((sum, row) => sum + row[i] / rows.length, 0));
  const trace = smallTrace(tokens.map((token, i) => ({ ...token, hops: [means[i]] })), promptLength, [tokens.length - rows.length, tokens.length]);
  return { ...trace, method: 'ifr-tokenwise', recursionSpan: null, matrix: Float32Array.from(rows.flat()) };
}

/** A trace for tests with the scores written beside the tokens; the prompt ends at `promptLength`. */
export function smallTrace(tokens: readonly SmallToken[], promptLength: number, target: readonly [number, number]): TraceView {
  const nHops = Math.max(1, ...tokens.map(({ hops }) => hops?.length ?? 0));
  let offset = 0;
  const hopScores = Array.from({ length: nHops }, (_, hop) => tokens.map(({ hops }) => hops?.[hop] ?? 0));
  return {
    documentName: null,
    modelName: 'test',
    device: 'cpu',
    method: 'flashtrace',
    tokens: tokens.map(({ text, region, kind, shared = 0 }, i) => {
      const start = offset - shared;
      if (region !== 'template') offset = start + text.length;
      return { text, region, kind: kind ?? region, range: region === 'template' ? null : { start, end: offset }, probability: i < promptLength ? null : 0.5 };
    }),
    promptLength,
    target: { start: target[0], end: target[1] },
    reasoning: null,
    recursionSpan: { start: promptLength, end: tokens.length },
    scores: tokens.map((_, i) => (i >= target[0] && i < target[1] ? 0 : hopScores.reduce((sum, hop) => sum + hop[i], 0))),
    hopScores,
    thinkingRatios: hopScores.map(() => 0.5),
    shares: { template: 0.1, prompt: 0.4, reasoning: 0.3, answer: 0.1, stop: 0.1 },
    timings: { modelMs: 1, traceMs: 1, modelRuns: 1 },
  };
}
