import { formatBytes, formatDuration } from '../concepts/formatNumbers';
import type { EngineProgress } from '../protocol/engine/messages';

/** A run that takes less needs no announcement. */
const LONG_MS = 5000;

const WORDS: Partial<Record<Extract<EngineProgress, { kind: 'phase' }>['phase'], string>> = {
  prefill: 'Running the model over',
  verify: 'Verifying the sources runs the model over',
};

/** Says once for every kind of run, as soon as it is known, what a long one will take. */
export function estimateNote(note: (text: string) => void): (progress: EngineProgress) => void {
  const said = new Set<string>();
  return (progress) => {
    if (progress.kind !== 'phase' || said.has(progress.phase)) return;
    if (progress.phase === 'convert') {
      said.add(progress.phase);
      note(`Converting the model's weights (${formatBytes(progress.total)}), which is kept for the next time.`);
    }
    if (!progress.left) return;
    const { phase, total, left: { ms, bytes } } = progress;
    const words = WORDS[phase];
    if (!words) return;
    said.add(phase);
    if (ms > LONG_MS) note(`${words} ${total.toLocaleString('en-US')} tokens: about ${formatDuration(ms)}, ${formatBytes(bytes)} of trace state.`);
  };
}
