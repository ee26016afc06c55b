/** Attention rows of one layer, computed together. */
export interface AttentionBlock {
  /** Ascending; the block's rows. */
  readonly positions: readonly number[];
  /** Columns [0, columns) are those that the last row sees. */
  readonly columns: number;
  /** [nHeads, positions.length, columns]; fp32, as 16 bits show in scores: 2e-3 of the largest in the worst recorded case */
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

  constructor(private readonly nLayers: number, private readonly nHeads: number) {
    this.blocks = emptyMaps(nLayers);
  }

  /** Whether the budget has room for a block. */
  hasRoom(rows: number, columns: number): boolean {
    return this.claim(4 * this.nHeads * rows * columns);
  }

  has(layer: number, position: number): boolean {
    return this.blocks[layer].has(position);
  }

  add(layer: number, block: AttentionBlock): void {
    for (const position of block.positions) this.blocks[layer].set(position, block);
    this.bytes += block.pattern.byteLength;
  }

  /** The blocks that hold any of these rows. */
  holding(layer: number, positions: readonly number[]): readonly AttentionBlock[] {
    return [...new Set(positions.flatMap((position) => this.blocks[layer].get(position) ?? []))];
  }

  drop(): void {
    this.blocks = emptyMaps(this.nLayers);
    this.bytes = 0;
  }
}

function emptyMaps(nLayers: number): Map<number, AttentionBlock>[] {
  return Array.from({ length: nLayers }, () => new Map<number, AttentionBlock>());
}
