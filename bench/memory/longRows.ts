import { formatBytes } from '../../src/concepts/formatNumbers';
import type { Row } from '../measuring/row';
import type { LongContext } from './longContext';

/** Beyond what is stored: the rows in flight, scores and outputs of one chunk, the tracer's copies of weights. */
const MEMORY_FACTOR = 1.3;
const MEMORY_BYTES = 400e6;

export function longRows(x: LongContext, goals: boolean): Row[] {
  const held = goals ? { goal: 4.5 } : {};
  const grown = `from N = ${x.tokens.toLocaleString('en-US')} to ${x.longTokens.toLocaleString('en-US')}, same span, 1 hop`;
  return [
    { measure: `growth of warm trace time ${grown}, no attention kept`, value: x.lean.long.ms / x.lean.short.ms, ...held },
    { measure: `growth of warm trace time ${grown}, attention kept (${formatBytes(x.kept.longBytes)})`, value: x.kept.long.ms / x.kept.short.ms, ...held },
    { measure: `warm trace, 1 hop, no attention kept / prefill, N = ${x.longTokens.toLocaleString('en-US')}`, value: x.lean.long.ms / x.prefillMs },
    { measure: `peak memory beyond the loaded model, N = ${x.longTokens.toLocaleString('en-US')} (state: ${formatBytes(x.stateBytes)}; a first trace of a few tokens had loaded ${formatBytes(x.warmUpBytes)})`, value: x.peakBytes, bytes: true, goal: MEMORY_FACTOR * x.stateBytes + MEMORY_BYTES },
  ];
}
