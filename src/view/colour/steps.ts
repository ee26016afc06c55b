import { SIDES } from '../../concepts/side';

/** Steps of a ramp, from the least influence to the most. */
export const BUCKET_COUNT = 10;

/** Tokens that worked against the target are shown as such from this step on. Below it all ramps are barely tinted, and half of the tokens of any trace work against it a little. */
export const AGAINST_FROM = 3;

/** A side's own ramp colours what led to the target, `against` what on either side worked against it. */
export const RAMPS = [...SIDES, 'against'] as const;
export type Ramp = (typeof RAMPS)[number];

/** @param bucket 1 to 10 */
export function bucketColorId(ramp: Ramp, bucket: number): string {
  return `flashtrace.${ramp}${bucket}`;
}
