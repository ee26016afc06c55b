import type { CutResult } from '../../concepts/cuts';
import { hasHops } from '../../concepts/method';
import type { Granularity } from '../../concepts/passages';
import type { CharRange, TokenRange } from '../../concepts/ranges';
import { rewriteVerdict, type Rewrite, type RewrittenPassage, type Rewriting } from '../../concepts/trials/rewriting';
import type { TraceResult } from '../../concepts/traceResult';
import type { MeasuredPassage, Verification } from '../../concepts/trials/verification';
import { topSources } from '../../view/trace/sources';
import type { TraceView } from '../../view/trace/traceView';

/** Entries of `top_inputs` and `top_passages`. */
const TOP = 20;

type Inclusive = readonly [number, number];

/**
 * A trace in the reference package's JSON form: its fields, its indices (prompt tokens are the user's, without template
 * tokens; spans are inclusive and count generation tokens), its numbers (`per_hop_scores` before a hop is weighted by
 * the ratio that reached it). Beyond it: what worked against the span (`against`); `top_passages`, the prompt's best sentences, words, lines or paragraphs; character ranges in the document, and `tokens`, everything that the model saw; after a
 * verification `verified_sources`, best first, and what goes with them.
 */
export function traceJson(result: TraceResult, view: TraceView, text: string, { granularity, verification, rewriting }: { readonly granularity: Granularity; readonly verification: Verification | null; readonly rewriting: Rewriting | null }) {
  const { tokens, promptLength, options, hops } = result;
  const prompt = tokens.flatMap(({ region }, i) => (i < promptLength && region === 'prompt' ? [i] : []));
  const generation = tokens.flatMap((_, i) => (i >= promptLength ? [i] : []));
  const importance = hops.map((hop) => Array.from(hop.importance, (score, i) => (hasHops(options.method) && tokens[i].kind === 'stop' ? 0 : score)));
  const observedBefore = result.recursionSpan?.start ?? tokens.length;
  const observed = Array.from(tokens, (_, i) => (i < observedBefore ? hops.reduce((sum, hop) => sum + hop.carried[i], 0) : 0));
  const inclusive = (span: TokenRange | null): Inclusive | null => span && [span.start - promptLength, span.end - 1 - promptLength];
  const ranges = (positions: readonly number[]): (Inclusive | null)[] => positions.map((i) => halfOpen(tokens[i].range));
  return {
    method: options.method,
    hops: options.hops,
    document: view.documentName,
    prompt_tokens: prompt.map((i) => tokens[i].text),
    prompt_ranges: ranges(prompt),
    generation_tokens: generation.map((i) => tokens[i].text),
    generation_ranges: ranges(generation),
    scores: prompt.map((i) => observed[i]),
    generation_scores: generation.map((i) => observed[i]),
    per_hop_scores: importance.map((hop) => prompt.map((i) => hop[i])),
    per_hop_generation_scores: importance.map((hop) => generation.map((i) => hop[i])),
    per_hop_target_spans: hops.map((_, hop) => inclusive(hop === 0 ? result.target : result.recursionSpan)),
    thinking_ratios: result.thinkingRatios,
    output_span: inclusive(result.target),
    output_range: halfOpen(result.targetRange),
    output_log_prob: result.belief.logProb,
    output_first_choices: result.belief.firstChoices,
    reasoning_span: inclusive(result.reasoning),
    top_inputs: prompt
      .map((position, index) => ({ index, token: tokens[position].text, score: observed[position], range: halfOpen(tokens[position].range) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .slice(0, TOP),
    top_passages: {
      granularity,
      passages: topSources(view, { side: 'prompt', granularity, limit: TOP }).map(({ text: passage, range, score, share }) => ({ text: passage, range: halfOpen(range), score, share })),
    },
    shares: result.shares,
    ...(result.against && { against: prompt.map((i) => result.against![i]), generation_against: generation.map((i) => result.against![i]) }),
    ...(result.contrast && { contrast: result.contrast }),
    ...(result.cuts && cutsJson(result.cuts)),
    ...(result.matrix && { token_importance_matrix: result.matrix.map((row) => Array.from(row)) }),
    ...(verification && verifiedJson(verification)),
    ...(rewriting && { rewriting: rewritingJson(rewriting) }),
    tokens: tokens.map(({ id, text, kind, region, range }, i) => ({
      id,
      text,
      kind,
      region,
      range: halfOpen(range),
      score: result.scores[i],
      probability: i < promptLength ? null : result.probabilities[i],
    })),
    metadata: {
      model: result.modelName,
      device: result.device,
      notes: result.notes,
      target: result.targetRange && text.slice(result.targetRange.start, result.targetRange.end),
      timings_ms: { model: result.timings.modelMs, trace: result.timings.traceMs },
    },
  };
}

/** Drops in nats, of everything generated up to the span's end and of the span alone; best first. */
function cutsJson({ passages, measured, sentences, allDrop, together, prefills }: CutResult) {
  return {
    cuts: passages.map(({ text, range, level, drop, targetDrop }) => ({ text, range: halfOpen(range), level, drop, target_drop: targetDrop })),
    cutting: {
      sentences_by_themselves: measured,
      sentences,
      all_drop: allDrop,
      together: together && { drop: together.drop, passages: together.passages.map(({ text, range }) => ({ text, range: halfOpen(range) })) },
      prefills,
    },
  };
}

function verifiedJson({ sources, control, options, replacement, leastDrop, othersLogProbDrop, logProb, timings }: Verification) {
  return {
    verified_sources: sources.map((source) => ({ ...passageJson(source), verdict: source.verdict })),
    verified_control: control && passageJson(control),
    verification: {
      by: options.by ?? 'removal',
      passages: options.passages,
      granularity: options.granularity,
      seed: options.seed,
      ...(options.by !== 'cut' && { replacement_token: replacement.text, replacement_token_id: replacement.id }),
      least_drop: leastDrop,
      others_log_prob_drop: othersLogProbDrop,
      log_prob: logProb,
      model_runs: timings.modelRuns,
      ms: timings.verifyMs,
    },
  };
}

/** What was written without each passage; `kept` of the answers say what the span says. */
function rewritingJson({ options, asked, unchanged, sources, control, notes, timings }: Rewriting) {
  const written = (rewrite: Rewrite) => ({
    verdict: rewriteVerdict(rewrite, unchanged),
    kept: rewrite.kept,
    answers: rewrite.answers.map(({ text, conclusion, isKept, isCut }) => ({ text, conclusion, kept: isKept, cut_by_limit: isCut })),
  });
  const passage = (rewritten: RewrittenPassage) => ({ text: rewritten.text, range: halfOpen(rewritten.range), share: rewritten.share, ...written(rewritten) });
  return {
    asked,
    samples: options.samples, temperature: options.samples === 1 ? 0 : options.temperature, seed: options.seed, max_tokens: options.maxTokens,
    unchanged: written(unchanged),
    sources: sources.map(passage),
    control: control && passage(control),
    notes,
    tokens: timings.tokens,
    ms: timings.rewriteMs,
  };
}

/** Log-probabilities in nats; `log_prob_drop` is of everything generated up to the span's end, the others of the span alone, `other_*` of what it is compared with. */
function passageJson({ text, range, share, logProbDrop, targetLogProbBefore, targetLogProbAfter, other }: MeasuredPassage) {
  return {
    text,
    range: halfOpen(range),
    share,
    log_prob_drop: logProbDrop,
    target_log_prob_before: targetLogProbBefore,
    target_log_prob_after: targetLogProbAfter,
    ...(other && { other_log_prob_before: other.logProbBefore, other_log_prob_after: other.logProbAfter }),
  };
}

/** Character ranges are half-open, in UTF-16 units. */
function halfOpen(range: CharRange | null): Inclusive | null {
  return range && [range.start, range.end];
}
