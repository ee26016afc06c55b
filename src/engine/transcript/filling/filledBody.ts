import type { SourceText } from '../turns/sourceText';
import { SourceText as Source } from '../turns/sourceText';

/** A run of a rendered template. */
export interface Run {
  readonly text: string;
  /** Units of the template: where a literal run stands, or the placeholder that wrote it. */
  readonly start: number;
  readonly end: number;
  /** Whether it stands in the template as it is. */
  readonly literal: boolean;
}

export interface FilledBody {
  readonly runs: readonly Run[];
  /** The inputs that the template asks for, in the order in which it does. */
  readonly names: readonly string[];
}

/** What a template may write and how often it may go round: values times values grow without end. */
export const MAX_OUTPUT = 1 << 20;
export const MAX_STEPS = 100_000;

/** A rendered run with its place in the document. */
export interface PlacedRun {
  readonly source: SourceText;
  readonly literal: boolean;
}

/** @param body the template with its place */
export function placeRuns(body: SourceText, runs: readonly Run[]): PlacedRun[] {
  return runs.filter(({ text }) => text.length > 0).map(({ text, start, end, literal }) => ({
    literal,
    source: literal ? body.slice(start, end) : Source.filledIn(text, body.startOf(start), body.endOf(end - 1)),
  }));
}

/** The units `[from, to)` of all runs together. */
export function sliceRuns(runs: readonly PlacedRun[], from: number, to: number): PlacedRun[] {
  const sliced: PlacedRun[] = [];
  let at = 0;
  for (const { source, literal } of runs) {
    const [start, end] = [Math.max(from - at, 0), Math.min(to - at, source.text.length)];
    if (start < end) sliced.push({ source: source.slice(start, end), literal });
    at += source.text.length;
  }
  return sliced;
}

/** Without the white space around all of them. */
export function trimRuns(runs: readonly PlacedRun[]): PlacedRun[] {
  const text = textOf(runs);
  const from = text.length - text.trimStart().length;
  return sliceRuns(runs, from, Math.max(from, text.trimEnd().length));
}

export function textOf(runs: readonly PlacedRun[]): string {
  return runs.map(({ source }) => source.text).join('');
}

/** All of a text as it stands. */
export function literalRun(template: string): FilledBody {
  return { runs: [{ text: template, start: 0, end: template.length, literal: true }], names: [] };
}

/** A reason from an engine's error, in one line, to stand in brackets. */
export function reasonOf(error: unknown): string {
  const message = error instanceof RangeError ? 'too deeply nested, or too long' : error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, ' ').trim().slice(0, 160).replace(/[.:]$/, '');
}
