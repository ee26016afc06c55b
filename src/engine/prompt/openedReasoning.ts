import { TemplateError } from '../base/errors';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { ParsedTranscript } from '../transcript/turns/parsedTranscript';
import { fieldsWithTexts } from '../transcript/turns/templateData';

/**
 * What the checkpoint's template writes behind the marker of the assistant's turn to open the reasoning, such as
 * `<think>` and a line break; null where it leaves that to the model.
 */
export function openedReasoning(tokenizer: Tokenizer, date: Date, variables: ParsedTranscript['variables'] = {}): string | null {
  if (!tokenizer.hasChatTemplate) return null;
  try {
    const rendered = tokenizer.chatTemplateFor(variables).render([{ role: 'user', content: 'a' }], { addGenerationPrompt: true, date, variables: fieldsWithTexts(variables, ({ source }) => source.text) });
    return /(?:<think>|<thinking>|\[THINK\])\s*$/.exec(rendered)?.[0] ?? null;
  } catch (error) {
    // Raw text needs no template; where one is needed, it says itself what is wrong.
    if (error instanceof TemplateError) return null;
    throw error;
  }
}
