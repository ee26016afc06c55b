import type { TraceView } from '../view/trace/traceView';

/** `prompt` is what stands before the generation, `reasoning` all that was generated. */
export const SIDES = ['prompt', 'reasoning'] as const;
export type Side = (typeof SIDES)[number];

export function sideOf(view: Pick<TraceView, 'promptLength'>, token: number): Side {
  return token < view.promptLength ? 'prompt' : 'reasoning';
}
