import type { Role } from '../../../../concepts/transcript';
import type { RawTurn } from '../../turns/parsedTranscript';
import { withoutFinalBreak } from '../../turns/roleLines';
import type { MarkerFamily } from './families/markerFamily';

/** Tokens that open a sequence or stand between turns: no one's text. */
const TOKENS = /^(?:\s|<\|[^|<>\n]{1,40}\|>|<｜[^｜<>\n]{1,60}｜>|<\/?s>|<\/?bos>|<BOS_TOKEN>|\[gMASK\]|<sop>|\]~!b\[|<SPECIAL_\d+>)*/;

const OPENED = /^(?:<think>|<thinking>|\[THINK\])\n$/;

/** The turns of raw template text, between the family's markers. */
export function cutTurns(text: string, family: MarkerFamily): RawTurn[] {
  const turns = withoutNextMarker(text, joined(turnsBetween(text, markersIn(text, family)), family), family);
  // The end of a tool's results opens the assistant's turn, unless another one follows at once.
  return turns.filter(({ role, start, end, closedAt }, index) => role !== 'assistant' || index === turns.length - 1 || closedAt !== end || text.slice(start, end).trim() !== '');
}

/** Where nothing closes a turn, the model ends its own with the marker of the user's next one. */
function withoutNextMarker(text: string, turns: readonly RawTurn[], { close }: MarkerFamily): readonly RawTurn[] {
  const [before, last] = [turns.at(-2), turns.at(-1)];
  const isNext = close === null && before?.role === 'assistant' && last?.role === 'user' && last.closedAt === null && text.slice(last.start, last.end).trim() === '';
  return isNext ? [...turns.slice(0, -2), { ...before, closedAt: text.slice(0, last.start).trimEnd().length }] : turns;
}

/** A marker, and the role of the turn that it opens; null for one that only closes. */
interface Marker {
  readonly at: number;
  readonly end: number;
  readonly role: Role | null;
}

function markersIn(text: string, { open, close, role }: MarkerFamily): Marker[] {
  const opening = [...text.matchAll(open)].map((match) => ({ at: match.index, end: match.index + match[0].length, role: role(match as RegExpExecArray) ?? ('tool' as const) }));
  const closing = close === null ? [] : [...text.matchAll(close)].map((match) => ({ at: match.index, end: match.index + match[0].length, role: null }));
  return [...opening, ...closing].sort((a, b) => a.at - b.at);
}

function turnsBetween(text: string, markers: readonly Marker[]): RawTurn[] {
  const turns: RawTurn[] = [];
  let open: { readonly role: Role; readonly start: number } | null = null;
  let outside = 0;
  for (const { at, end, role } of markers) {
    if (open) turns.push({ role: open.role, start: open.start, end: Math.max(open.start, at), closedAt: role === null ? end : Math.max(open.start, at) });
    else turns.push(...strayTurn(text, outside, at, turns.length === 0));
    open = role === null ? null : { role, start: end };
    outside = end;
  }
  if (open) {
    // The break behind a lone opening tag is the tag's, as templates write it; any other final one is the file's.
    const end = OPENED.test(text.slice(open.start, open.start + 16)) ? text.length : withoutFinalBreak(text, open.start);
    turns.push({ role: open.role, start: open.start, end, closedAt: null });
  }
  return turns;
}

/** What stands between two turns, or before the first one, as DeepSeek's system text does. */
export function strayTurn(text: string, from: number, end: number, first: boolean): RawTurn[] {
  const between = text.slice(from, end);
  const start = from + TOKENS.exec(between)![0].length;
  return start < end ? [{ role: first ? 'system' : 'user', start, end, closedAt: end }] : [];
}

/** Messages that the assistant wrote in one generation, as one turn. */
function joined(turns: readonly RawTurn[], { messages }: MarkerFamily): readonly RawTurn[] {
  if (!messages) return turns;
  const own: RawTurn[] = [];
  for (const turn of turns) {
    const before = own.at(-1);
    if (before?.role === 'assistant' && turn.role === 'assistant') own[own.length - 1] = { ...turn, start: before.start };
    else own.push(turn);
  }
  return own;
}
