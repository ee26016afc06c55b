import { TemplateError } from '../base/errors';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { ParsedTranscript } from '../transcript/turns/parsedTranscript';
import { REASONING_FORMS } from '../transcript/turns/reasoningForms';
import { fieldsWithTexts } from '../transcript/turns/templateData';

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** Reasoning that is opened, or opened and closed with nothing in it, or closed alone (DeepSeek-V3.1); else the token that opens an answer; else Harmony's marker, behind which the model names its channel. */
const OPENED = new RegExp([
  ...REASONING_FORMS.filter(({ spelled }) => !spelled).map(({ tags: [open, close] }) => `(?:${literal(open.trimEnd())}\\s*(?:${literal(close)}\\s*)?|${literal(close)}\\s*)`),
  ...REASONING_FORMS.filter(({ isToken }) => isToken).flatMap(({ answer = [] }) => answer.map(([open]) => literal(open))),
  literal('<|start|>assistant'),
].map((part) => `(?:${part})$`).join('|'));

/** What of a generation, as documents show it, a prompt ends with already. */
export interface Opened {
  readonly text: string;
  /** Whether it is reasoning, and whether that is closed: skipped. */
  readonly reasoning: 'open' | 'skipped' | null;
}

export function openedBy(prompt: string): Opened | null {
  const [text] = OPENED.exec(prompt) ?? [];
  if (text === undefined) return null;
  const form = REASONING_FORMS.find(({ tags: [open, close] }) => text.startsWith(open.trimEnd()) || text.startsWith(close));
  return { text, reasoning: !form ? null : text.includes(form.tags[1]) ? 'skipped' : 'open' };
}

/**
 * What the checkpoint's template writes behind the marker of the assistant's turn of what models otherwise write: a tag that opens the reasoning
 * and a line break, a whole block of reasoning with nothing in it, or a token that opens the answer; null where it leaves that to the model.
 */
export function openedByTemplate(tokenizer: Tokenizer, date: Date, variables: ParsedTranscript['variables'] = {}): Opened | null {
  if (!tokenizer.hasChatTemplate) return null;
  try {
    return openedBy(tokenizer.chatTemplateFor(variables).render([{ role: 'user', content: 'a' }], { addGenerationPrompt: true, date, variables: fieldsWithTexts(variables, ({ source }) => source.text) }));
  } catch (error) {
    // Raw text needs no template; where one is needed, it says itself what is wrong.
    if (error instanceof TemplateError) return null;
    throw error;
  }
}
