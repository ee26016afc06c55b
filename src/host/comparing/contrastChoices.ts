import type { Alternatives } from '../../concepts/contrast';
import { formatProbability } from '../../concepts/formatNumbers';
import { readable } from '../../view/text/readable';

/** One line of the question what a target is to be compared with. */
export interface OtherChoice {
  readonly label: string;
  readonly description?: string;
  /** Shown whatever is typed: what is typed is what it stands for. */
  readonly alwaysShow?: boolean;
  /** A token has its id; typed text has none. */
  readonly other: { readonly text: string; readonly id?: number };
}

/** The model's own alternatives with their probabilities; what is typed is offered below them, unless it is one of them. */
export function choicesFor({ others }: Alternatives, typed: string): OtherChoice[] {
  const choices = others.map(({ id, text, probability }): OtherChoice => ({ label: readable(text), description: `P ${formatProbability(probability)}`, other: { id, text } }));
  const isKnown = others.some(({ text }) => text === typed || text.trim() === typed || readable(text) === typed);
  return typed.trim() === '' || isKnown ? choices : [...choices, { label: `Other text: “${typed}”`, alwaysShow: true, other: { text: typed } }];
}

/** What an answer stands for; typed text as it is by now: a quick hand presses Enter before the list has it. @returns null for none */
export function answerOf(chosen: OtherChoice | undefined, typed: string): OtherChoice['other'] | null {
  if (chosen?.other.id !== undefined) return chosen.other;
  return typed.trim() === '' ? null : { text: typed };
}
