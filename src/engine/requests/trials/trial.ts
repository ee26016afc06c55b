import type { Passage } from '../../../concepts/passages';
import type { TokenRange } from '../../../concepts/ranges';
import type { MeasuredPassage } from '../../../concepts/trials/verification';
import type { CallOptions } from '../../../protocol/engine/engineApi';
import type { TraceState } from '../../state/traceState';

/** What passages are tried on. */
export interface TriedTranscript {
  /** Up to the target's end: nothing behind it is needed. */
  readonly ids: readonly number[];
  readonly promptLength: number;
  readonly target: TokenRange;
  /** Of all tokens that the state was asked for, those behind the target with them: some kinds of RoPE go by it. */
  readonly expectedLength: number;
  /** Of a contrasted trace, whose target is one token: the one that it is compared with, and its log P as the transcript stands. */
  readonly other?: { readonly id: number; readonly logProb: number };
}

/** log P of generated tokens, in nats. */
export interface GenerationLogProbs {
  /** of everything generated up to the target's end */
  readonly generation: number;
  readonly target: number;
}

/** What doing without some tokens does. */
export type TrialEffect = Omit<MeasuredPassage, keyof Passage | 'share'>;

/** Rows that a trial runs, and operations that these take. */
export interface TrialCost {
  readonly rows: number;
  readonly flops: number;
}

/** A way to make the model do without tokens of a transcript. */
export interface Trial {
  /** What the transcript gives as it stands. */
  readonly before: GenerationLogProbs;
  /** Runs of the model so far. */
  readonly modelRuns: number;
  /** Bytes that are held during one. */
  readonly bytes: number;
  cost(without: readonly TokenRange[]): TrialCost;
  /**
   * @param onRows gets how many of the rows have been run
   * @throws CancelledError
   */
  measure(without: readonly TokenRange[], call: CallOptions, onRows: (rows: number) => void): Promise<TrialEffect>;
}

/** @param state covers the transcript, its logits read */
export function generationLogProbs(state: TraceState, { ids, promptLength, target }: TriedTranscript): GenerationLogProbs {
  return sumLogProbs((position) => state.logProb(position, ids[position]), promptLength, target);
}

/** @param logProbAt of the generated token at a position */
export function sumLogProbs(logProbAt: (position: number) => number, promptLength: number, target: TokenRange): GenerationLogProbs {
  let [generation, ofTarget] = [0, 0];
  for (let i = promptLength; i < target.end; i++) {
    const logProb = logProbAt(i);
    generation += logProb;
    if (i >= target.start) ofTarget += logProb;
  }
  return { generation, target: ofTarget };
}
