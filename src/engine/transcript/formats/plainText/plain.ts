import type { ParsedTurn } from '../../turns/parsedTranscript';
import { roleLineInsertion } from '../../turns/roleLineInsertion';
import { findRoleLines, turnsBetweenRoleLines } from '../../turns/roleLines';
import type { FormatReader } from '../../turns/format';
import { unknownMarkersNotes } from './unknownMarkers';

/** What is nothing else. */
export const plain: FormatReader = {
  format: 'plain',
  hasName: () => false,
  hasText: () => true,
  parse: (name, text) => {
    const turns = parsePlain(text);
    return { format: 'plain', turns, notes: unknownMarkersNotes(name, text, turns.length) };
  },
  insertion: roleLineInsertion(6),
};

/**
 * Plain text or Markdown: one user turn, unless role lines with text behind them (or a final `assistant:` to go on
 * from) divide it; text before the first one is the user's.
 */
function parsePlain(text: string): ParsedTurn[] {
  const lines = findRoleLines(text, 0, 6);
  const divides = lines.some(({ end }, index) => text.slice(end, lines[index + 1]?.start).trim() !== '')
    || lines.at(-1)?.role === 'assistant';
  return turnsBetweenRoleLines(text, 0, divides ? lines : [], 'user');
}
