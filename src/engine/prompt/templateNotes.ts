import type { ChatTemplate } from '../template/chatTemplate';
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

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`;
}

function quoted(text: string): string {
  const words = text.replace(/\s+/g, ' ').trim();
  return `“${words.length > QUOTED ? `${words.slice(0, QUOTED)}…` : words}”`;
}
