import { DEFAULT_MEMORY_BUDGET } from '../../protocol/engine/model';
import type { ModelConfig } from '../checkpoint/config/modelConfig';
import { sharedRows, TraceState } from './traceState';

/**
 * Trace states of one model, most recently used last. A transcript that has been run or generated is found again by its
 * token ids, whatever document it stands in. What does not fit into the budget goes, least recently used first, kept attention before the
 * states themselves; that costs a rerun later and never an error. The state in use always stays.
 */
export class StateStore {
  private states: TraceState[] = [];
  private turn: Promise<unknown> = Promise.resolve();

  /** @param budget bytes */
  constructor(private readonly config: ModelConfig, public budget = DEFAULT_MEMORY_BUDGET) {}

  /** Bytes held. */
  get bytes(): number {
    return this.states.reduce((sum, state) => sum + state.bytes + state.attention.bytes, 0);
  }

  /**
   * Hands out a state that covers `ids`. Runs of the model take turns (the session could not serve two at once); a state
   * that is there already waits for nobody.
   * @param firstRow position of the last prompt token
   * @param extend runs what is missing; when it throws, nothing is kept
   */
  async acquire(ids: readonly number[], firstRow: number, extend: (state: TraceState) => Promise<void>): Promise<TraceState> {
    const ready = this.find(ids, firstRow);
    if (ready && ready.length >= ids.length) return this.add(ready);
    const run = this.turn.catch(() => undefined).then(async () => {
      const state = this.find(ids, firstRow) ?? this.begin(ids, firstRow, ids.length);
      await extend(state);
      return this.add(state);
    });
    this.turn = run;
    return run;
  }

  /** Whether `acquire` would hand out a state for `ids` without a run. */
  covers(ids: readonly number[], firstRow: number): boolean {
    return (this.find(ids, firstRow)?.length ?? 0) >= ids.length;
  }

  /** A new state, with the rows that the kept states share with `ids` already in it. */
  begin(ids: readonly number[], firstRow: number, expectedLength: number, capacity = expectedLength): TraceState {
    let best: TraceState | null = null;
    let most = 0;
    for (const state of this.states) {
      const shared = sharedRows(state, ids, firstRow, expectedLength);
      if (shared > most) [best, most] = [state, shared];
    }
    return best ? TraceState.continuing(best, ids, firstRow, expectedLength, capacity) : new TraceState(this.config, firstRow, expectedLength, capacity);
  }

  /** Keeps a state, as the most recently used one. */
  add(state: TraceState): TraceState {
    this.states = [...this.states.filter((other) => other !== state), state];
    state.attention.claim = (bytes) => this.makeRoom(bytes, state, false);
    this.makeRoom(0, state, true);
    return state;
  }

  /** Lets go of what was used least recently until `bytes` fit beside `inUse` for a while: a state that will not be kept. */
  lend(bytes: number, inUse: TraceState): void {
    this.makeRoom(bytes, inUse, true);
  }

  /**
   * Lets go of what was used least recently until `bytes` more fit beside `inUse`.
   * @param forState attention saves the time of a product, a state that of a run: no state goes for the attention of another
   * @returns whether they do
   */
  private makeRoom(bytes: number, inUse: TraceState, forState: boolean): boolean {
    // Counted once: every block of kept attention asks, and hundreds of states may be held.
    let excess = this.bytes + bytes - this.budget;
    if (excess <= 0) return true;
    const dropAttention = ({ attention }: TraceState) => {
      excess -= attention.bytes;
      attention.drop();
    };
    for (const state of this.states) if (excess > 0 && state !== inUse) dropAttention(state);
    if (!forState) return excess <= 0;
    const gone = new Set<TraceState>();
    for (const state of this.states) {
      if (excess <= 0 || state === inUse) continue;
      gone.add(state);
      excess -= state.bytes;
    }
    this.states = this.states.filter((state) => !gone.has(state));
    if (excess > 0) dropAttention(inUse);
    return excess <= 0;
  }

  private find(ids: readonly number[], firstRow: number): TraceState | undefined {
    return this.states.findLast((state) => state.matches(ids, firstRow));
  }
}
