import { breathe } from '../base/breathe';
import { collect } from '../base/smallHeap';
import type { Sampler } from '../decoder/sampler';
import type { LoadedModel } from '../model/loadedModel';
import { readLogits } from '../model/readLogits';
import type { TraceState } from '../state/traceState';

/** Tokens. */
const COLLECT_EVERY = 8;

export interface Decoding {
  readonly sample: Sampler;
  readonly limit: number;
  readonly isCancelled: () => boolean;
  /** @param count of tokens so far, this one with them */
  readonly onToken: (id: number, count: number) => void;
}

export interface Decoded {
  /** The token that ended the turn with them. */
  readonly tokenCount: number;
  readonly stopReason: 'stop' | 'length' | 'cancelled';
}

/** Goes on from a state, its logits read, token by token; the state grows with it. */
export async function decodeTokens({ runtime, tokenizer }: LoadedModel, state: TraceState, { sample, limit, isCancelled, onToken }: Decoding): Promise<Decoded> {
  let tokenCount = 0;
  while (tokenCount < limit) {
    await breathe();
    if (isCancelled()) return { tokenCount, stopReason: 'cancelled' };
    const id = sample(state.lastLogits);
    tokenCount++;
    if (tokenizer.eosTokenIds.has(id)) return { tokenCount, stopReason: 'stop' };
    onToken(id, tokenCount);
    // The last token of a cut generation is fed too: its row belongs to the trace state.
    await runtime.session.extend(state, [id]);
    await readLogits(runtime, state);
    if (tokenCount % COLLECT_EVERY === 0) collect('minor');
  }
  return { tokenCount, stopReason: 'length' };
}
