import type { ColourScale } from '../src/shared/colourScale';
import { formatShare } from '../src/shared/formatNumbers';
import { BUCKET_COUNT, type Ramp } from '../src/shared/palette';
import { el } from './dom';

const NAMES: Readonly<Record<Ramp, string>> = { prompt: 'Prompt', reasoning: 'Generation' };

/**
 * The two ramps with the share of a token at which each begins to saturate, and the target's outline.
 * @param perToken of a token-wise trace: numbers change with the target token that is pointed at, but not the layout
 */
export function legend(scale: ColourScale, totals: Readonly<Record<Ramp, number>>, perToken = false): HTMLElement {
  const ramps = (['prompt', 'reasoning'] as const).filter((ramp) => perToken || scale.ends[ramp] > 0);
  return el('div', { class: perToken ? 'legend per-token' : 'legend' },
    ...ramps.map((ramp) => el('span', { class: 'ramp' },
      NAMES[ramp],
      el('span', { class: 'steps', 'aria-hidden': 'true' },
        ...Array.from({ length: BUCKET_COUNT }, (_, i) => el('span', { class: `step ${ramp === 'prompt' ? 'p' : 'r'}${i + 1}` }))),
      el('span', { class: 'number' }, scale.ends[ramp] > 0 ? `${formatShare(scale.ends[ramp] / totals[ramp])}+` : 'none'))),
    el('span', { class: 'ramp' }, el('span', { class: 'target-key', 'aria-hidden': 'true' }), 'Traced span'),
    ...(perToken ? [el('span', { class: 'scale-note' }, 'Every target token, and their mean, has a scale of its own.')] : []));
}
