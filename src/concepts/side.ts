/** `prompt` is what stands before the generation, `reasoning` all that was generated. */
export const SIDES = ['prompt', 'reasoning'] as const;
export type Side = (typeof SIDES)[number];

export function sideOf({ promptLength }: { readonly promptLength: number }, token: number): Side {
  return token < promptLength ? 'prompt' : 'reasoning';
}
