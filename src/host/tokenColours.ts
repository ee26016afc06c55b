import { colourScale, rampOf } from '../shared/colourScale';
import { bucketColorId, BUCKET_COUNT, RAMPS } from '../shared/palette';
import { contains, type CharRange } from '../shared/ranges';
import type { TraceView } from '../shared/traceView';

/** What one decoration type covers. */
export interface ColouredRanges {
  /** A colour of `contributes.colors`: `flashtrace.prompt7`. */
  readonly colour: string;
  /** In document order, neighbours merged. */
  readonly ranges: readonly CharRange[];
}

export interface TokenColours {
  /** Every step of both ramps, in the palette's order; steps without tokens have no ranges. */
  readonly buckets: readonly ColouredRanges[];
  readonly target: readonly CharRange[];
}

/**
 * Which characters take which colour.
 * @param current where the tokens stand now; null for a token that was edited
 */
export function tokenColours(view: TraceView, current: readonly (CharRange | null)[]): TokenColours {
  const { buckets } = colourScale(view);
  const byColour = new Map<string, CharRange[]>();
  for (const ramp of RAMPS) for (let bucket = 1; bucket <= BUCKET_COUNT; bucket++) byColour.set(bucketColorId(ramp, bucket), []);
  const target: CharRange[] = [];
  current.forEach((range, i) => {
    if (!range || range.end <= range.start) return;
    if (contains(view.target, i)) append(target, range);
    else if (buckets[i] > 0) append(byColour.get(bucketColorId(rampOf(view, i), buckets[i]))!, range);
  });
  return { buckets: [...byColour].map(([colour, ranges]) => ({ colour, ranges })), target };
}

/** Tokens come in document order; those that split a character share its range. */
function append(ranges: CharRange[], { start, end }: CharRange): void {
  const last = ranges.at(-1);
  if (last && start <= last.end) ranges[ranges.length - 1] = { start: last.start, end: Math.max(last.end, end) };
  else ranges.push({ start, end });
}
