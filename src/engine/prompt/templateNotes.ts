import type { ChatTemplate } from '../template/chatTemplate';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { callsTools, type ParsedTurn } from '../transcript/turns/parsedTranscript';
import type { RenderedTurns } from './renderTurns';

/** A quoted beginning is enough to know a text again. */
const QUOTED = 40;

/** What of a document the model never saw, a sentence each: templates leave out what they do not know without a word. */
export function templateNotes(template: ChatTemplate, turns: readonly ParsedTurn[], variables: Readonly<Record<string, unknown>>, { text, slots, placements }: RenderedTurns): string[] {
  const unread = Object.entries(variables).filter(([name, value]) => value !== null && value !== undefined && !template.mentions(name)).map(([name]) => name);
  const calls = turns.some(callsTools) && !template.mentions('tool_calls') ? ['tool_calls'] : [];
  const written = new Set(placements.map(({ slot }) => slot));
  const dropped = slots.filter(({ turn, kind, source }, slot) => turn !== null && kind === 'text' && source.text.trim() !== '' && !written.has(slot) && !text.text.includes(source.text.trim()));
  const names = [...unread, ...calls];
  return [
    ...(names.length > 0 ? [`The chat template of this model does not know ${listed(names)}: the model never saw ${names.length > 1 ? 'them' : 'that part of the file'}.`] : []),
    ...(dropped.length > 0 ? [`The chat template of this model leaves out or rewrites ${dropped.length === 1 ? 'a text' : `${dropped.length} texts`} of the ${dropped[0].turn!.role} turn: ${quoted(dropped[0].source.text)}.`] : []),
  ];
}

/** Markers of turns as most families write them. */
const MARKER = /<[|｜][^|｜<>\s]{1,40}[|｜]>/g;

/** What is to be said of raw template text whose markers this model has no tokens for: it is another model's. */
export function markerNotes(text: string, tokenizer: Pick<Tokenizer, 'tokenId'>): string[] {
  const markers = [...new Set(text.match(MARKER))];
  if (markers.length === 0 || markers.some((marker) => tokenizer.tokenId(marker) !== undefined)) return [];
  return [`This model has no token for ${markers[0]}, and reads it as plain characters; choose the model that the text was written for.`];
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}

function quoted(text: string): string {
  const words = text.replace(/\s+/g, ' ').trim();
  return `“${words.length > QUOTED ? `${words.slice(0, QUOTED)}…` : words}”`;
}
