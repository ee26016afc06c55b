import type { TokenRegion } from '../../concepts/transcript';
import type { ChatMessage, ChatTemplate, RenderOptions } from '../template/chatTemplate';
import { locateSlots, type Placement } from '../template/locateSlots';
import type { ParsedTurn } from '../transcript/turns/parsedTranscript';
import type { SourceText } from '../transcript/turns/sourceText';
import { ModelText } from './modelText';

/** A run of document text that the template gets as (a part of) a message's text. */
export interface Slot {
  readonly turn: ParsedTurn;
  readonly kind: 'text' | 'reasoning';
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
  { region, ...options }: RenderOptions & { region: (slot: Slot) => TokenRegion },
): RenderedTurns {
  const slots = turns.flatMap(slotsOf);
  const render = (texts: readonly string[]) => template.render(messagesOf(turns, texts), options);
  const texts = slots.map(({ source }) => source.text);
  const rendered = render(texts);
  const text = new ModelText(rendered);
  const placements = locateSlots(render, texts, rendered);
  for (const { slot, start, from, to } of placements) {
    for (let i = 0; i < from.length; i++) text.placeUnit(start + i, slots[slot].source, from[i], to[i], region(slots[slot]));
  }
  return { text, slots, placements };
}

function slotsOf(turn: ParsedTurn): Slot[] {
  const slots: Slot[] = turn.content.flatMap(({ kind, source }) => (kind === 'markup' ? [] : [{ turn, kind, source }]));
  return turn.reasoningField ? [...slots, { turn, kind: 'reasoning', source: turn.reasoningField }] : slots;
}

/** @param texts one per slot, in the order of `slotsOf` */
function messagesOf(turns: readonly ParsedTurn[], texts: readonly string[]): ChatMessage[] {
  let next = 0;
  return turns.map((turn) => {
    const content = turn.content.map(({ kind, source }) => (kind === 'markup' ? source.text : texts[next++])).join('');
    return { ...turn.extra, role: turn.role, content: turn.isNull ? null : content, ...(turn.reasoningField && { reasoning_content: texts[next++] }) };
  });
}
