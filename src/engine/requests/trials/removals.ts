import type { TokenRange } from '../../../concepts/ranges';
import type { CallOptions } from '../../../protocol/engine/engineApi';
import { breatheUnlessCancelled } from '../../base/breathe';
import { extendState } from '../../model/extendState';
import type { ModelRuntime } from '../../model/modelRuntime';
import { runFlops } from '../../model/runSpeed';
import { stateBytes } from '../../state/stateBytes';
import { logSoftmax, sharedRows, TraceState } from '../../state/traceState';
import { generationLogProbs, type GenerationLogProbs, type Trial, type TrialCost, type TrialEffect, type TriedTranscript } from './trial';

/** Parts of one transcript's prompt, replaced by a neutral token, and everything from there on run again. */
export class Removals implements Trial {
  /** What the transcript gives as it stands. */
  readonly before: GenerationLogProbs;
  modelRuns = 0;

  /**
   * @param base state of the transcript, its logits read
   * @param neutral the token that is put in the place of those taken out
   */
  constructor(private readonly model: ModelRuntime, private readonly base: TraceState, private readonly transcript: TriedTranscript, private readonly neutral: number) {
    this.before = generationLogProbs(base, transcript);
  }

  /** Bytes of a removal's state. */
  get bytes(): number {
    return stateBytes(this.base.config, this.transcript.ids.length - 1, this.transcript.promptLength - 1);
  }

  /** Rows that a removal runs, and operations that these take. */
  cost(removed: readonly TokenRange[]): TrialCost {
    const edited = this.without(removed);
    const kept = this.kept(edited);
    return { rows: edited.length - kept, flops: runFlops(this.base.config, kept, edited.length - kept) };
  }

  /**
   * What replacing these tokens does to what was generated. The state that this takes is let go of.
   * @param onRows gets how many of the rows have been run
   * @throws CancelledError
   */
  async measure(removed: readonly TokenRange[], call: CallOptions, onRows: (rows: number) => void): Promise<TrialEffect> {
    return this.effectOf(await this.run(removed, call, onRows));
  }

  /**
   * Runs the transcript with these tokens replaced, from the first changed one on: what stands before comes from the base state.
   * @returns a state of its own, its logits read
   * @throws CancelledError
   */
  async run(removed: readonly TokenRange[], { signal }: CallOptions, onRows: (rows: number) => void = () => undefined): Promise<TraceState> {
    const edited = this.without(removed);
    const kept = this.kept(edited);
    const state = TraceState.continuing(this.base, edited, this.transcript.promptLength - 1, this.transcript.expectedLength, this.transcript.ids.length);
    this.modelRuns += await extendState(this.model, state, edited, { signal, onProgress: (progress) => { if (progress.kind === 'phase') onRows(progress.done - kept); } });
    await breatheUnlessCancelled(signal);
    await this.model.session.readLogits(state, () => breatheUnlessCancelled(signal));
    return state;
  }

  /** @param state of a `run` */
  effectOf(state: TraceState): TrialEffect {
    const after = generationLogProbs(state, this.transcript);
    const { other } = this.transcript;
    return {
      logProbDrop: this.before.generation - after.generation,
      targetLogProbBefore: this.before.target,
      targetLogProbAfter: after.target,
      // The target is the one token behind what was run: the last logits are those of its place.
      ...(other && { other: { logProbBefore: other.logProb, logProbAfter: logSoftmax(state.lastLogits, other.id) } }),
    };
  }

  /** The ids to run: the transcript's last one is predicted, never fed. */
  private without(removed: readonly TokenRange[]): number[] {
    const edited = this.transcript.ids.slice(0, -1);
    for (const { start, end } of removed) edited.fill(this.neutral, start, end);
    return edited;
  }

  private kept(edited: readonly number[]): number {
    return sharedRows(this.base, edited, this.transcript.promptLength - 1, this.transcript.expectedLength);
  }
}
