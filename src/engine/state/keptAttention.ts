/** Attention rows of one layer, computed together. */
export interface AttentionBlock {
  /** Ascending; the block's rows. */
  readonly positions: readonly number[];
  /** The first column that any of them sees: windows leave out what lies before. */
  readonly first: number;
  /** One past the last column that they see. */
  readonly end: number;
  /** [nHeads, positions.length, end - first]; fp32, as 16 bits show in scores: 2e-3 of the largest in the worst recorded case */
  readonly pattern: Float32Array;
}

/**
 * Attention of rows that a trace has looked at before, [M, N] for each head and never [N, N]: with it a span is a weighted sum of rows
 * instead of a product of queries and keys. It is kept while the memory budget has room, and its loss costs nothing but time.
 */
export class KeptAttention {
  /** Asks the memory budget for so many bytes more. */
  claim: (bytes: number) => boolean = () => true;
  bytes = 0;
  private blocks: readonly Map<number, AttentionBlock>[];

  constructor(private readonly nLayers: number) {
    this.blocks = emptyMaps(nLayers);
  }

  /** Whether the budget has room for a block. */
  hasRoom(nHeads: number, rows: number, columns: number): boolean {
    return this.claim(4 * nHeads * rows * columns);
  }

  has(layer: number, position: number): boolean {
    return this.blocks[layer].has(position);
  }

  add(layer: number, block: AttentionBlock): void {
    for (const position of block.positions) this.blocks[layer].set(position, block);
    this.bytes += block.pattern.byteLength;
  }

  /** The blocks that hold any of these rows; of a block that holds many others, the part that is needed. */
  holding(layer: number, positions: readonly number[]): readonly AttentionBlock[] {
    const needed = new Map<AttentionBlock, { first: number; last: number }>();
    for (const position of positions) {
      const block = this.blocks[layer].get(position);
      if (!block) continue;
      const span = needed.get(block) ?? { first: position, last: position };
      needed.set(block, { first: Math.min(span.first, position), last: Math.max(span.last, position) });
    }
    return Array.from(needed, ([block, { first, last }]) => partOf(block, block.positions.indexOf(first), block.positions.indexOf(last) + 1));
  }

  drop(): void {
    this.blocks = emptyMaps(this.nLayers);
    this.bytes = 0;
  }
}

/** Rows [from, to) of a block, where they are so few that the copy costs less than the product over all. */
function partOf(block: AttentionBlock, from: number, to: number): AttentionBlock {
  const { positions, first, end, pattern } = block;
  const rows = to - from;
  if (2 * rows > positions.length) return block;
  const columns = end - first;
  const nHeads = pattern.length / (positions.length * columns);
  const part = new Float32Array(nHeads * rows * columns);
  for (let h = 0; h < nHeads; h++) {
    const head = h * positions.length;
    part.set(pattern.subarray((head + from) * columns, (head + to) * columns), h * rows * columns);
  }
  return { ...block, positions: positions.slice(from, to), pattern: part };
}

function emptyMaps(nLayers: number): Map<number, AttentionBlock>[] {
  return Array.from({ length: nLayers }, () => new Map<number, AttentionBlock>());
}
