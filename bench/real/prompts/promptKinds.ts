import { mulberry32 } from '../../../src/engine/base/random';
import { FACTS } from './facts';
import { HELD_OUT } from './heldOut';
import { INSTRUCTIONS } from './instructions';
import { READING } from './reading';
import { Draw, type PromptKind, type RealPrompt } from './realPrompt';

export const PROMPT_KINDS: readonly PromptKind[] = [...FACTS, ...INSTRUCTIONS, ...READING, ...HELD_OUT];

export interface NumberedPrompt extends RealPrompt {
  readonly id: string;
  readonly kind: PromptKind;
  /** Among those of its kind, from 0. */
  readonly nth: number;
}

/** `count` prompts in all, the kinds in turn: the first n of a longer list are the same. */
export function realPrompts(count: number, seed: number): NumberedPrompt[] {
  const random = PROMPT_KINDS.map((_, k) => new Draw(mulberry32(seed * 1009 + k)));
  return Array.from({ length: count }, (_, i) => {
    const k = i % PROMPT_KINDS.length;
    const kind = PROMPT_KINDS[k];
    const nth = Math.floor(i / PROMPT_KINDS.length);
    return { ...kind.make(random[k]), id: `${kind.name} ${nth + 1}`, kind, nth };
  });
}
