import type { Contrast } from '../../concepts/contrast';
import { formatProbability } from '../../concepts/formatNumbers';
import type { TraceOptions } from '../../concepts/method';
import type { TokenRange } from '../../concepts/ranges';
import { regionMass, scaledTo } from '../../concepts/share';
import { meanProbability, wouldHardlyWrite, type HopScores, type TargetBelief, type TraceResult } from '../../concepts/traceResult';
import type { TokenizedTranscript } from '../../concepts/transcript';
import type { ModelInfo } from '../../protocol/engine/model';
import type { TraceOutput } from '../attribution/methods/traceJob';
import type { TraceState } from '../state/traceState';

export interface Traced {
  readonly options: TraceOptions;
  readonly model: ModelInfo;
  readonly transcript: TokenizedTranscript;
  /** Its logits read. */
  readonly state: TraceState;
  readonly reasoning: TokenRange | null;
  readonly output: TraceOutput;
  readonly contrast: Contrast | undefined;
  readonly timings: TraceResult['timings'];
}

/** What goes to whoever asked for a trace. */
export function assembleTraceResult({ options, model, transcript, state, reasoning, output, contrast, timings }: Traced): TraceResult {
  const { tokens, promptLength, notes } = transcript;
  const { importance, carried, against, ratios, target, matrix } = output;
  const belief = targetBelief(transcript, state, target);
  return {
    options,
    modelName: model.name,
    device: model.device,
    tokens,
    promptLength,
    notes: [...notes, ...beliefNote(model, belief)],
    belief,
    target,
    targetRange: documentRange(transcript, target),
    reasoning,
    recursionSpan: output.recursionSpan,
    hops: importance.map((scores, hop): HopScores => ({ importance: scores, carried: carried[hop], ...(against && { against: against[hop] }) })),
    thinkingRatios: ratios,
    scores: sumOutside(target, carried),
    ...(against && { against: sumOutside(target, against) }),
    ...(contrast && { contrast }),
    probabilities: Float32Array.from(tokens, ({ id }, i) => (i < promptLength ? NaN : Math.exp(state.logProb(i, id)))),
    // What each hop gave before stop tokens were taken out, by the mass that reached the hop.
    shares: scaledTo(1, regionMass(tokens, importance, importance.map((_, hop) => (hop === 0 ? 1 : ratios[hop - 1])))),
    ...(matrix && { matrix }),
    timings,
  };
}

function targetBelief({ tokens }: TokenizedTranscript, state: TraceState, { start, end }: TokenRange): TargetBelief {
  let [logProb, firstChoices] = [0, 0];
  for (let i = start; i < end; i++) {
    logProb += state.logProb(i, tokens[i].id);
    if (state.argmax[i - 1 - state.firstRow] === tokens[i].id) firstChoices++;
  }
  return { logProb, nTokens: end - start, firstChoices };
}

function beliefNote({ name }: ModelInfo, belief: TargetBelief): string[] {
  if (!wouldHardlyWrite(belief)) return [];
  const { nTokens, firstChoices } = belief;
  return [`${name} would hardly have written the traced span (${formatProbability(meanProbability(belief))} a token, ${firstChoices} of ${nTokens} its first choice): it may be another model's, or this one's in another precision or after another prompt. The trace shows what ${name} rests it on.`];
}

function documentRange({ tokens }: TokenizedTranscript, span: TokenRange): TraceResult['targetRange'] {
  const ranges = tokens.slice(span.start, span.end).flatMap(({ range }) => range ?? []);
  return ranges.length === 0 ? null : { start: ranges[0].start, end: ranges[ranges.length - 1].end };
}

/** Of all hops together, 0 on the target. */
function sumOutside(target: TokenRange, hops: readonly Float64Array[]): Float64Array {
  const scores = new Float64Array(hops[0].length);
  for (const hop of hops) for (let j = 0; j < scores.length; j++) scores[j] += hop[j];
  return scores.fill(0, target.start, target.end);
}
