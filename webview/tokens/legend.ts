import { formatShare } from '../../src/concepts/formatNumbers';
import { SIDES, type Side } from '../../src/concepts/side';
import { showsAgainst, type ColourScale } from '../../src/view/colour/colourScale';
import { AGAINST_FROM, BUCKET_COUNT, rampOf, type Ramp } from '../../src/view/colour/ramps';
import { el } from '../elements/dom';
import { stepClass } from '../elements/stepClass';

const NAMES: Readonly<Record<Side, string>> = { prompt: 'Prompt', generation: 'Generation' };

export interface LegendOptions {
  /** Total score per side. */
  readonly totals: Readonly<Record<Side, number>>;
  /** What the third ramp stands for. */
  readonly against: string;
  /** Of a token-wise trace: numbers change with the target token that is pointed at, but not the layout. */
  readonly perToken: boolean;
}

/**
 * The sides' ramps with the share of a token at which each begins to saturate, the ramp of what worked against the target where there is any
 * (its steps are those of the side that a token is on), and the target's outline.
 */
export function legend(scale: ColourScale, { totals, against, perToken }: LegendOptions): HTMLElement {
  const sides = SIDES.filter((side) => perToken || scale.ends[side] > 0);
  return el('div', { class: perToken ? 'legend per-token' : 'legend' },
    ...sides.map((side) => el('span', { class: 'ramp' },
      NAMES[side],
      steps(rampOf(side)),
      el('span', { class: 'number' }, scale.ends[side] > 0 && totals[side] > 0 ? `${formatShare(scale.ends[side] / totals[side])}+` : 'none'))),
    ...(showsAgainst(scale) ? [el('span', { class: 'ramp' }, against, steps('against'))] : []),
    el('span', { class: 'ramp' }, el('span', { class: 'target-key', 'aria-hidden': 'true' }), 'Traced span'),
    ...(perToken ? [el('span', { class: 'scale-note' }, 'Every target token, and their mean, has a scale of its own.')] : []));
}

function steps(ramp: Ramp): HTMLElement {
  const all = Array.from({ length: BUCKET_COUNT }, (_, i) => i + 1);
  const used = ramp === 'against' ? all.slice(AGAINST_FROM - 1) : all;
  return el('span', { class: 'steps', 'aria-hidden': 'true' }, ...used.map((step) => el('span', { class: `step ${stepClass(ramp, step)}` })));
}
