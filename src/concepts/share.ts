import type { TokenRegion, TranscriptToken } from './transcript';

/** An amount by where it falls; stop tokens of every region by themselves. A share is such an amount as a part of all, 0 to 1. */
export type RegionMass = Readonly<Record<TokenRegion | 'stop', number>>;

type PlacedToken = Pick<TranscriptToken, 'kind' | 'region'>;

/** Where scores fall, [nTokens] each; `scales` weight them. */
export function regionMass(tokens: readonly PlacedToken[], scores: readonly ArrayLike<number>[], scales: readonly number[] = scores.map(() => 1)): Record<TokenRegion | 'stop', number> {
  const mass = { template: 0, prompt: 0, reasoning: 0, answer: 0, stop: 0 };
  scores.forEach((part, i) => {
    tokens.forEach(({ kind, region }, j) => (mass[kind === 'stop' ? 'stop' : region] += scales[i] * part[j]));
  });
  return mass;
}

/** Multiplied so that all together come to `total`; nothing stays nothing. */
export function scaledTo(total: number, mass: RegionMass): RegionMass {
  const all = Object.values(mass).reduce((a, b) => a + b, 0) || 1;
  return Object.fromEntries(Object.entries(mass).map(([region, part]) => [region, (part * total) / all])) as unknown as RegionMass;
}
