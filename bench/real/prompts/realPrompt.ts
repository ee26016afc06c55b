/** A prompt of a kind that people write, of which it is known what a right answer says and which sentences it rests on. */
export interface RealPrompt {
  readonly messages: readonly { readonly role: 'system' | 'user' | 'assistant' | 'tool'; readonly content: string }[];
  /** Sentences of the messages, as they stand there. */
  readonly evidence: readonly string[];
  /** @param answer all that the model wrote */
  readonly isRight: (answer: string) => boolean;
}

export interface PromptKind {
  readonly name: string;
  /** Tried last: nothing is chosen by what comes of it. */
  readonly isHeldOut: boolean;
  /** Tokens that an answer may have; it is cut there. */
  readonly maxTokens: number;
  readonly make: (draw: Draw) => RealPrompt;
}

/** Seeded choices. */
export class Draw {
  constructor(private readonly random: () => number) {}

  /** A whole number below `end`. */
  below(end: number): number {
    return Math.floor(this.random() * end);
  }

  one<T>(from: readonly T[]): T {
    return from[this.below(from.length)];
  }

  /** Different ones, in random order. */
  some<T>(count: number, from: readonly T[]): T[] {
    const rest = [...from];
    return Array.from({ length: count }, () => rest.splice(this.below(rest.length), 1)[0]);
  }

  shuffled<T>(values: readonly T[]): T[] {
    return this.some(values.length, values);
  }
}

/** Whether an answer has a word (or words), in whatever case. */
export function has(answer: string, words: string): boolean {
  return new RegExp(`(?<![\\p{L}\\p{N}])${words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\p{L}\\p{N}])`, 'iu').test(answer);
}

/** Whether it has one and none of the others. */
export function hasOnly(answer: string, words: string, others: readonly string[]): boolean {
  return has(answer, words) && !others.some((other) => other !== words && has(answer, other));
}
