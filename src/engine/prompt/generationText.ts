import { TemplateError, TranscriptError } from '../base/errors';
import type { ChatTemplate, RenderOptions } from '../template/chatTemplate';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { callsTools, type ParsedTurn, type Segment } from '../transcript/turns/parsedTranscript';
import { SourceText } from '../transcript/turns/sourceText';
import { fieldsWithTexts } from '../transcript/turns/templateData';
import { harmonyWithTokens } from './harmonyWithTokens';
import { ModelText } from './modelText';
import { openedBy } from './openedReasoning';
import { reasoningAround, type ReasoningAround } from './reasoningAround';
import { renderTurns } from './renderTurns';

const REGION_OF = { text: 'answer', reasoning: 'reasoning', markup: 'template' } as const;

/** The same for the prompt and for what goes on from it. */
type GivenToTemplate = Pick<RenderOptions, 'date' | 'variables'>;

/** The text of the final assistant turn as the model wrote it. */
export interface GenerationText {
  readonly text: ModelText;
  /** What closes the answer before the token that ends the turn, where the document does not hold it; a turn that goes on does so before that. */
  readonly closing: string;
  /** What was put around reasoning that stands in a field, where the template does not write it. */
  readonly supplied: ReasoningAround | null;
}

/** The literal text of a generated turn: as it stands in the document, tags included. */
export function literalText(content: readonly Segment[]): ModelText {
  return ModelText.join(content.map(({ kind, source }) => ({ source, region: REGION_OF[kind] })));
}

/**
 * What the model generated in the final assistant turn, given the prompt before it. Reasoning in a field of its own has
 * no literal text: it is written as the template writes it, where the template's rendering goes on from the prompt and
 * holds it, else as the model's family writes it. Calls of tools are written as the template writes them.
 * @throws TranscriptError for calls of tools that the template does not write
 */
export function generationText(template: ChatTemplate, turns: readonly ParsedTurn[], turn: ParsedTurn, prompt: ModelText, tokenizer: Tokenizer, given: GivenToTemplate): GenerationText {
  const reasoning = turn.reasoningField?.some(({ source }) => source.text.trim() !== '') ? turn.reasoningField : null;
  const calls = callsTools(turn);
  if (!reasoning && !calls) return { ...withTemplateTokens(template, turn, tokenizer, given), supplied: null };
  const written = templateText(template, turns, turn, prompt, tokenizer, given);
  if (written && calls) return { text: ModelText.concat(reasoning ? written.text : withoutEmptyReasoning(written.text), new ModelText(written.closing)), closing: '', supplied: null };
  if (written) return { ...written, supplied: null };
  if (calls) throw new TranscriptError('The last message calls tools, and the chat template of this model does not write such calls, so that what the model wrote is not known; choose the model that wrote it, or open its raw template text.');
  const supplied = reasoningAround(template, tokenizer);
  return { text: withAround(reasoning!, turn.content, supplied, prompt), closing: supplied.behind, supplied };
}

/**
 * An answer as the document has it, with the special tokens that the template writes around one (gpt-oss: its channel) or that decoding left out. Tokens alone:
 * white space that the document lacks may be what the model left out.
 */
function withTemplateTokens(template: ChatTemplate, { content }: ParsedTurn, tokenizer: Tokenizer, given: GivenToTemplate): Pick<GenerationText, 'text' | 'closing'> {
  const literal = literalText(content);
  const asItStands = { text: literal, closing: '' };
  if (content.length !== 1 || content[0].kind !== 'text') return asItStands;
  const restored = tokenizer.tokenId('<|channel|>') === undefined ? null : harmonyWithTokens(content);
  if (restored) return { text: literalText(restored), closing: '' };
  const { before, behind } = aroundAnswer(template, tokenizer, given);
  const isToken = (text: string) => tokenizer.encode(text).ids.some((id) => tokenizer.isSpecial(id));
  if (!isToken(before + behind) || openedBy(before)?.reasoning === 'skipped') return asItStands;
  return { text: ModelText.concat(new ModelText(before), literal), closing: behind };
}

/** What the template writes between a generation prompt and an answer without reasoning, and between that and the token that ends the turn. */
function aroundAnswer(template: ChatTemplate, tokenizer: Tokenizer, given: GivenToTemplate): { readonly before: string; readonly behind: string } {
  const none = { before: '', behind: '' };
  const mark = 'zqxanswerqz';
  const variables = fieldsWithTexts(given.variables ?? {}, ({ source }) => source.text);
  const asked = { role: 'user', content: 'a' };
  try {
    const prompt = template.render([asked], { ...given, variables, addGenerationPrompt: true });
    const whole = template.render([asked, { role: 'assistant', content: mark }], { ...given, variables, addGenerationPrompt: false });
    const at = whole.indexOf(mark, prompt.length);
    if (!whole.startsWith(prompt) || at < 0) return none;
    const { endOfTurnId: id } = tokenizer;
    const end = id === null ? -1 : whole.indexOf(tokenizer.tokenText(id), at);
    return { before: whole.slice(prompt.length, at), behind: end < 0 ? '' : whole.slice(at + mark.length, end) };
  } catch (error) {
    if (error instanceof TemplateError) return none;
    throw error;
  }
}

/** Reasoning and answer with what stands around them; white space that they hold themselves, as some servers leave it, is not written twice. */
function withAround(reasoning: readonly Segment[], content: readonly Segment[], { before, between }: ReasoningAround, prompt: ModelText): ModelText {
  const opened = openedBy(prompt.text);
  const thought = literalText(reasoning).text;
  const said = literalText(content).text;
  const opening = opened?.reasoning === 'open' ? opened.text : /^\s/.test(thought) ? before.trimEnd() : before;
  const closing = /\s$/.test(thought) ? between.trimStart() : between;
  const markup = (text: string): Segment => ({ kind: 'markup', source: SourceText.inserted(text) });
  return literalText([markup(opening), ...reasoning, markup(/^\s/.test(said) ? closing.trimEnd() : closing), ...content]);
}

/** Templates write an empty block of reasoning where there was none, which the model may not have written. */
function withoutEmptyReasoning(written: ModelText): ModelText {
  const empty = /^\s*<think>\s*<\/think>\s*/.exec(written.text);
  return empty ? written.slice(empty[0].length) : written;
}

function templateText(template: ChatTemplate, turns: readonly ParsedTurn[], turn: ParsedTurn, prompt: ModelText, tokenizer: Tokenizer, given: GivenToTemplate): Pick<GenerationText, 'text' | 'closing'> | null {
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
  const { endOfTurnId: id } = tokenizer;
  const end = id === null ? -1 : text.text.indexOf(tokenizer.tokenText(id), behind);
  return { text: text.slice(prompt.text.length, behind), closing: end < 0 ? '' : text.text.slice(behind, end) };
}

/**
 * A literal text without what the prompt already ends with: templates may open the reasoning, or skip it, in the generation prompt.
 * Where the document shows that text too, the prompt's end stands there, whatever white space is in it.
 */
export function withoutOpened(prompt: ModelText, literal: ModelText): ModelText {
  const opened = openedBy(prompt.text)?.text;
  if (opened === undefined) return literal;
  const places = tagsIn(opened, literal.text);
  if (!places) return literal;
  const at = prompt.text.length - opened.length;
  const exact = literal.text.startsWith(opened);
  if (exact) prompt.adoptMarkup(at, literal, 0, opened.length);
  else for (const { from, to, length } of places) prompt.adoptMarkup(at + from, literal, to, length);
  const last = places[places.length - 1];
  const end = last.to + last.length;
  const rest = literal.text.slice(end);
  // Other white space behind the tags: the prompt's stands for it, where it has any.
  return literal.slice(exact ? opened.length : /\s$/.test(opened) ? end + rest.length - rest.trimStart().length : end);
}

/** Where the tags of `opened` stand in it and at the beginning of `text`, whatever white space is around them; null where they do not. */
function tagsIn(opened: string, text: string): { readonly from: number; readonly to: number; readonly length: number }[] | null {
  const places: { from: number; to: number; length: number }[] = [];
  let to = 0;
  for (const { 0: tag, index } of opened.matchAll(/\S+?(?=[\s<]|\[\/|$)/g)) {
    to += /^\s*/.exec(text.slice(to))![0].length;
    if (!text.startsWith(tag, to)) return null;
    places.push({ from: index, to, length: tag.length });
    to += tag.length;
  }
  return places.length > 0 ? places : null;
}
