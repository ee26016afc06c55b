import type { Side } from '../../concepts/side';

/** Steps of a ramp, from the least influence to the most. */
export const BUCKET_COUNT = 10;

/** Tokens that worked against the target are shown as such from this step on. Below it all ramps are barely tinted, and half of the tokens of any trace work against it a little. */
export const AGAINST_FROM = 3;

/** A side's own ramp colours what led to the target, `against` what on either side worked against it. Named as the theme colours are, which people may have set. */
export const RAMPS = ['prompt', 'reasoning', 'against'] as const;
export type Ramp = (typeof RAMPS)[number];

export function rampOf(side: Side): Ramp {
  return side === 'prompt' ? 'prompt' : 'reasoning';
}

/** @param bucket 1 to 10 */
export function bucketColorId(ramp: Ramp, bucket: number): string {
  return `flashtrace.${ramp}${bucket}`;
}
