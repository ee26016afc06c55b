/** What stands before the generation, and all that was generated, its reasoning and its answer. */
export const SIDES = ['prompt', 'generation'] as const;
export type Side = (typeof SIDES)[number];

export function sideOf({ promptLength }: { readonly promptLength: number }, token: number): Side {
  return token < promptLength ? 'prompt' : 'generation';
}
