import type { TokenRange } from '../../../concepts/ranges';
import type { CallOptions } from '../../../protocol/engine/engineApi';
import { breatheUnlessCancelled } from '../../base/breathe';
import { OptionsError } from '../../base/errors';
import type { HidingRows } from '../../decoder/hiding';
import type { ModelRuntime } from '../../model/modelRuntime';
import { runFlops } from '../../model/runSpeed';
import { isRecurrent } from '../../state/layerLayout';
import { stateBytes } from '../../state/stateBytes';
import { logSoftmax, TraceState } from '../../state/traceState';
import { generationLogProbs, sumLogProbs, type GenerationLogProbs, type Trial, type TrialCost, type TrialEffect, type TriedTranscript } from './trial';

/**
 * Rows that are run together. From a hundred on a row costs about the same among more (Qwen3-0.6B's shape: 8 cuts of 30 rows took 0.21 of a prefill by four, 0.25 by eight), and a cancel waits
 * for a run to end.
 */
const RUN_ROWS = 128;

/** Tokens that are hidden together. */
export type Hidden = readonly TokenRange[];

/**
 * Tokens of one transcript, hidden from what was generated behind them: keys and values before stay as they are, and the rows that produced the generation run once more without
 * attending to them. All cuts share the state's columns, so that many are one run (`ModelSession.runHiding`), and nothing of the prompt is run again. What a cut gives is kept in the state.
 */
export class Cuts implements Trial {
  readonly before: GenerationLogProbs;
  modelRuns = 0;

  /**
   * @param base state of the transcript, its logits read
   * @throws OptionsError for a model that carries what it read in more than keys and values
   */
  constructor(private readonly model: ModelRuntime, private readonly base: TraceState, private readonly transcript: TriedTranscript) {
    if (isRecurrent(base.config)) {
      throw new OptionsError(`The method cut hides passages from attention, and ${model.info.name} (${base.config.family}) also carries them in the states of recurrent layers, where a passage cannot be hidden; choose logit-flow, or verify sources by removal.`);
    }
    this.before = generationLogProbs(base, transcript);
  }

  /** Of a cut that is longer than a run: a state of its own. */
  get bytes(): number {
    const { promptLength } = this.transcript;
    return this.end - promptLength + 1 > this.model.session.chunkRows(this.end) ? stateBytes(this.base.config, this.end, promptLength - 1) : 0;
  }

  /** Of one that is known already, too: how far a budget goes must not hang on what was asked before. */
  cost(hidden: Hidden): TrialCost {
    const start = this.startOf(hidden);
    const rows = this.end - start;
    return { rows, flops: this.flops(start, rows) };
  }

  /** Of rows on top of `past` positions, with what reading their logits takes. */
  flops(past: number, rows: number): number {
    const { dModel, dVocab } = this.base.config;
    return runFlops(this.base.config, past, rows) + 2 * rows * dModel * dVocab;
  }

  async measure(hidden: Hidden, call: CallOptions, onRows: (rows: number) => void): Promise<TrialEffect> {
    return (await this.measureAll([hidden], call, onRows))[0];
  }

  /**
   * Each of `cuts` by itself, as many in a run as fit.
   * @param onRows gets how many of the rows have been run
   * @throws CancelledError
   */
  async measureAll(cuts: readonly Hidden[], { signal }: CallOptions, onRows: (rows: number) => void = () => undefined): Promise<TrialEffect[]> {
    const effects: TrialEffect[] = [];
    const waiting = [...cuts];
    let done = 0;
    while (waiting.length > 0) {
      await breatheUnlessCancelled(signal);
      const together = this.takeRun(waiting);
      const found = together.length === 1 && this.rowsOf(together[0]) > this.model.session.chunkRows(this.end)
        ? [await this.runLong(together[0], signal)]
        : await this.runTogether(together, signal);
      together.forEach((hidden, i) => { effects.push(this.effectOf(hidden, found[i])); });
      done += together.reduce((sum, hidden) => sum + this.rowsOf(hidden), 0);
      onRows(done);
    }
    return effects;
  }

  /** Whether it takes no run. */
  private isKept(hidden: Hidden): boolean {
    return this.transcript.other === undefined && (this.base.cuts.get(keyOf(hidden))?.length ?? 0) >= this.rowsOf(hidden);
  }

  /** The first of those that wait which fit into one run, in their order. */
  private takeRun(waiting: Hidden[]): Hidden[] {
    const most = Math.min(RUN_ROWS, this.model.session.chunkRows(this.end));
    let rows = 0;
    let count = 0;
    while (count < waiting.length && (count === 0 || rows + this.rowsOf(waiting[count]) <= most)) rows += this.rowsOf(waiting[count++]);
    return waiting.splice(0, count);
  }

  /** The last row that is run is the one that produced the target's last token. */
  private get end(): number {
    return this.transcript.target.end - 1;
  }

  /** The rows that generated are run again, from the one that produced what stands behind the hidden tokens on; where that row is one of theirs, it sees itself. */
  private startOf(hidden: Hidden): number {
    return Math.max(this.transcript.promptLength - 1, ...hidden.map(({ end }) => end - 1));
  }

  private rowsOf(hidden: Hidden): number {
    return this.end - this.startOf(hidden);
  }

  private async runTogether(cuts: readonly Hidden[], signal: AbortSignal | undefined): Promise<Found[]> {
    const missing = cuts.filter((hidden) => !this.isKept(hidden));
    const runs = missing.map((hidden): HidingRows => ({ start: this.startOf(hidden), hidden }));
    const found = new Map<Hidden, Found>();
    if (runs.length > 0) {
      const x = await this.model.session.runHiding(this.base, runs, this.end);
      this.modelRuns++;
      await breatheUnlessCancelled(signal);
      const read = await this.read(x, runs.flatMap(({ start }) => this.producedBy(start)), signal);
      let row = 0;
      for (const [i, { start }] of runs.entries()) {
        const rows = this.end - start;
        const last = x.subarray((row + rows - 1) * this.base.config.dModel, (row + rows) * this.base.config.dModel);
        found.set(missing[i], await this.keep(missing[i], read.slice(row, row + rows), last));
        row += rows;
      }
    }
    return cuts.map((hidden) => found.get(hidden) ?? { logProbs: this.base.cuts.get(keyOf(hidden))! });
  }

  /** A cut of more rows than a run may have: one chunk on top of the other, in a state that is let go of. */
  private async runLong(hidden: Hidden, signal: AbortSignal | undefined): Promise<Found> {
    if (this.isKept(hidden)) return { logProbs: this.base.cuts.get(keyOf(hidden))! };
    const { session } = this.model;
    const start = this.startOf(hidden);
    const ids = this.transcript.ids.slice(0, this.end);
    const state = TraceState.continuing(this.base, ids.slice(0, start), start, this.transcript.expectedLength, this.end);
    while (state.length < this.end) {
      await breatheUnlessCancelled(signal);
      await session.extend(state, ids.slice(state.length, state.length + session.chunkRows(state.length)), hidden);
      this.modelRuns++;
    }
    const x = state.xFinal.rows(0, this.end - start);
    return this.keep(hidden, await this.read(x, this.producedBy(start), signal), x.subarray(x.length - this.base.config.dModel));
  }

  /** The tokens that the rows from `start` on produced. */
  private producedBy(start: number): number[] {
    return this.transcript.ids.slice(start + 1, this.end + 1);
  }

  private read(x: Float32Array, targets: readonly number[], signal: AbortSignal | undefined): Promise<Float32Array> {
    return this.model.session.logProbsAfter(x, targets, () => breatheUnlessCancelled(signal));
  }

  /** @param last the residual stream of the row that produced the target's last token */
  private async keep(hidden: Hidden, logProbs: Float32Array, last: Float32Array): Promise<Found> {
    this.base.cuts.set(keyOf(hidden), logProbs);
    const { other } = this.transcript;
    return { logProbs, ...(other && { otherLogProb: logSoftmax(await this.model.session.logitsAfter(last), other.id) }) };
  }

  private effectOf(hidden: Hidden, { logProbs, otherLogProb }: Found): TrialEffect {
    const { ids, promptLength, target, other } = this.transcript;
    const start = this.startOf(hidden);
    const after = sumLogProbs((position) => (position > start ? logProbs[position - start - 1] : this.base.logProb(position, ids[position])), promptLength, target);
    return {
      logProbDrop: this.before.generation - after.generation,
      targetLogProbBefore: this.before.target,
      targetLogProbAfter: after.target,
      ...(other && otherLogProb !== undefined && { other: { logProbBefore: other.logProb, logProbAfter: otherLogProb } }),
    };
  }
}

interface Found {
  /** Of the tokens behind the first row that was run, at least up to the target's end. */
  readonly logProbs: Float32Array;
  readonly otherLogProb?: number;
}

function keyOf(hidden: Hidden): string {
  return hidden.map(({ start, end }) => `${start}-${end}`).join();
}
