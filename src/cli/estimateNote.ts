import type { EngineProgress } from '../shared/engineProtocol';
import { formatBytes, formatDuration } from '../shared/formatNumbers';

/** A run that takes less needs no announcement. */
const LONG_MS = 5000;

/** Says once, as soon as it is known, what a long run of the model will take. */
export function estimateNote(note: (text: string) => void): (progress: EngineProgress) => void {
  let said = false;
  return (progress) => {
    if (said || progress.kind !== 'phase' || progress.phase !== 'prefill' || !progress.left) return;
    said = true;
    const { left: { ms, bytes }, total } = progress;
    if (ms > LONG_MS) note(`Running the model over ${total.toLocaleString('en-US')} tokens: about ${formatDuration(ms)}, ${formatBytes(bytes)} of trace state.`);
  };
}
