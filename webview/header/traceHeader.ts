import type { Contrast } from '../../src/concepts/contrast';
import { formatDuration } from '../../src/concepts/formatNumbers';
import { hasHops, METHODS } from '../../src/concepts/method';
import { beliefFigures } from '../../src/view/text/beliefText';
import { contrastFigures, contrastNames } from '../../src/view/text/contrastText';
import { targetText } from '../../src/view/trace/traceBlocks';
import type { TraceView } from '../../src/view/trace/traceView';
import { el } from '../elements/dom';

const LONGEST_TITLE = 90;
const DEVICE_NAMES: Readonly<Record<string, string>> = { cpu: 'CPU', cuda: 'CUDA', webgpu: 'WebGPU' };

/** What was traced, with what, and how long it took. */
export function traceHeader(view: TraceView): HTMLElement {
  return el('header', {},
    ...(view.contrast ? question(view.contrast) : [title(targetText(view))]),
    el('p', { class: 'meta' }, ...runFacts(view).map((fact) => el('span', {}, fact))));
}

function title(text: string): HTMLElement {
  const shown = text.length > LONGEST_TITLE ? `${text.slice(0, LONGEST_TITLE).trimEnd()}…` : text;
  return el('h1', {}, 'What led to ', el('q', { title: shown === text ? null : text }, shown));
}

/** What a contrasted trace compares, and what the model thought of the two. */
function question(contrast: Contrast): HTMLElement[] {
  const { written, other } = contrastNames(contrast);
  return [
    el('h1', {}, 'Why ', el('q', {}, written), ' rather than ', el('q', { class: 'other' }, el('span', {}, other))),
    el('p', { class: 'compared number' }, contrastFigures(contrast)),
  ];
}

/** The parts of the line under the title. */
export function runFacts({ modelName, device, method, hopScores, tokens, belief, timings }: TraceView): string[] {
  const hops = hopScores.length - 1;
  return [
    modelName,
    DEVICE_NAMES[device] ?? device,
    hasHops(method) ? `${METHODS[method].name}, ${hops} ${hops === 1 ? 'hop' : 'hops'}` : METHODS[method].name,
    `${tokens.length.toLocaleString('en')} tokens`,
    ...(belief ? [beliefFigures(belief)] : []),
    timings.modelRuns === 0
      ? `traced in ${formatDuration(timings.traceMs)}, no model run`
      : `model ${formatDuration(timings.modelMs)}, trace ${formatDuration(timings.traceMs)}`,
  ];
}
