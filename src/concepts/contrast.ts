/** A token that could stand in a place of the generation. */
export interface TokenChoice {
  readonly id: number;
  readonly text: string;
  /** P(token | everything before it). */
  readonly probability: number;
}

/** Why a token and not another one: what a contrasted trace compares. */
export interface Contrast {
  /** The target of the trace: the token at which the span and the other text part. */
  readonly written: TokenChoice;
  readonly other: TokenChoice;
}

/** Where a text and what it is compared with part: a token of the generation, and the one that could stand in its place. */
export interface Parting {
  /** Absolute position of the token. */
  readonly position: number;
  /** Id of the other token. */
  readonly other: number;
}

/** What the model could have written in a token's place. */
export interface Alternatives {
  /** Absolute position of the token. */
  readonly position: number;
  readonly written: TokenChoice;
  /** Other tokens, most probable first. */
  readonly others: readonly TokenChoice[];
}
