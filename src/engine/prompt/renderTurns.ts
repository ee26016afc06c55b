import type { TokenRegion } from '../../concepts/transcript';
import type { ChatMessage, ChatTemplate, RenderOptions } from '../template/chatTemplate';
import { locateSlots, type Placement } from '../template/locateSlots';
import type { ParsedTurn, Segment } from '../transcript/turns/parsedTranscript';
import type { SourceText } from '../transcript/turns/sourceText';
import { placedTexts, withTexts } from '../transcript/turns/templateData';
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
  const slots = [...beside, ...turns.flatMap((turn) => slotsOf(turn, template.readsParts))];
  const render = (texts: readonly string[]) => template.render(messagesOf(turns, texts.slice(beside.length), template.readsParts), { ...options, variables: filled(variables, texts) });
  const texts = slots.map(({ source }) => source.text);
  const rendered = render(texts);
  const text = new ModelText(rendered);
  const placements = locateSlots(render, texts, rendered);
  for (const { slot, start, from, to } of placements) {
    for (let i = 0; i < from.length; i++) text.placeUnit(start + i, slots[slot].source, from[i], to[i], region(slots[slot]));
  }
  return { text, slots, placements };
}

/** @param asParts contents that are lists of parts are handed on as such */
function slotsOf(turn: ParsedTurn, asParts: boolean): Slot[] {
  const own = (segments: readonly Segment[]): Slot[] => segments.flatMap(({ kind, source }) => (kind === 'markup' ? [] : [{ turn, kind, source }]));
  const calls = Object.values(turn.extra ?? {}).flatMap(placedTexts).map(({ source }): Slot => ({ turn, kind: 'call', source }));
  if (asParts && turn.contentList !== undefined) {
    const reasoning = new Set(turn.reasoningField?.map(({ source }) => (source.inDocument ? source.range.start : -1)));
    const parts = placedTexts(turn.contentList).map(({ source }): Slot => ({ turn, kind: reasoning.has(source.range.start) ? 'reasoning' : 'text', source }));
    return [...parts, ...calls];
  }
  return [...own(turn.content), ...own(turn.reasoningField ?? []), ...calls];
}

/** @param texts one per placed text of the data, in their order */
function filled(data: Readonly<Record<string, unknown>>, texts: readonly string[]): Record<string, unknown> {
  let next = 0;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, withTexts(value, () => texts[next++])]));
}

/** @param texts one per slot, in the order of `slotsOf` */
function messagesOf(turns: readonly ParsedTurn[], texts: readonly string[], asParts: boolean): ChatMessage[] {
  let next = 0;
  const joined = (segments: readonly Segment[]) => segments.map(({ kind, source }) => (kind === 'markup' ? source.text : texts[next++])).join('');
  const filledIn = (data: unknown) => withTexts(data, () => texts[next++]);
  return turns.map(({ role, content, contentList, reasoningField, reasoningNames = [], isNull, extra = {} }) => {
    if (asParts && contentList !== undefined) {
      const parts = filledIn(contentList);
      return { ...Object.fromEntries(Object.entries(extra).map(([key, data]) => [key, filledIn(data)])), role, content: parts };
    }
    const text = joined(content);
    const reasoning = reasoningField && joined(reasoningField);
    const fields = Object.fromEntries(Object.entries(extra).map(([key, data]) => [key, filledIn(data)]));
    return { ...fields, role, content: isNull && text === '' ? null : text, ...(reasoning !== undefined && { ...Object.fromEntries(reasoningNames.map((name) => [name, reasoning])), reasoning_content: reasoning }) };
  });
}
