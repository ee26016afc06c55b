import type { Passage } from '../passages';

export interface RewriteOptions {
  /** How many of the trace's best passages are taken out, each by itself. */
  readonly passages: number;
  /** Answers that are written without each: one is greedy, several are drawn. */
  readonly samples: number;
  /** Of several. */
  readonly temperature: number;
  /** Of samples, and of the random passage. */
  readonly seed: number;
  readonly maxTokens: number;
}

export const MOST_REWRITTEN = 16;
export const MOST_SAMPLES = 32;
export const DEFAULT_REWRITE_OPTIONS: RewriteOptions = { passages: 3, samples: 1, temperature: 0.7, seed: 0, maxTokens: 512 };

/** What the model wrote anew. */
export interface WrittenAnswer {
  /** Reasoning and all. */
  readonly text: string;
  /** What of it says the answer: behind the reasoning, its conclusion. */
  readonly conclusion: string;
  /** Whether it says what the traced text says. */
  readonly isKept: boolean;
  /** The limit came before the end. */
  readonly isCut: boolean;
}

/** What is written without a passage. */
export interface Rewrite {
  readonly answers: readonly WrittenAnswer[];
  /** How many of them say what the traced text says. */
  readonly kept: number;
}

export interface RewrittenPassage extends Passage, Rewrite {
  /** Part of the trace's score on the prompt's passages, 0 to 1. */
  readonly share: number;
}

/** Does the answer change? Reasoning and answer written anew without each of the best sources. Plain data. */
export interface Rewriting {
  readonly options: RewriteOptions;
  /** What an answer must say to count as kept. */
  readonly asked: string;
  /** Written to the prompt as it stands: what the model says anyway. */
  readonly unchanged: Rewrite;
  /** In the trace's order. */
  readonly sources: readonly RewrittenPassage[];
  /** A random passage that is none of them; null where there is no other. */
  readonly control: RewrittenPassage | null;
  /** What could not be tried, a sentence each. */
  readonly notes: readonly string[];
  readonly timings: { readonly rewriteMs: number; readonly tokens: number };
}

/** `changed`: not one answer says it any more; `wavers`: some do, and fewer than of the prompt as it stands. */
export type RewriteVerdict = 'changed' | 'wavers' | 'unchanged';

export function rewriteVerdict({ kept }: Rewrite, unchanged: Rewrite): RewriteVerdict {
  if (unchanged.kept > 0 && kept === 0) return 'changed';
  return kept < unchanged.kept ? 'wavers' : 'unchanged';
}

/** Words that introduce what follows as the answer. */
const INTRODUCED = /(?:\b(?:final answer|answer|result)\b\s*(?:is\s*:?|[:=])|\b(?:therefore|thus|hence|in conclusion)\b[,:]?)/giu;
/** Longer than an answer that is said in a sentence or two. */
const LONG = 200;

/**
 * What of an answer says it: what stands in the last \boxed{}; else, of a long one, what follows the last words that introduce an answer ("the answer is", "therefore"), or its last
 * paragraph; else all of it.
 */
export function conclusionOf(answer: string): string {
  const text = answer.trim();
  const boxed = /\\boxed\{((?:[^{}]|\{[^{}]*\})*)\}(?![^]*\\boxed\{)/u.exec(text);
  if (boxed) return boxed[1].trim();
  if (text.length <= LONG) return text;
  const [introduced] = [...text.matchAll(INTRODUCED)].slice(-1);
  if (introduced && text.length - introduced.index <= 2 * LONG) return text.slice(introduced.index + introduced[0].length).trim();
  return text.split(/\n\s*\n/u).at(-1)!.trim();
}

/** Scripts that write words without blanks between them. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Letters and digits alone, in small letters: how answers are compared. */
export function comparable(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}

/**
 * Whether a conclusion says what was asked: its words in a row, where the traced text is part of what the old one concludes; else the same words.
 * @param asked the traced text, or what the old answer concludes
 */
export function says(conclusion: string, asked: string): boolean {
  const wanted = comparable(asked);
  if (UNSPACED.test(wanted)) return comparable(conclusion).includes(wanted);
  return ` ${comparable(conclusion)} `.includes(` ${wanted} `);
}

/** What answers must say to be the traced one: the traced text where the old conclusion holds it, else that conclusion. */
export function askedOf(target: string, answer: string): string {
  const conclusion = conclusionOf(answer);
  return comparable(target) !== '' && says(conclusion, target) ? target.trim() : conclusion;
}
