/** What the model itself thinks of a traced span. */
export interface TargetBelief {
  /** log P(span | everything before it), in nats. */
  readonly logProb: number;
  readonly nTokens: number;
  /** Of its tokens those that the model holds for the most probable. */
  readonly firstChoices: number;
}

/**
 * A model's own answers, drawn at temperature 1, lie well above it, and so do most texts of a similar model; a span below it is more likely another model's, or follows another prompt
 * than it was written for.
 */
const LEAST_PROBABILITY = 0.1;

/** The geometric mean over the span's tokens. */
export function meanProbability({ logProb, nTokens }: TargetBelief): number {
  return Math.exp(logProb / nTokens);
}

export function wouldHardlyWrite(belief: TargetBelief): boolean {
  return meanProbability(belief) < LEAST_PROBABILITY;
}
