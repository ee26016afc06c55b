import type { ModelNeeds } from '../../concepts/models/modelNeeds';
import type { Precision } from '../../protocol/engine/model';
import type { Checkpoint } from '../checkpoint/checkpoint';
import { heldBytes } from '../checkpoint/packed/heldBytes';
import { scratchBytes } from '../decoder/scratchBytes';
import { stateBytes } from '../state/stateBytes';

/** What a trace of a transcript with `tokens` tokens takes, half of them generated: reasoning models write more than they are asked. */
export function modelNeeds(checkpoint: Checkpoint, tokens: number, precision: Precision): ModelNeeds {
  const { config } = checkpoint;
  const length = Math.min(tokens, config.contextLength);
  const kv = stateBytes(config, length, length);
  return {
    tokens: length,
    weights: heldBytes(checkpoint, precision),
    kv,
    traceState: stateBytes(config, length, Math.floor(length / 2)) - kv,
    scratch: scratchBytes(config),
  };
}
