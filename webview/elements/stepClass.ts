import type { Ramp } from '../../src/view/colour/ramps';

const LETTERS: Readonly<Record<Ramp, string>> = { prompt: 'p', reasoning: 'r', against: 'a' };

/** Class names that colour an element as a step, with the sign that goes with it. @param step 1 to `BUCKET_COUNT` */
export function stepClass(ramp: Ramp, step: number): string {
  return `${LETTERS[ramp]}${step}${ramp === 'against' ? ' signed' : ''}`;
}
