import type { EngineProgress } from '../shared/engineProtocol';

export interface RunProgress {
  /** One short phrase for the notification, the status bar and the panel. */
  readonly message: string;
  /** Of the whole run, in 0..1; null while nothing can be said. */
  readonly fraction: number | null;
}

type Phase = Extract<EngineProgress, { kind: 'phase' }>['phase'];

/** Where each phase lies in the whole run. Running the model dominates; attributing a span takes a small part of it. */
const SPANS: Record<Phase, readonly [start: number, end: number]> = {
  load: [0, 0.2],
  prefill: [0.2, 0.8],
  generate: [0.3, 1],
  trace: [0.8, 1],
};

const WORDS: Record<Phase, (done: string, total: string) => string> = {
  load: () => 'Loading the model',
  prefill: (done, total) => `Running the model: ${done} of ${total} tokens`,
  generate: (done, total) => `Generating: ${done} of at most ${total} tokens`,
  trace: () => 'Attributing the span',
};

/** What to show for one progress message; null for messages that carry text. */
export function runProgress(progress: EngineProgress): RunProgress | null {
  if (progress.kind !== 'phase') return null;
  const { phase, done, total } = progress;
  const [start, end] = SPANS[phase];
  const part = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
  return {
    message: WORDS[phase](done.toLocaleString('en-US'), total.toLocaleString('en-US')),
    fraction: start + (end - start) * part,
  };
}
