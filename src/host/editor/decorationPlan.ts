import { contains, type CharRange } from '../../concepts/ranges';
import { sideOf, SIDES, type Side } from '../../concepts/side';
import { colourScale } from '../../view/colour/colourScale';
import { BUCKET_COUNT, RAMPS, type Ramp } from '../../view/colour/ramps';
import { rowView } from '../../view/trace/targetRows';
import type { TraceView } from '../../view/trace/traceView';

/** Everything that one colour step paints. */
export interface BucketRanges {
  readonly ramp: Ramp;
  /** 1 (least) to `BUCKET_COUNT`. */
  readonly bucket: number;
  /** In order, without overlaps, neighbours joined. */
  readonly ranges: readonly CharRange[];
}

export interface DecorationPlan {
  /** Steps without ranges are left out. */
  readonly buckets: readonly BucketRanges[];
  /** What is left of the traced span, neighbours joined. */
  readonly target: readonly CharRange[];
  /** The target token whose sources the steps show, as far as it stands; none where they show the whole target's. */
  readonly chosen: readonly CharRange[];
}

/**
 * What to paint in an editor.
 * @param current where each token stands now, null for those that stand nowhere (any more)
 * @param chosen target token of a token-wise trace: the steps are those of its row, on earlier target tokens, too
 */
export function decorationPlan(view: TraceView, current: readonly (CharRange | null)[], chosen: number | null = null): DecorationPlan {
  const { buckets, ramps } = colourScale(rowView(view, chosen));
  const bySide: Record<Side, Cell[]> = { prompt: [], generation: [] };
  const target: CharRange[] = [];
  current.forEach((range, i) => {
    if (!range || range.start >= range.end) return;
    if (contains(view.target, i)) target.push(range);
    if (buckets[i] > 0) bySide[sideOf(view, i)].push({ range, ramp: ramps[i], bucket: buckets[i] });
  });
  const cells = SIDES.flatMap((side) => withoutOverlaps(bySide[side]));
  const painted = RAMPS.flatMap((ramp) => Array.from({ length: BUCKET_COUNT }, (_, i): BucketRanges => ({
    ramp,
    bucket: i + 1,
    ranges: joinNeighbours(cells.filter((cell) => cell.ramp === ramp && cell.bucket === i + 1).map((cell) => cell.range)),
  })));
  const chosenRange = chosen === null ? null : current[chosen];
  return {
    buckets: painted.filter(({ ranges }) => ranges.length > 0),
    target: joinNeighbours(target),
    chosen: chosenRange && chosenRange.start < chosenRange.end ? [chosenRange] : [],
  };
}

interface Cell {
  readonly range: CharRange;
  readonly ramp: Ramp;
  readonly bucket: number;
}

/** Tokens that split one character share its range: the strongest of them paints it. */
function withoutOverlaps(cells: readonly Cell[]): Cell[] {
  const kept: Cell[] = [];
  for (const cell of cells) {
    let start = cell.range.start;
    let before = kept.at(-1);
    while (before && before.range.end > cell.range.start && before.bucket < cell.bucket) {
      kept.pop();
      if (before.range.start < cell.range.start) kept.push({ ...before, range: { start: before.range.start, end: cell.range.start } });
      before = kept.at(-1);
    }
    if (before && before.range.end > start) start = before.range.end;
    if (start < cell.range.end) kept.push({ ...cell, range: { start, end: cell.range.end } });
  }
  return kept;
}

function joinNeighbours(ranges: readonly CharRange[]): CharRange[] {
  const joined: CharRange[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last && range.start <= last.end) joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    else joined.push({ start: range.start, end: range.end });
  }
  return joined;
}
