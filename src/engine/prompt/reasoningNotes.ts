import type { ChatTemplate } from '../template/chatTemplate';
import type { ParsedTurn } from '../transcript/turns/parsedTranscript';
import type { ModelText } from './modelText';
import { openedBy } from './openedReasoning';
import type { ReasoningAround } from './reasoningAround';

/** What is doubtful about the reasoning of the last turn, a sentence each: the file and the model's own prompt may tell different stories. */
export function reasoningNotes(template: ChatTemplate, prompt: ModelText, generation: ModelText, turn: ParsedTurn, supplied: ReasoningAround | null): string[] {
  const opened = openedBy(prompt.text);
  const thought = generation.holds('reasoning');
  const notes: string[] = [];
  if (supplied) notes.push(`The chat template of this model does not write reasoning that stands in a field: it was put behind ${shown(supplied.before)}, as models of this kind write it.`);
  if (opened?.reasoning === 'skipped' && thought) notes.push(`The last message reasons, and the prompt that the chat template writes for this file has the model skip that; if it was asked to think, write so into the file${asked(template)}.`);
  if (opened?.reasoning === 'open' && !thought && turn.complete && generation.holds('answer')) notes.push(`The prompt of this model opens its reasoning with ${shown(opened.text)}, and the last message has none: what the model thought before this answer is not in the file.`);
  return notes;
}

/** How a file says that the model was asked to think, where the template has a name for that. */
function asked(template: ChatTemplate): string {
  const name = ['enable_thinking', 'thinking', 'reasoning'].find((variable) => template.mentions(variable));
  return name === undefined ? '' : ` ("chat_template_kwargs": {"${name}": true})`;
}

function shown(markup: string): string {
  return markup.trim().replace(/\s+/g, ' ');
}
