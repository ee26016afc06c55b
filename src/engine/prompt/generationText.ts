import { TranscriptError } from '../base/errors';
import type { ChatTemplate, RenderOptions } from '../template/chatTemplate';
import { callsTools, type ParsedTurn, type Segment } from '../transcript/turns/parsedTranscript';
import { SourceText } from '../transcript/turns/sourceText';
import { ModelText } from './modelText';
import { renderTurns } from './renderTurns';

const REGION_OF = { text: 'answer', reasoning: 'reasoning', markup: 'template' } as const;
/** What a template writes at the end of its generation prompt to start (or to skip) the reasoning. */
const OPENED_REASONING = /(?:<think>|<thinking>|\[THINK\])\s*(?:(?:<\/think>|<\/thinking>|\[\/THINK\])\s*)?$/;

/** The same for the prompt and for what goes on from it. */
type GivenToTemplate = Pick<RenderOptions, 'date' | 'variables'>;

/** The literal text of a generated turn: as it stands in the document, tags included. */
export function literalText(content: readonly Segment[]): ModelText {
  return ModelText.join(content.map(({ kind, source }) => ({ source, region: REGION_OF[kind] })));
}

/**
 * What the model generated in the final assistant turn, given the prompt before it. Reasoning in a field of its own has
 * no literal text: it is written as the template writes it, where the template's rendering goes on from the prompt and
 * holds it, else between `<think>` tags. Calls of tools are written as the template writes them.
 * @param endOfTurn text of the token that ends a turn
 * @throws TranscriptError for calls of tools that the template does not write
 */
export function generationText(
  template: ChatTemplate, turns: readonly ParsedTurn[], turn: ParsedTurn, prompt: ModelText, endOfTurn: string | null, given: GivenToTemplate,
): ModelText {
  const reasoning = turn.reasoningField?.some(({ source }) => source.text.trim() !== '') ? turn.reasoningField : null;
  const calls = callsTools(turn);
  if (!reasoning && !calls) return literalText(turn.content);
  const written = templateText(template, turns, turn, prompt, endOfTurn, given);
  if (written) return reasoning ? written : withoutEmptyReasoning(written);
  if (calls) throw new TranscriptError('The last message calls tools, and the chat template of this model does not write such calls, so that what the model wrote is not known; choose the model that wrote it, or open its raw template text.');
  return literalText([
    { kind: 'markup', source: SourceText.inserted('<think>\n') },
    ...reasoning!,
    { kind: 'markup', source: SourceText.inserted('\n</think>\n\n') },
    ...turn.content,
  ]);
}

/** Templates write an empty block of reasoning where there was none, which the model may not have written. */
function withoutEmptyReasoning(written: ModelText): ModelText {
  const empty = /^\s*<think>\s*<\/think>\s*/.exec(written.text);
  return empty ? written.slice(empty[0].length) : written;
}

function templateText(
  template: ChatTemplate, turns: readonly ParsedTurn[], turn: ParsedTurn, prompt: ModelText, endOfTurn: string | null, given: GivenToTemplate,
): ModelText | null {
  const { text, slots, placements } = renderTurns(template, turns, {
    ...given, addGenerationPrompt: false,
    region: (slot) => (slot.turn !== turn ? 'prompt' : slot.kind === 'reasoning' ? 'reasoning' : 'answer'),
  });
  if (!text.text.startsWith(prompt.text)) return null;
  const own = placements.filter(({ slot, start }) => slots[slot].turn === turn && start >= prompt.text.length);
  const wanted = slots.filter((slot) => slot.turn === turn && slot.source.text.trim() !== '');
  // A template that does not know reasoning_content leaves it out; the model did write it.
  if (!wanted.every((slot) => own.some((placement) => slots[placement.slot] === slot))) return null;
  const behind = Math.max(...own.map(({ end }) => end));
  const end = endOfTurn === null ? -1 : text.text.indexOf(endOfTurn, behind);
  return text.slice(prompt.text.length, end < 0 ? behind : end);
}

/**
 * A literal text without what the prompt already ends with: templates may open the reasoning in the generation prompt.
 * Where the document shows that text too, the prompt's end stands there.
 */
export function withoutOpenedReasoning(prompt: ModelText, literal: ModelText): ModelText {
  const opened = OPENED_REASONING.exec(prompt.text)?.[0];
  if (!opened) return literal;
  const at = prompt.text.length - opened.length;
  if (literal.text.startsWith(opened)) {
    prompt.adoptMarkup(at, literal, 0, opened.length);
    return literal.slice(opened.length);
  }
  const tag = opened.trimEnd();
  if (!literal.text.startsWith(tag)) return literal;
  // The tag with other white space behind it: the prompt's stands for it.
  prompt.adoptMarkup(at, literal, 0, tag.length);
  const rest = literal.text.slice(tag.length);
  return literal.slice(tag.length + rest.length - rest.trimStart().length);
}
