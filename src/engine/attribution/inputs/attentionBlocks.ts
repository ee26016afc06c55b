/** Bytes of attention pattern that a block of rows may take: what stays in the caches from one operator to the next. */
const PATTERN_BYTES = 8 << 20;
/** Rows of a block at least: the product of queries and keys packs all keys for every block. */
const MIN_ROWS = 64;

/** Rows in blocks whose patterns are of a bounded size. @param length columns that they see at most */
export function* attentionBlocks(nHeads: number, length: number, positions: readonly number[], bytes = PATTERN_BYTES): Generator<readonly number[]> {
  const rows = Math.max(MIN_ROWS, Math.floor(bytes / (4 * nHeads * length)));
  for (let first = 0; first < positions.length; first += rows) yield positions.slice(first, first + rows);
}
