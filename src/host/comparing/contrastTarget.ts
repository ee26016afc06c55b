import { contains, isEmptyRange, type CharRange } from '../../concepts/ranges';
import type { TraceTarget } from '../../protocol/engine/requests';
import type { TraceState } from '../tracing/traceState';

/**
 * What a question about a document is about: the selection, or the current trace's target where the cursor stands in it or nobody looks at the
 * text (the panel). An empty selection elsewhere is for the engine to refuse.
 */
export function contrastTarget(selection: CharRange | null, trace: Pick<TraceState, 'view' | 'stale' | 'live'> | undefined): { readonly target: TraceTarget; readonly isTraced: boolean } | null {
  if (selection && !isEmptyRange(selection)) return { target: selection, isTraced: false };
  if (trace) {
    const { view: { target }, live, stale } = trace;
    const place = live.locateTokens(target.start, target.end);
    const token = selection && live.tokenAt(selection.start);
    // The end of a word counts as inside it, too.
    const isInside = selection === null || (token !== null && contains(target, token)) || place?.end === selection.start;
    if (isInside && (place || !stale)) return { target: stale && place ? place : { tokens: target }, isTraced: true };
  }
  return selection && { target: selection, isTraced: false };
}
