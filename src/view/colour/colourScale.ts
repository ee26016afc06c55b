/**
 * From scores to colour steps. Every view (editor, panel, terminal, HTML page) takes its steps from here.
 *
 * Two sides, each with a ramp and a scale of its own: in five traces of real Qwen3 generations (500 to 1,100 tokens) what was
 * generated before the target carries 6 to 10 times the prompt's mass, which on one scale would drown the prompt.
 * Colours are compared within a side; what went to the prompt and what to the reasoning is a number (`TraceView.shares`).
 *
 * Scores are heavy-tailed: in those traces the last three tokens of the prompt hold 15 to 43% of its score and the median token
 * 0.2%. On a linear scale up to the largest score 87 to 97% of the prompt's tokens share the first step. Hence
 * 1. the scale ends at a high quantile: the top 2% of a side's tokens (one token from 20 on, none below) saturate, but none below a quarter
 *    of the largest score: where logit flow gives one word 84% of a prompt, a word of 2% must not look the same;
 * 2. the step grows with score^0.8: half the end of the scale is step 6, a tenth step 2, and a median token step 1 or 2,
 *    which is barely tinted. (A square root tints the whole page; linear hides evidence worth a tenth of the end.)
 *
 * A token that worked against the target more than for it takes the third ramp, by how much it worked against: on its side's scale, so that
 * steps of equal number are scores of equal size. Where that comes to next to nothing it keeps its own (`AGAINST_FROM`).
 */
import { contains } from '../../concepts/ranges';
import { sideOf, type Side } from '../../concepts/side';
import { againstOfHop, scoresOfHop, type HopChoice } from '../trace/hopScores';
import type { TraceView } from '../trace/traceView';
import { AGAINST_FROM, BUCKET_COUNT, rampOf, type Ramp } from './ramps';

const SATURATED_SHARE = 0.02;
const SATURATE_FROM = 20;
/** Part of the largest score that the scale ends at, at least. */
const LEAST_END = 0.25;
const EXPONENT = 0.8;

export interface ColourScale {
  /** Per token 0 (no colour) or 1 to `BUCKET_COUNT`. */
  readonly buckets: Uint8Array;
  /** Per token the ramp that the step is on. */
  readonly ramps: readonly Ramp[];
  /** Per side the score at which the last step begins to saturate, on both of its ramps; 0 when the side has no score. */
  readonly ends: Readonly<Record<Side, number>>;
}

/** Whether any token is coloured as one that worked against the target. */
export function showsAgainst({ ramps }: ColourScale): boolean {
  return ramps.includes('against');
}

/**
 * A step for every token. Zero stays 0 and anything above is at least 1; on a side a larger score never gets a
 * smaller step; equal scores get equal steps. The target gets 0 (views outline it). The scale's end is taken from
 * content tokens: a template token that soaks up mass takes the last step and leaves the scale as it is.
 */
export function colourScale(view: TraceView, hop: HopChoice = 'all'): ColourScale {
  const scores = scoresOfHop(view, hop);
  const against = againstOfHop(view, hop);
  const endOf = (side: Side): number => scaleEnd(view, scores, side) || (against ? scaleEnd(view, against, side) : 0);
  const ends = { prompt: endOf('prompt'), generation: endOf('generation') };
  const buckets = new Uint8Array(view.tokens.length);
  const ramps = view.tokens.map((_, i): Ramp => {
    const side = sideOf(view, i);
    if (contains(view.target, i)) return rampOf(side);
    const opposed = against && against[i] > scores[i] ? bucketOf(against[i], ends[side]) : 0;
    buckets[i] = opposed >= AGAINST_FROM ? opposed : bucketOf(scores[i], ends[side]);
    return opposed >= AGAINST_FROM ? 'against' : rampOf(side);
  });
  return { buckets, ramps, ends };
}

/** @param end score that takes the last step */
export function bucketOf(score: number, end: number): number {
  if (!(score > 0) || !(end > 0)) return 0;
  // The tolerance keeps a score that is a step's exact upper end in that step.
  return Math.max(1, Math.ceil(BUCKET_COUNT * Math.min(1, score / end) ** EXPONENT - 1e-9));
}

function scaleEnd(view: TraceView, scores: readonly number[], side: Side): number {
  const all: number[] = [];
  const content: number[] = [];
  view.tokens.forEach((token, i) => {
    if (sideOf(view, i) !== side || contains(view.target, i) || !(scores[i] > 0)) return;
    all.push(scores[i]);
    if (token.region !== 'template') content.push(scores[i]);
  });
  const descending = (content.length > 0 ? content : all).sort((a, b) => b - a);
  if (descending.length === 0) return 0;
  const saturated = descending.length < SATURATE_FROM ? 0 : Math.max(1, Math.floor(descending.length * SATURATED_SHARE));
  return Math.max(descending[saturated], LEAST_END * descending[0]);
}
