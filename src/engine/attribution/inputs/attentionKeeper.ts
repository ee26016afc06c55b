import { breathe } from '../../base/breathe';
import type { AttentionSession } from '../../decoder/attentionSession';
import type { TraceState } from '../../state/traceState';
import { attentionBlocks } from './attentionBlocks';

/** What is kept together at least: one by one selected tokens would leave a block each. */
const GROUP_ROWS = 16;

/**
 * Computes and keeps, while nothing else is asked of the model, the attention that traces have looked at: the first trace of a span does not
 * wait for it, the next one is several times as fast. Every step is one block of rows of one layer, a few ms, so that a request never waits long.
 */
export class AttentionKeeper {
  private wanted: { readonly state: TraceState; readonly positions: readonly number[] } | null = null;
  private running: Promise<void> | null = null;

  private requests = 0;

  constructor(private readonly session: AttentionSession) {}

  /** Notes what the latest trace looked at; what was noted before is forgotten. */
  want(state: TraceState, positions: readonly number[]): void {
    // Elsewhere the product is quicker than bringing its result back and forth.
    if (this.session.provider === 'cpu') this.wanted = { state, positions };
  }

  /** Serves a request: nothing is kept meanwhile, and what is wanted after it. */
  async during<R>(request: () => Promise<R>): Promise<R> {
    this.requests++;
    try {
      return await request();
    } finally {
      this.requests--;
      if (this.requests === 0) this.running ??= this.run().finally(() => { this.running = null; });
    }
  }

  /** Forgets what is wanted; resolves when the model is not used any more. */
  async stop(): Promise<void> {
    this.wanted = null;
    await this.running;
  }

  private async run(): Promise<void> {
    while (this.wanted && this.requests === 0) {
      const { wanted } = this;
      let done = true;
      try {
        done = await this.keep(wanted.state, wanted.positions, () => this.wanted !== wanted || this.requests > 0);
      } catch {
        wanted.state.attention.drop(); // no memory to be had: traces compute it, as they do without a budget
      }
      if (done && this.wanted === wanted) this.wanted = null;
    }
  }

  /**
   * Keeps rows, layer after layer, as far as the memory budget has room.
   * @returns false when it was interrupted
   */
  async keep(state: TraceState, positions: readonly number[], interrupted: () => boolean = () => false): Promise<boolean> {
    const { attention, firstRow } = state;
    const groups = new Set(positions.map((position) => Math.floor(position / GROUP_ROWS)));
    const rows = [...groups].sort((a, b) => a - b).flatMap((group) => Array.from({ length: GROUP_ROWS }, (_, i) => group * GROUP_ROWS + i));
    for (let layer = 0; layer < state.config.nLayers; layer++) {
      const { mixer } = state.config.layers[layer];
      // What recurrent layers and gates of rows take is not summed up from kept rows.
      if (mixer.kind !== 'attention' || mixer.isGated) continue;
      const missing = rows.filter((position) => position >= firstRow && position < state.length && !attention.has(layer, position));
      for (const block of attentionBlocks(mixer.nHeads, state.length, missing)) {
        await breathe();
        if (interrupted()) return false;
        const { first, end } = this.session.seen(layer, block);
        if (!attention.hasRoom(mixer.nHeads, block.length, end - first)) return true;
        attention.add(layer, await this.session.pattern(state, layer, block));
      }
    }
    return true;
  }
}
