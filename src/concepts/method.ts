/** What every room knows of a method; how it computes is in `engine/attribution/methods`, docs/methods.md defines it. */
interface MethodFacts {
  /** In the panel. */
  readonly name: string;
  /** Where one is chosen by name, in one line. */
  readonly help: string;
  /** In the settings, in a sentence. */
  readonly about: string;
  /** Hops where none are asked for: of the paper's methods as it has them, of logit flow as many as still find more. Null: it does not walk through the reasoning. */
  readonly hops: number | null;
  /** Whether it can tell why one text and not another. */
  readonly compares: boolean;
  /** Whether it attributes every token of the target by itself: a matrix, and time for each row of it. */
  readonly byToken: boolean;
}

export const METHODS = {
  'flashtrace': {
    name: 'FlashTrace',
    help: 'the span, then hop by hop through the reasoning back to the prompt',
    about: "The paper's method: the span as one, then hop by hop through the reasoning back to the prompt.",
    hops: 1, compares: false, byToken: false,
  },
  'ifr-span': {
    name: 'IFR, whole span',
    help: 'the span alone, as one',
    about: 'The span as one, without hops.',
    hops: null, compares: false, byToken: false,
  },
  'ifr-tokenwise': {
    name: 'IFR, token by token',
    help: 'every token of the span by itself, and their mean; slow for long spans',
    about: 'Every token of the span by itself, and their mean.',
    hops: null, compares: false, byToken: true,
  },
  'flashtrace-producing': {
    name: 'FlashTrace, producing rows',
    help: 'the same on the rows that produced the tokens, not those that read them',
    about: 'The same as flashtrace on the rows that produced the tokens, not those that read them.',
    hops: 1, compares: false, byToken: false,
  },
  'logit-flow': {
    name: 'Logit flow',
    help: 'what moved the logits of the produced tokens, hop by hop',
    about: 'What raised and lowered the logits of the produced tokens, hop by hop: of what runs no model the one to begin with (docs/evaluation/real.md).',
    hops: 2, compares: true, byToken: false,
  },
  'cut': {
    name: 'Cut',
    help: 'the model run again, each passage hidden from what was generated: by how much its probability falls',
    about: 'What hiding each passage from the generation does to its probability: the trace first, then runs of the model, best passages first: orders them nearer to the truth than any trace (docs/evaluation/real.md).',
    hops: null, compares: false, byToken: false,
  },
} as const satisfies Record<string, MethodFacts>;

export type TraceMethod = keyof typeof METHODS;
export const TRACE_METHODS = Object.keys(METHODS) as readonly TraceMethod[];

/** Methods that read the trace state alone. */
export type StateMethod = Exclude<TraceMethod, 'cut'>;

export function readsState(method: TraceMethod): method is StateMethod {
  return method !== 'cut';
}

export const STATE_METHODS = TRACE_METHODS.filter(readsState);

/** Where nobody has chosen one, in editor and command line alike; also shown before the first cuts have come, and says where to cut first (docs/evaluation/real.md). */
export const DEFAULT_METHOD = 'logit-flow' satisfies StateMethod;

/** The method of a trace that compares, where nobody has chosen one. */
export const COMPARING_METHOD: TraceMethod = 'logit-flow';

/** Hops that can be asked for at most. */
export const MOST_HOPS = 8;

/** Whether a method walks through the reasoning hop by hop. */
export function hasHops(method: TraceMethod): boolean {
  return METHODS[method].hops !== null;
}

/** Hops where none are asked for; 0 where the method has none. */
export function defaultHops(method: TraceMethod): number {
  return METHODS[method].hops ?? 0;
}

/** Whether a method can tell why one text and not another. */
export function compares(method: TraceMethod): boolean {
  return METHODS[method].compares;
}

/** Whether a method attributes every token of the target by itself. */
export function isByToken(method: TraceMethod): boolean {
  return METHODS[method].byToken;
}

export interface TraceOptions {
  readonly method: TraceMethod;
  /** Recursive hops (0 to `MOST_HOPS`) of the methods that have them. */
  readonly hops: number;
  /** A head's proximity below this counts as 0. */
  readonly renormThreshold?: number;
  /** `cut` only: how many runs of the whole transcript it may take, by the operations. */
  readonly budget?: number;
}
