import { type PreTokenizer, SequencePreTokenizer } from '@huggingface/tokenizers';
import { EngineError, TokenizerError } from '../base/errors';
import { TimeLimitError, withinTime } from '../base/timeLimit';
import type { RunStep } from './placing/libraryStep';

/** Milliseconds that text may take: `base`, and `perCharacter` for each of its characters. */
export interface EncodingTime {
  readonly base: number;
  readonly perCharacter: number;
}

/** Fifty times what the slowest of the real tokenizers takes for long texts here; beyond it a pattern backtracks and would not end. */
export const ENCODING_TIME: EncodingTime = { base: 5_000, perCharacter: 0.05 };

/** Runs what a tokenizer's file has configured, within a time, and tells which step of it has failed. */
export class StepRunner {
  private current: object | null = null;

  /** @param file of the steps, for messages */
  constructor(private readonly file: string, private readonly time: EncodingTime = ENCODING_TIME) {}

  /**
   * @param characters how many are worked on
   * @throws TokenizerError where it takes too long
   */
  within<T>(characters: number, work: () => T): T {
    this.current = null;
    try {
      return withinTime(Math.ceil(this.time.base + characters * this.time.perCharacter), work);
    } catch (error) {
      if (!(error instanceof TimeLimitError)) throw error;
      throw new TokenizerError(
        `${this.named()} does not come to an end on this text (stopped after ${error.ms / 1000} seconds): ` +
        'repair the pattern in the file so that it does not backtrack without end, or choose another checkpoint.', { cause: error });
    }
  }

  /** What the package throws in a step is for the file to answer for: it takes it as it is. @throws TokenizerError */
  readonly run: RunStep = (step, run) => {
    this.current = step;
    try {
      return run();
    } catch (error) {
      if (error instanceof EngineError) throw error;
      const reason = error instanceof Error ? error.message.replace(/\s+/g, ' ').slice(0, 120) : String(error);
      throw new TokenizerError(`${this.named()} cannot be used on this text (${reason}): repair that part of the file, or choose another checkpoint.`, { cause: error });
    }
  };

  private named(): string {
    const { pattern, config } = (this.current ?? {}) as { pattern?: unknown; config?: { type?: unknown; pattern?: { Regex?: unknown; String?: unknown } } };
    const written = config?.pattern?.Regex ?? config?.pattern?.String;
    const source = typeof written === 'string' ? written : pattern instanceof RegExp ? pattern.source : null;
    if (source !== null) return `The pattern "${source.length > 80 ? `${source.slice(0, 80)}...` : source}" of ${this.file}`;
    return typeof config?.type === 'string' ? `The part "${config.type}" of ${this.file}` : `A part of ${this.file}`;
  }
}

/** The pre-tokenizers of a sequence run one by one, so that the one that fails can be named. */
export function preTokenize(preTokenizer: PreTokenizer, text: string, sectionIndex: number, run: RunStep): string[] {
  return stepsOf(preTokenizer).reduce<string[]>((pieces, step) => run(step, () => step.pre_tokenize(pieces, { section_index: sectionIndex })), [text]);
}

function stepsOf(step: PreTokenizer): PreTokenizer[] {
  return step instanceof SequencePreTokenizer ? step.tokenizers.flatMap((part) => (part ? stepsOf(part) : [])) : [step];
}
