import { formatBytes, formatDuration } from '../../concepts/formatNumbers';
import type { EngineProgress } from '../../protocol/engine/messages';

export interface RunProgress {
  /** One short phrase for the notification, the status bar and the panel. */
  readonly message: string;
  /** Of the whole run, in 0..1; null while nothing can be said. */
  readonly fraction: number | null;
}

type Phase = Extract<EngineProgress, { kind: 'phase' }>['phase'];

/** A run that takes less is over before its estimate is read. */
const WORTH_TELLING_MS = 2000;

/** Where each phase lies in the whole run; what comes after the prompt has been run (generating, attributing, hiding or verifying) is the second half. */
const SPANS: Record<Phase, readonly [start: number, end: number]> = {
  load: [0, 0.2],
  convert: [0, 0.2],
  prefill: [0.2, 0.5],
  generate: [0.5, 1],
  trace: [0.5, 1],
  cut: [0.5, 1],
  verify: [0.5, 1],
  rewrite: [0.5, 1],
};

const WORDS: Record<Phase, (done: string, total: string) => string> = {
  load: () => 'Loading the model',
  convert: (done, total) => `Converting the model's weights, which is kept for the next time: ${done} of ${total}`,
  prefill: (done, total) => `Running the model: ${done} of ${total} tokens`,
  generate: (done, total) => `Generating: ${done} of at most ${total} tokens`,
  trace: () => 'Attributing the span',
  cut: (done, total) => `Hiding passages: ${done} of ${total} tokens`,
  verify: (done, total) => `Verifying the sources: ${done} of ${total} tokens`,
  rewrite: (done, total) => `Writing anew: ${done} of ${total} answers`,
};

/** What to show for one progress message; null for messages that carry text. */
export function runProgress(progress: EngineProgress): RunProgress | null {
  if (progress.kind !== 'phase') return null;
  const { phase, done, total, left } = progress;
  const [start, end] = SPANS[phase];
  const part = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
  return {
    message: WORDS[phase](count(phase, done), count(phase, total)) + (left && left.ms > WORTH_TELLING_MS ? `, about ${formatDuration(left.ms)} left, ${formatBytes(left.bytes)}` : ''),
    fraction: start + (end - start) * part,
  };
}

function count(phase: Phase, value: number): string {
  return phase === 'convert' ? formatBytes(value) : value.toLocaleString('en-US');
}
