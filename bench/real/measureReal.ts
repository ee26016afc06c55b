import type { TokenRange } from '../../src/concepts/ranges';
import { REAL_METHODS } from './realMethods';
import type { NumberedPrompt } from './prompts/promptKinds';
import type { RealRecord, RecordedCurve, Truth } from './realRecord';
import type { RealTranscript } from './realTranscript';

/** Sentences that a curve takes out, or leaves in, at most. */
const CURVE_STEPS = 4;

/** @param isLong with words, curves, times of methods and cuts everywhere, which take most of the runs */
export async function measureReal(prompt: NumberedPrompt, on: RealTranscript, isLong: boolean): Promise<RealRecord> {
  const { sentences, transcript: { promptLength } } = on;
  const ranges = sentences.map(({ tokens }) => tokens);
  const prefill = await on.prefill();

  const scores: Record<string, number[]> = {};
  const recovery: Record<string, number> = {};
  const times: Record<string, number> = {};
  const byToken: Record<string, ArrayLike<number>> = {};
  for (const method of REAL_METHODS) {
    const found = await method.scores(on);
    if (isLong) {
      on.forgetTraces();
      const started = performance.now();
      await (method.alone ?? method.scores)(on);
      times[method.name] = performance.now() - started;
    }
    byToken[method.name] = found;
    scores[method.name] = ranges.map((range) => sum(found, range));
    recovery[method.name] = on.evidence.recovery(filled(found, on.transcript.tokens.length)).recovery;
  }

  const each = (measure: (range: TokenRange) => Promise<number>) => inTurn(ranges, measure);
  const truthTimes: Partial<Record<Truth, number>> = {};
  const timed = async (truth: Truth, measure: () => Promise<number[]>) => {
    const started = performance.now();
    const found = await measure();
    truthTimes[truth] = performance.now() - started;
    return found;
  };
  const cutOff = async (of: readonly TokenRange[]) => (await on.cuts.measureAll(of.map((range) => [range]), on.call)).map(({ logProbDrop }) => logProbDrop);
  const truths = {
    'padding': await timed('padding', () => each((range) => on.padded([range]))),
    'deletion': await timed('deletion', () => each((range) => on.deleted(range))),
    'cut': await timed('cut', () => cutOff(ranges)),
    ...(isLong && { 'cut everywhere': await timed('cut everywhere', () => each((range) => on.hiddenFromAll(range))) }),
  };
  const spread = (drops: readonly number[], isOf: readonly TokenRange[]) => {
    const tokens = new Float64Array(on.transcript.tokens.length);
    isOf.forEach(({ start, end }, i) => tokens.fill(drops[i] / (end - start), start, end));
    return tokens;
  };
  for (const [truth, drops] of Object.entries(truths)) recovery[truth] = on.evidence.recovery(spread(drops, ranges)).recovery;

  return {
    id: prompt.id,
    kind: prompt.kind.name,
    isHeldOut: prompt.kind.isHeldOut,
    messages: prompt.messages,
    answer: on.answer,
    isRight: prompt.isRight(on.answer),
    ids: on.ids,
    promptLength,
    logProb: on.cuts.before.generation,
    sentences: sentences.map(({ text, tokens, isEvidence, asks }) => ({ text, tokens: [tokens.start, tokens.end], isEvidence, asks })),
    truths, scores, recovery,
    ...(isLong && {
      words: await measureWords(on, cutOff, byToken),
      curves: await measureCurves(on, ranges, { ...scores, ...truths }),
    }),
    times: { prefill, methods: times, truths: truthTimes as RealRecord['times']['truths'] },
  };
}

async function measureWords(on: RealTranscript, cutOff: (of: readonly TokenRange[]) => Promise<number[]>, byToken: Readonly<Record<string, ArrayLike<number>>>): Promise<RealRecord['words']> {
  const ranges = on.words.map(({ tokens }) => tokens);
  return {
    tokens: ranges.map(({ start, end }) => [start, end]),
    truths: { padding: await inTurn(ranges, (range) => on.padded([range])), cut: await cutOff(ranges) },
    scores: Object.fromEntries(Object.entries(byToken).map(([name, found]) => [name, ranges.map((range) => sum(found, range))])),
  };
}

/** Methods that put the same sentences first share runs. */
async function measureCurves(on: RealTranscript, ranges: readonly TokenRange[], scores: Readonly<Record<string, readonly number[]>>): Promise<Record<string, RecordedCurve>> {
  const known = new Map<string, number>();
  const logProb = async (without: readonly number[]) => {
    const key = [...without].sort((a, b) => a - b).join();
    if (!known.has(key)) known.set(key, on.cuts.before.generation - (without.length === 0 ? 0 : await on.padded([...without].sort((a, b) => a - b).map((i) => ranges[i]))));
    return known.get(key)!;
  };
  const steps = Math.min(CURVE_STEPS, ranges.length);
  const curves: Record<string, RecordedCurve> = {};
  for (const [name, found] of Object.entries(scores)) {
    const order = found.map((_, i) => i).sort((a, b) => found[b] - found[a] || a - b);
    const curve = { deletion: [] as number[], insertion: [] as number[] };
    for (let count = 0; count <= steps; count++) {
      curve.deletion.push(await logProb(order.slice(0, count)));
      curve.insertion.push(await logProb(order.slice(count)));
    }
    curves[name] = curve;
  }
  return curves;
}

async function inTurn<T, R>(values: readonly T[], work: (value: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const value of values) results.push(await work(value));
  return results;
}

function sum(scores: ArrayLike<number>, { start, end }: TokenRange): number {
  let total = 0;
  for (let i = start; i < Math.min(end, scores.length); i++) total += scores[i];
  return total;
}

function filled(scores: ArrayLike<number>, length: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => scores[i] ?? 0);
}
