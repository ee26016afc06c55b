import { isByToken, type TraceOptions } from '../../concepts/method';
import { contains, overlaps, type CharRange, type TokenRange } from '../../concepts/ranges';
import type { TraceView } from '../../view/trace/traceView';

/** A token-wise trace takes about as long as this many span traces at most; a longer span waits for Trace Selection. */
const MAX_TOKENWISE = 32;

/**
 * What a selection asks of a mode that nobody asked for a trace: `nothing` (outside the generated text, or no token that
 * means something), what is `shown` already, or a `trace`.
 * @param view the trace of the selection's text; null when there is none, and only the engine can tell
 */
export function liveTarget(selection: CharRange, view: TraceView | null, { method }: Pick<TraceOptions, 'method'>): 'nothing' | 'shown' | 'trace' {
  const isTooLong = (tokens: number): boolean => isByToken(method) && tokens > MAX_TOKENWISE;
  // There are hardly more tokens than characters.
  if (!view) return isTooLong(selection.end - selection.start) ? 'nothing' : 'trace';
  const span = touchedTokens(selection, view);
  if (!span || isTooLong(span.end - span.start)) return 'nothing';
  if (view.tokens.slice(span.start, span.end).every(({ kind }) => kind === 'stop' || kind === 'template')) return 'nothing';
  return span.start === view.target.start && span.end === view.target.end ? 'shown' : 'trace';
}

/** From the first to the last generated token that a selection touches; null when it touches none. */
function touchedTokens(selection: CharRange, { tokens, promptLength }: TraceView): TokenRange | null {
  const generation = { start: promptLength, end: tokens.length };
  const isTouched = ({ range }: TraceView['tokens'][number], i: number): boolean => contains(generation, i) && range !== null && overlaps(range, selection);
  const start = tokens.findIndex(isTouched);
  return start < 0 ? null : { start, end: tokens.findLastIndex(isTouched) + 1 };
}
