/** How much is done in all. */
export interface SoakSize {
  readonly highlights: number;
  readonly generations: number;
  readonly switches: number;
}

/** What is done before the next switch of models. */
export interface Turn extends SoakSize {
  /** From 1. */
  readonly index: number;
  /** Whether what is held is looked at when it is over. */
  readonly looks: boolean;
}

export const LONG_SOAK: SoakSize = { highlights: 20_000, generations: 500, switches: 200 };
/** What the tests do: growth with every switch, generation or highlight shows in the counts. */
export const SHORT_SOAK: SoakSize = { highlights: 240, generations: 12, switches: 12 };
/** Looks in all, as far as there are turns for them. */
const LOOKS = 20;

/** One turn a switch, everything spread evenly over them. Turns that are looked at end with the same model: the two differ in size. */
export function turns({ highlights, generations, switches }: SoakSize): Turn[] {
  const count = Math.max(1, switches);
  const share = (all: number, turn: number) => Math.floor((turn * all) / count) - Math.floor(((turn - 1) * all) / count);
  const step = Math.max(2, 2 * Math.ceil(count / (2 * LOOKS)));
  return Array.from({ length: count }, (_, i) => i + 1).map((index) => ({
    index,
    highlights: share(highlights, index),
    generations: share(generations, index),
    switches: share(switches, index),
    looks: index % step === 0 || count === 1,
  }));
}

/** Turns before those that count: memory pools, caches and the memory budget fill first. */
export function warmUp({ highlights, generations, switches }: SoakSize): Turn[] {
  const half = (all: number) => 2 * Math.ceil(all / 4); // an even number of switches ends where it began
  return turns({ highlights: half(highlights), generations: half(generations), switches: half(switches) }).map((turn) => ({ ...turn, looks: false }));
}
