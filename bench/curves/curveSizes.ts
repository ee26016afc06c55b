/** Sizes that a curve is measured at, in tokens, and how long it may take. */
export interface CurveSizes {
  /** Tokens in all while the target grows: it is their last ones. */
  readonly context: number;
  readonly targets: readonly number[];
  /** Target tokens while the context grows. */
  readonly target: number;
  readonly contexts: readonly number[];
  /** ms; what would take longer is extrapolated from a part of it. */
  readonly affordMs: number;
  /** ms; what is over sooner is measured again, the first time being its warm-up. */
  readonly repeatMs: number;
}

/** By model; the context of the embedded one is too short for a curve. */
export const CURVE_SIZES: Readonly<Record<string, CurveSizes>> = {
  'embedded-32k': {
    context: 8192, targets: [10, 32, 100, 316, 1000, 3162, 5000],
    target: 512, contexts: [1024, 2048, 4096, 8192, 16_384],
    affordMs: 180_000, repeatMs: 2000,
  },
  // A run of 16,384 tokens alone takes five minutes on two cores.
  'qwen3-0.6b': {
    context: 8192, targets: [10, 100, 1000, 5000],
    target: 512, contexts: [1024, 2048, 4096, 8192],
    affordMs: 12_000, repeatMs: 1000,
  },
};

/** A transcript on the curve: `context` tokens, of which the last `target` were generated and are traced. */
export interface CurvePlace {
  readonly context: number;
  readonly target: number;
}

/** As the command line gives them. */
export type SizeOptions = Readonly<Partial<Record<'context' | 'targets' | 'target' | 'contexts' | 'afford', string>>>;

/**
 * @param contextLength the longest transcript that the model takes
 * @throws Error
 */
export function chosenSizes(sizes: CurveSizes, options: SizeOptions, contextLength: number): CurveSizes {
  const list = (name: keyof SizeOptions, otherwise: readonly number[]): number[] =>
    [...(options[name]?.split(',').map((text) => wholeNumber(name, text)) ?? otherwise)].sort((a, b) => a - b);
  const one = (name: keyof SizeOptions, otherwise: number): number => (options[name] === undefined ? otherwise : wholeNumber(name, options[name]));
  const chosen = {
    ...sizes,
    context: one('context', sizes.context), targets: list('targets', sizes.targets),
    target: one('target', sizes.target), contexts: list('contexts', sizes.contexts),
    affordMs: 1000 * one('afford', sizes.affordMs / 1000),
  };
  for (const { context, target } of [...targetPlaces(chosen), ...contextPlaces(chosen)]) {
    if (context > contextLength) throw new Error(`The model takes ${contextLength} tokens, not the ${context} asked for; choose smaller ones with --context or --contexts.`);
    // Two prompt tokens at least: the one that produced the target's first token, and one to take out.
    if (target > context - 2) throw new Error(`${target} target tokens do not fit into ${context} tokens with a prompt of 2 or more; choose smaller ones with --target or --targets.`);
  }
  return chosen;
}

export function targetPlaces({ context, targets }: CurveSizes): CurvePlace[] {
  return targets.map((target) => ({ context, target }));
}

export function contextPlaces({ target, contexts }: CurveSizes): CurvePlace[] {
  return contexts.map((context) => ({ context, target }));
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text.trim())) {
    throw new Error(`--${name} takes ${name === 'afford' ? 'seconds' : 'token counts'}, whole numbers of 1 or more, not "${text}"; write, say, --${name} ${name.endsWith('s') ? '10,100' : '100'}.`);
  }
  return Number(text);
}
