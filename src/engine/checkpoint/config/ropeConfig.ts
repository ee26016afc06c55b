/** Rotary position embedding of some layers. */
export interface RopeConfig {
  readonly theta: number;
  readonly dHead: number;
  /** Coordinates of a head that turn, the first ones. */
  readonly nRotary: number;
  readonly scaling: RopeScaling;
  /** Ministral 3: queries times `1 + beta ln(1 + floor(position / originalContext))`. */
  readonly queryScale: { readonly beta: number; readonly originalContext: number } | null;
}

/** How the frequencies theta^(-2i / nRotary) are changed. */
export type RopeScaling =
  | { readonly type: 'none' }
  /** Each pair's frequency divided by a number of its own, [nRotary / 2]. */
  | { readonly type: 'factors'; readonly factors: readonly number[]; readonly amplitude: number }
  | { readonly type: 'linear'; readonly factor: number }
  | { readonly type: 'llama3'; readonly factor: number; readonly lowFreqFactor: number; readonly highFreqFactor: number; readonly originalContext: number }
  | { readonly type: 'yarn'; readonly factor: number; readonly originalContext: number; readonly betaFast: number; readonly betaSlow: number; readonly truncate: boolean; readonly amplitude: number }
  /** Factors by whether the whole text is longer than `originalContext`. */
  | { readonly type: 'longrope'; readonly short: readonly number[]; readonly long: readonly number[]; readonly originalContext: number; readonly amplitude: number }
  /** The base grows with the text beyond the context. */
  | { readonly type: 'dynamic'; readonly factor: number; readonly context: number }
  /** Exponents over the whole head, of which the first `turned` pairs turn. */
  | { readonly type: 'proportional'; readonly turned: number; readonly factor: number };

/**
 * The length by which a transcript's rotary embeddings go: texts with the same one turn alike. 0 where RoPE does not depend on it.
 * transformers takes `longrope`'s long factors for all positions once the sequence is longer than the original context.
 */
export function ropeLength({ ropes }: { readonly ropes: readonly RopeConfig[] }, length: number): number {
  for (const { scaling } of ropes) {
    if (scaling.type === 'longrope') return length > scaling.originalContext ? scaling.originalContext + 1 : 0;
    if (scaling.type === 'dynamic') return Math.max(length, scaling.context);
  }
  return 0;
}

/** Its index in the list of those that are there, in which it is put where no equal one is. */
export function ropeIn(ropes: RopeConfig[], rope: RopeConfig): number {
  const known = ropes.findIndex((other) => JSON.stringify(other) === JSON.stringify(rope));
  return known >= 0 ? known : ropes.push(rope) - 1;
}
