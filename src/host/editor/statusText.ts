import type { ModelInfo } from '../../protocol/engine/model';
import type { LiveState } from '../live/liveTrace';
import type { RunProgress } from '../runs/runProgress';

export interface StatusFacts {
  /** The model in memory, or null while none is loaded. */
  readonly model: ModelInfo | null;
  /** Name of the model that the settings ask for. */
  readonly wanted: string;
  readonly running: RunProgress | null;
  /** State of the active document's trace. */
  readonly trace: 'none' | 'fresh' | 'stale';
  /** Whether the active document's selection is traced as it is made. */
  readonly live: LiveState;
}

const DEVICES = { cpu: 'CPU', cuda: 'CUDA', webgpu: 'WebGPU' } as const;

/** One line: model, device, state. `$(...)` are VS Code's icons. */
export function statusText({ model, wanted, running, trace, live }: StatusFacts): string {
  const name = model ? `${model.name} · ${DEVICES[model.device]}` : wanted;
  if (running) return `$(sync~spin) ${name} · ${running.message}${running.fraction === null ? '' : ` (${Math.round(100 * running.fraction)}%)`}`;
  const state = trace === 'stale' ? ' · trace out of date' : trace === 'fresh' ? ' · traced' : '';
  const icon = live === 'ready' ? '$(eye)' : trace === 'stale' ? '$(history)' : '$(git-compare)';
  return `${icon} ${name}${state}${live === 'ready' ? ' · live' : ''}`;
}

/** The same without icons, for screen readers. */
export function statusLabel(facts: StatusFacts): string {
  return `FlashTrace: ${statusText(facts).replace(/\$\([^)]*\)\s*/g, '').replaceAll(' · ', ', ')}`;
}

/** What the live mode does in the active document, in one sentence. */
export const LIVE_SENTENCES: Readonly<Record<LiveState, string>> = {
  off: 'Live trace is off.',
  none: 'Live trace is on: once this document has been traced or generated, the colours follow the selection.',
  cold: 'Live trace waits: the model has not run over this text as it stands; Trace Selection does that.',
  ready: 'Live trace is on: select generated text and the colours follow.',
};
