/**
 * The two ways through the matrix of a token-wise trace: a row says what led to one target token, a column which target
 * tokens a source led to.
 */
import { contains, type TokenRange } from '../../concepts/ranges';
import { regionMass, scaledTo } from '../../concepts/share';
import { ownTexts } from '../../concepts/tokenText';
import type { TraceView } from './traceView';

/** A target token seen from a source. */
export interface TargetScore {
  readonly token: number;
  /** Without surrounding white space, except where the token is nothing else. */
  readonly text: string;
  /** Its place in the target, from 1. */
  readonly ordinal: number;
  readonly score: number;
}

export function targetLength({ target }: TraceView): number {
  return target.end - target.start;
}

/** Whether there are target tokens to choose from: a single one is the whole target. */
export function hasRows(view: TraceView): view is TraceView & { readonly matrix: Float32Array } {
  return view.matrix !== undefined && targetLength(view) > 1;
}

/** `token` where it is a target token with a row, else null. */
export function validRow(view: TraceView, token: number | null): number | null {
  return token !== null && hasRows(view) && contains(view.target, token) ? token : null;
}

/**
 * What led to one target token, as a trace of its own with that token as target: every summary, colour scale and list
 * of a trace holds for it by the same conventions. Target tokens before it are sources like any generated token.
 * @param token absolute position inside the target; null (and what has no row) gives the view itself
 */
export function rowView(view: TraceView, token: number | null): TraceView {
  if (validRow(view, token) === null || token === null) return view;
  const at = (token - view.target.start) * view.tokens.length;
  const row = Array.from(view.matrix!.subarray(at, at + view.tokens.length));
  return {
    ...view,
    matrix: undefined,
    target: { start: token, end: token + 1 },
    scores: row.map((score, i) => (i === token ? 0 : score)),
    hopScores: [row],
    shares: scaledTo(1, regionMass(view.tokens, [row])),
  };
}

/** How much `source` scores for every target token, first target token first; a token is no source of itself. */
export function columnOf(view: TraceView & { readonly matrix: Float32Array }, source: TokenRange): Float64Array {
  const column = new Float64Array(targetLength(view));
  for (let k = 0; k < column.length; k++) {
    const row = k * view.tokens.length;
    for (let i = source.start; i < source.end; i++) if (i !== view.target.start + k) column[k] += view.matrix[row + i];
  }
  return column;
}

/** The target tokens that `source` scores most for, highest first, the earlier one first where scores are equal. */
export function bestTargets(view: TraceView & { readonly matrix: Float32Array }, source: TokenRange, limit: number): TargetScore[] {
  const texts = targetTexts(view);
  return Array.from(columnOf(view, source), (score, k): TargetScore => ({ token: view.target.start + k, text: texts[k], ordinal: k + 1, score }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.token - b.token)
    .slice(0, limit);
}

/** The texts of the target tokens, without surrounding white space where there is anything else. */
export function targetTexts(view: TraceView): string[] {
  return ownTexts(view.tokens).slice(view.target.start, view.target.end).map((text) => text.trim() || text);
}
