import type { ModelConfig } from './checkpoint/modelConfig';
import { sharedRows, TraceState } from './traceState';

/** Bytes of trace state kept for later spans; the state in use always stays. */
const BUDGET = 2 << 30;

/**
 * Trace states of one model, most recently used last. A transcript that has been run or generated is found again by its
 * token ids, whatever document it stands in.
 */
export class StateStore {
  private states: TraceState[] = [];
  private turn: Promise<unknown> = Promise.resolve();

  /**
   * Hands out a state that covers `ids`. Runs of the model take turns (the session could not serve two at once); a state
   * that is there already waits for nobody.
   * @param firstRow position of the last prompt token
   * @param extend runs what is missing; when it throws, nothing is kept
   */
  async acquire(config: ModelConfig, ids: readonly number[], firstRow: number, extend: (state: TraceState) => Promise<void>): Promise<TraceState> {
    const ready = this.find(ids, firstRow);
    if (ready && ready.length >= ids.length) return this.add(ready);
    const run = this.turn.catch(() => undefined).then(async () => {
      const state = this.find(ids, firstRow) ?? this.begin(config, ids, firstRow, ids.length, ids.length - 1);
      await extend(state);
      return this.add(state);
    });
    this.turn = run;
    return run;
  }

  /**
   * A new state, with the rows that the kept states share with `ids` already in it.
   * @param limit see `TraceState.continuing`
   */
  begin(config: ModelConfig, ids: readonly number[], firstRow: number, expectedLength: number, limit: number): TraceState {
    let best: TraceState | null = null;
    let most = 0;
    for (const state of this.states) {
      const shared = sharedRows(state, ids, firstRow);
      if (shared > most) [best, most] = [state, shared];
    }
    return best ? TraceState.continuing(best, ids, firstRow, expectedLength, limit) : new TraceState(config, firstRow, expectedLength);
  }

  /** Keeps a state, as the most recently used one. */
  add(state: TraceState): TraceState {
    this.states = [...this.states.filter((other) => other !== state), state];
    let bytes = this.states.reduce((sum, kept) => sum + kept.bytes, 0);
    while (bytes > BUDGET && this.states.length > 1) bytes -= this.states.shift()!.bytes;
    return state;
  }

  private find(ids: readonly number[], firstRow: number): TraceState | undefined {
    return this.states.findLast((state) => state.matches(ids, firstRow));
  }
}
