import assert from 'node:assert/strict';
import type { TranscriptDocument } from '../../src/concepts/transcript';
import { TranscriptError } from '../../src/engine/base/errors';
import { formatReader } from '../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../src/engine/transcript/formats/parseTranscript';
import type { ParsedTranscript } from '../../src/engine/transcript/turns/parsedTranscript';

/** A document of JSON, with lines or without. */
export function jsonDocument(value: unknown, indent?: number | string): TranscriptDocument {
  return { name: 'a.json', text: JSON.stringify(value, null, indent) };
}

/** Turns as `role`, `kind:text`, after checking that the document says every part where it stands. */
export function turnsOf(document: TranscriptDocument): string[] {
  const parsed = parseTranscript(document);
  assertPlaces(document.text, parsed);
  return parsed.turns.flatMap(({ role, parts }) => [role, ...parts.map(({ kind, text }) => `  ${kind}:${text}`)]);
}

/** Every part's slice of the document says its text: as it is, as (a string in) a JSON string, or as JSON with other white space. */
export function assertPlaces(document: string, { turns }: ParsedTranscript): void {
  const forms = [(slice: string) => slice, decoded, (slice: string) => decoded(decoded(slice)), compact];
  for (const { text, range, offsets } of turns.flatMap(({ parts }) => parts)) {
    assert.ok(range.start >= 0 && range.start <= range.end && range.end <= document.length, `${range.start} to ${range.end}`);
    const slice = document.slice(range.start, range.end);
    assert.ok(forms.some((form) => form(slice) === text), `${JSON.stringify(slice)} does not say ${JSON.stringify(text)}`);
    if (!offsets) continue;
    assert.equal(offsets.length, text.length + 1);
    assert.deepEqual([offsets[0], offsets[text.length]], [range.start, range.end]);
    assert.ok(offsets.every((offset, index) => index === 0 || offset >= offsets[index - 1]));
  }
}

function decoded(slice: string): string {
  try {
    return JSON.parse(`"${slice}"`) as string;
  } catch {
    return slice;
  }
}

function compact(slice: string): string {
  try {
    return JSON.stringify(JSON.parse(slice));
  } catch {
    return slice;
  }
}

/** What chat templates get beside texts, as plain JSON. */
export function plainData(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(plainData);
  if (data instanceof Map) return Object.fromEntries([...data].map(([key, value]) => [textOf(key), plainData(value)]));
  if (typeof data === 'object' && data !== null) return 'source' in data || 'text' in data ? ('isLiteral' in data && !data.isLiteral ? textOf(data) : (JSON.parse(textOf(data)) as unknown)) : Object.fromEntries(Object.entries(data).map(([key, value]) => [key, plainData(value)]));
  return data;
}

function textOf(data: unknown): string {
  if (typeof data === 'string') return data;
  return 'source' in (data as object) ? (data as { source: { text: string } }).source.text : (data as { text: string }).text;
}

/** Further fields of each turn that has some: calls of tools, ids and names. */
export function extrasOf(document: TranscriptDocument): unknown[] {
  return parseTranscript(document).turns.map(({ extra }) => plainData(extra ?? {}));
}

/** The document with a generation in it, written piece by piece. */
export function generated(document: TranscriptDocument, text: string): string {
  const parsed = parseTranscript(document);
  const { point: { offset, head, tail }, encodePiece } = formatReader(parsed.format).insertion(document, parsed, { insertsLeadingSpace: false });
  const half = text.length >> 1;
  return document.text.slice(0, offset) + head + encodePiece(text.slice(0, half)) + encodePiece(text.slice(half)) + tail + document.text.slice(offset);
}

export function refuses(document: TranscriptDocument, message: RegExp): void {
  assert.throws(() => parseTranscript(document), (error: Error) => {
    assert.ok(error instanceof TranscriptError, String(error.stack));
    assert.match(error.message, message);
    assert.match(error.message, /^[^\n]+\.$/);
    return true;
  });
}
