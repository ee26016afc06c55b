import type { Role } from '../../../concepts/transcript';
import { makeTurn, type ParsedTurn, type Segment } from '../turns/parsedTranscript';
import { findRoleLines } from '../turns/roleLines';
import { splitReasoning } from '../turns/splitReasoning';
import { type PlacedRun, sliceRuns, textOf, trimRuns } from './filledBody';

/** A turn of runs as they are. */
export function turnOfRuns(role: Role, runs: readonly PlacedRun[]): ParsedTurn {
  const content = runs.filter(({ source }) => source.text.length > 0).map(({ source }): Segment => ({ kind: 'text', source }));
  if (role !== 'assistant' || content.length !== 1) return makeTurn(role, content);
  const { segments, closed } = splitReasoning(content[0].source);
  return makeTurn(role, segments, { complete: closed });
}

/**
 * Turns between the role lines of a rendered template, without the white space around their texts. A line opens a turn if the template
 * wrote it: a value may stand in it as the role itself (`{{message.role}}:`) or in its attributes, and no value opens a turn of its own.
 * @param firstRole role of text before the first role line
 */
export function turnsOfRuns(runs: readonly PlacedRun[], firstRole: Role): ParsedTurn[] {
  const text = textOf(runs);
  const literal = literalUnits(runs, text.length);
  const lines = findRoleLines(text, 0, 1).filter(({ start, end }) => isTemplates(text, literal, start, end));
  const turns: ParsedTurn[] = [];
  const preamble = trimRuns(sliceRuns(runs, 0, lines[0]?.start ?? text.length));
  if (preamble.length > 0) turns.push(turnOfRuns(firstRole, preamble));
  lines.forEach(({ role, end }, index) => {
    turns.push(turnOfRuns(role, trimRuns(sliceRuns(runs, end, lines[index + 1]?.start ?? text.length))));
  });
  return turns;
}

function literalUnits(runs: readonly PlacedRun[], length: number): Uint8Array {
  const literal = new Uint8Array(length);
  let at = 0;
  for (const { source, literal: own } of runs) {
    if (own) literal.fill(1, at, at + source.text.length);
    at += source.text.length;
  }
  return literal;
}

/** The breaks around the line and its colon are the template's, and so is the role's name or no unit of it. */
function isTemplates(text: string, literal: Uint8Array, start: number, end: number): boolean {
  const line = text.slice(start, end);
  const units = (from: number, to: number) => literal.subarray(start + from, start + to);
  const word = /[a-z]+/i.exec(line)!;
  const name = units(word.index, word.index + word[0].length);
  const colon = line.lastIndexOf(':');
  const before = start === 0 || literal[start - 1] === 1;
  const behind = !line.endsWith('\n') || literal[end - 1] === 1;
  return before && behind && literal[start + colon] === 1 && name.every((unit) => unit === name[0]);
}
