import { TemplateError } from '../base/errors';
import { HTML_ESCAPES } from './jinja/filters';
import { uniqueStem } from '../base/uniqueStem';

/** Where a slot's text stands in a rendered template. */
export interface Placement {
  readonly slot: number;
  /** Units of the rendered text. */
  readonly start: number;
  readonly end: number;
  /** Slot unit range `[from[i], to[i])` of rendered unit `start + i`. */
  readonly from: Int32Array;
  readonly to: Int32Array;
}

/** Renders the template with these texts in place of the slots' own. */
export type RenderSlots = (texts: readonly string[]) => string;

interface Slot {
  readonly lead: string;
  readonly core: string;
  readonly trail: string;
}

/**
 * Finds where a template wrote each slot's text, exactly also where the same text occurs several times, and where the
 * template trims it, drops it, or writes it twice. The template is rendered again with a unique word in place of each
 * text (its white space left around it); when filling the texts back in gives the true rendering, the words' places are
 * the texts' places. Two more renderings without the white space before, then behind the words show how much of it the
 * template kept. A template that reads the texts (`if '</think>' in content`) may go another way with the words: then
 * each text is tried alone, then with the switches in it that templates read and take out (SmolLM3's `/no_think`), and one that still
 * cannot be told from its word is searched behind the one before.
 */
export function locateSlots(render: RenderSlots, texts: readonly string[], rendered: string): Placement[] {
  const slots = texts.map(splitWhiteSpace);
  const all = slots.flatMap(({ core }, index) => (core.length > 0 ? [index] : []));
  const together = withWords(render, texts, slots, all, rendered);
  if (together) return together;
  const placements: Placement[] = [];
  let behind = 0;
  for (const index of all) {
    const switches = slots[index].core.match(SWITCHES)?.join(' ');
    const alone = withWords(render, texts, slots, [index], rendered)
      ?? (switches === undefined ? null : withWords(render, texts, slots, [index], rendered, ` ${switches}`))
      ?? search(slots[index], index, rendered, behind);
    placements.push(...alone);
    behind = Math.max(behind, ...alone.map(({ end }) => end));
  }
  return placements.sort((a, b) => a.start - b.start);
}

const SWITCHES = /\/(?:no_)?think\b|\/system_override\b/g;

function splitWhiteSpace(text: string): Slot {
  const core = text.trim();
  const lead = core.length === 0 ? 0 : text.length - text.trimStart().length;
  return { lead: text.slice(0, lead), core, trail: core.length === 0 ? '' : text.slice(lead + core.length) };
}

function withWords(render: RenderSlots, texts: readonly string[], slots: readonly Slot[], chosen: readonly number[], rendered: string, switches = ''): Placement[] | null {
  const stem = uniqueStem([...texts, rendered]);
  const renderWords = (keepLead: boolean, keepTrail: boolean): Gap[] | null => {
    const filled = [...texts];
    for (const index of chosen) {
      const { lead, trail } = slots[index];
      filled[index] = `${keepLead ? lead : ''}${stem}${index}q${switches}${keepTrail ? trail : ''}`;
    }
    try {
      return splitAtWords(render(filled), stem);
    } catch (error) {
      if (error instanceof TemplateError) return null;
      throw error;
    }
  };
  const gaps = renderWords(true, true);
  if (!gaps) return null;
  const leads = chosen.some((index) => slots[index].lead) ? renderWords(false, true) : gaps;
  const trails = chosen.some((index) => slots[index].trail) ? renderWords(true, false) : gaps;
  if (leads?.length !== gaps.length || trails?.length !== gaps.length) return null;

  const words = gaps.slice(1);
  const plain = gaps[0].text + words.map(({ slot, text }) => slots[slot].core + text).join('');
  if (plain !== rendered && words.length !== 1) return null;
  const outside = gaps.reduce((sum, { text }) => sum + text.length, 0);
  const written = plain === rendered ? null : betweenGaps(rendered, gaps[0].text, gaps[1].text);
  if (plain !== rendered && written === null) return null;

  const placements: Placement[] = [];
  let at = gaps[0].text.length;
  if (written !== null) {
    // What the template wrote because of the text, around the text itself, is its own.
    const { core, lead } = slots[words[0].slot];
    const inside = written.indexOf(core);
    if (inside >= 0) return [placement(words[0].slot, at + inside, units(lead.length, core.length))];
  }
  words.forEach(({ slot, text }, index) => {
    const { lead, core, trail } = slots[slot];
    const length = written === null ? core.length : rendered.length - outside;
    const before = gaps[index].text;
    const keptLead = kept(lead, before.length - leads[index].text.length, (part) => before.endsWith(part), false);
    const keptTrail = kept(trail, text.length - trails[index + 1].text.length, (part) => text.startsWith(part), true);
    placements.push(placement(slot, at - keptLead, [
      ...units(lead.length - keptLead, keptLead),
      ...(written === null ? units(lead.length, core.length) : aligned(core, written, lead.length)),
      ...units(lead.length + core.length, keptTrail),
    ]));
    at += length + text.length;
  });
  return placements;
}

/** Text of the template behind a word (or before the first one, `slot` -1). */
interface Gap {
  readonly slot: number;
  readonly text: string;
}

function splitAtWords(rendered: string, stem: string): Gap[] {
  const pieces = rendered.split(new RegExp(`${stem}(\\d+)q`));
  const gaps: Gap[] = [{ slot: -1, text: pieces[0] }];
  for (let i = 1; i < pieces.length; i += 2) gaps.push({ slot: Number(pieces[i]), text: pieces[i + 1] });
  return gaps;
}

function betweenGaps(rendered: string, before: string, behind: string): string | null {
  if (rendered.length < before.length + behind.length || !rendered.startsWith(before) || !rendered.endsWith(behind)) return null;
  return rendered.slice(before.length, rendered.length - behind.length);
}

/** How much white space at a text's edge the template kept: trimming works from the outside. */
function kept(space: string, difference: number, stands: (part: string) => boolean, atEnd: boolean): number {
  const count = Math.min(space.length, Math.max(0, difference));
  const part = atEnd ? space.slice(0, count) : space.slice(space.length - count);
  return stands(part) ? count : 0;
}

type UnitSource = readonly [from: number, to: number];

function units(from: number, count: number): UnitSource[] {
  return Array.from({ length: count }, (_, i) => [from + i, from + i + 1] as const);
}

function placement(slot: number, start: number, sources: readonly UnitSource[]): Placement {
  return {
    slot, start, end: start + sources.length,
    from: Int32Array.from(sources, ([from]) => from),
    to: Int32Array.from(sources, ([, to]) => to),
  };
}

/** Where a text that the template changed comes from: what is left around a piece taken out, its escapes one by one, or all of it from all of it. */
function aligned(core: string, written: string, offset: number): UnitSource[] {
  if (written.length === core.length && written.toLowerCase() === core.toLowerCase()) return units(offset, core.length);
  const front = sharedFront(core, written);
  if (written.length < core.length && core.endsWith(written.slice(front))) return [...units(offset, front), ...units(offset + core.length - written.length + front, written.length - front)];
  const sources: UnitSource[] = [];
  for (let i = 0; i < core.length; i++) {
    const hex = `\\u${core.charCodeAt(i).toString(16).padStart(4, '0')}`;
    const forms = [JSON.stringify(core[i]).slice(1, -1), hex, HTML_ESCAPES[core[i]] ?? core[i], core[i]];
    const form = forms.filter((candidate) => written.startsWith(candidate, sources.length)).sort((a, b) => b.length - a.length)[0];
    if (form === undefined) break;
    for (let k = 0; k < form.length; k++) sources.push([offset + i, offset + i + 1]);
    if (i === core.length - 1 && sources.length === written.length) return sources;
  }
  return Array.from({ length: written.length }, () => [offset, offset + core.length] as const);
}

function sharedFront(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length++;
  return length;
}

function search({ lead, core, trail }: Slot, slot: number, rendered: string, from: number): Placement[] {
  for (const [text, offset] of [[lead + core + trail, 0], [core, lead.length]] as const) {
    const at = rendered.indexOf(text, from);
    if (at >= 0) return [placement(slot, at, units(offset, text.length))];
  }
  return [];
}
