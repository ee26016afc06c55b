import type { TokenRegion } from '../../concepts/transcript';
import type { ChatMessage, ChatTemplate, RenderOptions } from '../template/chatTemplate';
import { locateSlots, type Placement } from '../template/locateSlots';
import type { ParsedTurn, Segment } from '../transcript/turns/parsedTranscript';
import type { SourceText } from '../transcript/turns/sourceText';
import { fieldsWithTexts, placedTexts, withTexts, type TemplateData } from '../transcript/turns/templateData';
import { ModelText } from './modelText';

/** A run of document text that the template gets as (a part of) a message's text. */
export interface Slot {
  /** Null for what a request says beside its messages: what tools are for, documents. */
  readonly turn: ParsedTurn | null;
  readonly kind: 'text' | 'reasoning' | 'call';
  readonly source: SourceText;
}

export interface RenderedTurns {
  readonly text: ModelText;
  readonly slots: readonly Slot[];
  readonly placements: readonly Placement[];
}

/**
 * The template's rendering of the turns, with the place of all document text in it.
 * @param region of a slot's text
 * @throws TemplateError
 */
export function renderTurns(
  template: ChatTemplate,
  turns: readonly ParsedTurn[],
  { region, variables = {}, ...options }: RenderOptions & { region: (slot: Slot) => TokenRegion },
): RenderedTurns {
  const beside = Object.values(variables).flatMap(placedTexts).map(({ source }): Slot => ({ turn: null, kind: 'text', source }));
  const slots = [...beside, ...turns.flatMap((turn) => slotsOf(turn, template))];
  const render = (texts: readonly string[]) => {
    let next = 0;
    const given = fieldsWithTexts(variables, () => texts[next++]);
    return template.render(messagesOf(turns, texts.slice(beside.length), template), { ...options, variables: given });
  };
  const texts = slots.map(({ source }) => source.text);
  const rendered = render(texts);
  const text = new ModelText(rendered);
  const placements = locateSlots(render, texts, rendered);
  for (const { slot, start, from, to } of placements) {
    for (let i = 0; i < from.length; i++) text.placeUnit(start + i, slots[slot].source, from[i], to[i], region(slots[slot]));
  }
  return { text, slots, placements };
}

type Reads = Pick<ChatTemplate, 'readsParts' | 'readsReasoningParts'>;

/** How a turn is handed on: its content as the list of parts that it is, for a template that reads such parts, or as text; reasoning that stands in the list is not said twice. */
function givenOf({ contentList, reasoningField }: ParsedTurn, { readsParts, readsReasoningParts }: Reads): { readonly list: TemplateData; readonly reasoning: readonly Segment[] | undefined } {
  if (!readsParts || contentList === undefined) return { list: undefined, reasoning: reasoningField };
  const starts = new Set(placedTexts(contentList).map(({ source }) => source.range.start));
  const isInList = reasoningField?.some(({ kind, source }) => kind === 'reasoning' && starts.has(source.range.start)) === true;
  if (isInList && !readsReasoningParts) return { list: undefined, reasoning: reasoningField };
  return { list: contentList, reasoning: isInList ? undefined : reasoningField };
}

function slotsOf(turn: ParsedTurn, reads: Reads): Slot[] {
  const { list, reasoning } = givenOf(turn, reads);
  const own = (segments: readonly Segment[]): Slot[] => segments.flatMap(({ kind, source }) => (kind === 'markup' ? [] : [{ turn, kind, source }]));
  const thought = new Set(turn.reasoningField?.flatMap(({ kind, source }) => (kind === 'reasoning' ? [source.range.start] : [])));
  const content = list === undefined ? own(turn.content) : placedTexts(list).map(({ source }): Slot => ({ turn, kind: thought.has(source.range.start) ? 'reasoning' : 'text', source }));
  const calls = Object.values(turn.extra ?? {}).flatMap(placedTexts).map(({ source }): Slot => ({ turn, kind: 'call', source }));
  return [...content, ...own(reasoning ?? []), ...calls];
}

/** @param texts one per slot, in the order of `slotsOf` */
function messagesOf(turns: readonly ParsedTurn[], texts: readonly string[], reads: Reads): ChatMessage[] {
  let next = 0;
  const nextText = () => texts[next++];
  const joined = (segments: readonly Segment[]) => segments.map(({ kind, source }) => (kind === 'markup' ? source.text : nextText())).join('');
  return turns.map((turn) => {
    const { role, reasoningNames = [], isNull, extra = {} } = turn;
    const given = givenOf(turn, reads);
    const content = given.list === undefined ? joined(turn.content) : withTexts(given.list, nextText);
    const reasoning = given.reasoning && joined(given.reasoning);
    const fields = fieldsWithTexts(extra, nextText);
    return { ...fields, role, content: isNull && content === '' ? null : content, ...(reasoning !== undefined && { ...Object.fromEntries(reasoningNames.map((name) => [name, reasoning])), reasoning_content: reasoning }) };
  });
}
