import { formatDuration } from '../src/shared/formatNumbers';
import { targetText } from '../src/shared/traceBlocks';
import { hasHops } from '../src/shared/traceResult';
import type { TraceView } from '../src/shared/traceView';
import { METHOD_NAMES } from './controls';
import { el } from './dom';

const LONGEST_TITLE = 90;
const DEVICE_NAMES: Readonly<Record<string, string>> = { cpu: 'CPU', cuda: 'CUDA', webgpu: 'WebGPU' };

/** What was traced, with what, and how long it took. */
export function traceHeader(view: TraceView): HTMLElement {
  const text = targetText(view);
  const shown = text.length > LONGEST_TITLE ? `${text.slice(0, LONGEST_TITLE).trimEnd()}…` : text;
  return el('header', {},
    el('h1', {}, 'What led to ', el('q', { title: shown === text ? null : text }, shown)),
    el('p', { class: 'meta' }, ...runFacts(view).map((fact) => el('span', {}, fact))));
}

/** The parts of the line under the title. */
export function runFacts({ modelName, device, method, hopScores, tokens, timings }: TraceView): string[] {
  const hops = hopScores.length - 1;
  return [
    modelName,
    DEVICE_NAMES[device] ?? device,
    hasHops(method) ? `${METHOD_NAMES[method]}, ${hops} ${hops === 1 ? 'hop' : 'hops'}` : METHOD_NAMES[method],
    `${tokens.length.toLocaleString('en')} tokens`,
    timings.modelRuns === 0
      ? `traced in ${formatDuration(timings.traceMs)}, no model run`
      : `model ${formatDuration(timings.modelMs)}, trace ${formatDuration(timings.traceMs)}`,
  ];
}
