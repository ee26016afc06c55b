import type { ModelInfo } from '../shared/engineProtocol';
import type { RunProgress } from './runProgress';

export interface StatusFacts {
  /** The model in memory, or null while none is loaded. */
  readonly model: ModelInfo | null;
  /** Name of the model that the settings ask for. */
  readonly wanted: string;
  readonly running: RunProgress | null;
  /** State of the active document's trace. */
  readonly trace: 'none' | 'fresh' | 'stale';
}

const DEVICES = { cpu: 'CPU', cuda: 'CUDA', webgpu: 'WebGPU' } as const;

/** One line: model, device, state. `$(...)` are VS Code's icons. */
export function statusText({ model, wanted, running, trace }: StatusFacts): string {
  const name = model ? `${model.name} · ${DEVICES[model.device]}` : wanted;
  if (running) return `$(sync~spin) ${name} · ${running.message}${running.fraction === null ? '' : ` (${Math.round(100 * running.fraction)}%)`}`;
  return trace === 'stale' ? `$(history) ${name} · trace out of date` : `$(git-compare) ${name}${trace === 'fresh' ? ' · traced' : ''}`;
}

/** The same without icons, for screen readers. */
export function statusLabel(facts: StatusFacts): string {
  return `FlashTrace: ${statusText(facts).replace(/\$\([^)]*\)\s*/g, '').replaceAll(' · ', ', ')}`;
}
