import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TranscriptDocument, TurnPart } from '../../../src/concepts/transcript';
import { TranscriptError } from '../../../src/engine/base/errors';
import { formatReader } from '../../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../../src/engine/transcript/formats/parseTranscript';
import type { ParsedTranscript } from '../../../src/engine/transcript/turns/parsedTranscript';
import { DATA } from '../folders';

const FOLDER = join(DATA, 'exports');

/** The files of test/data/exports. */
export const EXPORTS: readonly string[] = readdirSync(FOLDER).filter((name) => name !== 'README.md').sort();

export function exportFile(name: string, conversation?: number): TranscriptDocument {
  return { name, text: readFileSync(join(FOLDER, name), 'utf8'), ...(conversation !== undefined && { conversation }) };
}

export function jsonDocument(value: unknown, name = 'a.json', indent = 2): TranscriptDocument {
  return { name, text: JSON.stringify(value, null, indent) };
}

/** Turns as `role`, `  kind:text`, after checking that every part stands where it says; what a role calls stands behind it as JSON. */
export function reading(document: TranscriptDocument): string[] {
  const { turns } = parseTranscript(document);
  return turns.flatMap(({ role, parts, extra }) => {
    const calls = extra?.tool_calls === undefined ? [] : [`  calls:${callsOf(turns.find((turn) => turn.extra === extra)!)}`];
    const own = new Set(calls.length > 0 ? placedParts(turns.find((turn) => turn.extra === extra)!) : []);
    parts.forEach((part) => { assertPlace(document.text, part); });
    return [role, ...parts.filter(({ range }) => !own.has(range.start)).map(({ kind, text }) => `  ${kind}:${text}`), ...calls];
  });
}

type Turns = ParsedTranscript['turns'];

function callsOf({ extra }: Turns[number]): string {
  const plain = (data: unknown): unknown => {
    if (data instanceof Map) return Object.fromEntries([...data].map(([key, value]) => [typeof key === 'string' ? key : plain(key) as string, plain(value)]));
    if (Array.isArray(data)) return data.map(plain);
    if (typeof data === 'object' && data !== null && 'source' in data) return (data as { source: { text: string } }).source.text;
    return typeof data === 'object' && data !== null && 'text' in data ? (data as { text: string }).text : data;
  };
  return (plain(extra!.tool_calls) as { function: { name: string; arguments: unknown } }[]).map((call) => `${call.function.name}(${JSON.stringify(call.function.arguments)})`).join(' ');
}

function placedParts({ content, reasoningField = [], parts }: Turns[number]): number[] {
  const own = new Set([...content, ...reasoningField].filter(({ source, kind }) => kind !== 'markup' && source.inDocument).map(({ source }) => source.range.start));
  return parts.map(({ range }) => range.start).filter((start) => !own.has(start));
}

/** The document there, read as JSON as often as strings hold it, is the text; so is every single unit, but for the pairs of a surrogate. */
function assertPlace(document: string, { text, range, offsets }: TurnPart): void {
  assert.ok(range.start >= 0 && range.start <= range.end && range.end <= document.length, `${range.start}-${range.end} is inside the document`);
  const standing = document.slice(range.start, range.end);
  assert.ok(readings(standing).includes(text), `${JSON.stringify(standing)} reads ${JSON.stringify(text)}`);
  if (!offsets) {
    assert.equal(standing, text);
    return;
  }
  assert.deepEqual([offsets.length, offsets[0], offsets[text.length]], [text.length + 1, range.start, range.end]);
  for (let i = 0; i < text.length; i++) assert.ok(offsets[i] <= offsets[i + 1], 'places are in order');
}

function readings(standing: string): string[] {
  const found = [standing];
  for (const [wrap, read] of [
    [(text: string) => `"${text}"`, (value: unknown) => value as string],
    [(text: string) => text, (value: unknown) => JSON.stringify(value)],
  ] as const) {
    for (const text of [...found]) {
      try {
        const once = read(JSON.parse(wrap(text)));
        found.push(once);
        found.push(JSON.parse(`"${once}"`) as string);
      } catch {
        // It is no JSON that way.
      }
    }
  }
  return found;
}

export function refuses(document: TranscriptDocument, message: RegExp): void {
  assert.throws(() => parseTranscript(document), (error: Error) => {
    assert.ok(error instanceof TranscriptError, error.stack);
    assert.match(error.message, message);
    assert.match(error.message, /^[^\n]+\.$/, 'is one sentence');
    return true;
  });
}

/** The document with a generation of this text in it. */
export function generated(document: TranscriptDocument, text: string): TranscriptDocument {
  const parsed = parseTranscript(document);
  const { point: { offset, head, tail }, encodePiece } = formatReader(parsed.format).insertion(document, parsed, { insertsLeadingSpace: false });
  return { ...document, text: document.text.slice(0, offset) + head + [...text].map(encodePiece).join('') + tail + document.text.slice(offset) };
}
