import assert from 'node:assert/strict';
import { TranscriptError } from '../../../../../src/engine/base/errors';
import { conversationsIn, formatReader } from '../../../../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../../../../src/engine/transcript/formats/parseTranscript';
import { exportFile, EXPORTS } from '../../../../support/transcripts/exportFiles';
import { SeededRandom } from '../../../../support/seededEdits';

const ROUNDS = 120;
const PIECES = ['"', '{', '}', '[', ']', ',', ':', '\\', '\\u00', 'null', '1e999', '{}', '[]', '""', '\n', '\uD800', '<think>', '"role"', '"type"', 'true'];
const VALUES: readonly unknown[] = [null, 0, -1.5, true, '', 'x', [], {}, [[]], [null], { type: 'text' }, 'user', '[{"role":', '{"a":1}'];

/** A value with one of the values in it replaced, taken out or written twice. */
function changed(value: unknown, random: SeededRandom): unknown {
  if (typeof value !== 'object' || value === null || random.int(6) === 0) return VALUES[random.int(VALUES.length)];
  if (Array.isArray(value)) {
    const at = random.int(value.length || 1);
    const other = random.int(5);
    if (other === 0) return value.toSpliced(at, 1);
    if (other === 1) return value.toSpliced(at, 0, value[at]);
    return value.map((item: unknown, index) => (index === at ? changed(item, random) : item));
  }
  const entries = Object.entries(value);
  const at = random.int(entries.length || 1);
  return Object.fromEntries(entries.flatMap(([key, item], index) => (index !== at ? [[key, item]] : random.int(6) === 0 ? [] : [[key, changed(item, random)]])));
}

function cut(text: string, random: SeededRandom): string {
  const at = random.int(text.length);
  const piece = PIECES[random.int(PIECES.length)];
  return random.int(2) === 0 ? text.slice(0, at) + piece + text.slice(at + random.int(3)) : random.int(2) === 0 ? text.slice(0, at) : text.slice(0, at) + text.slice(at + random.int(40));
}

/** Reads everything there is to read: only our own errors, and every place is inside. */
function read(name: string, text: string): void {
  const inside = ({ start, end }: { start: number; end: number }) => { assert.ok(start >= 0 && start <= end && end <= text.length); };
  const conversations = conversationsIn({ name, text });
  conversations.forEach(({ range }) => { inside(range); });
  for (const conversation of [undefined, ...conversations.keys()]) {
    try {
      const document = { name, text, conversation };
      const parsed = parseTranscript(document);
      parsed.turns.forEach(({ parts }) => { parts.forEach(({ range, offsets }) => { inside(range); offsets?.forEach((offset) => { assert.ok(offset <= text.length); }); }); });
      const { point } = formatReader(parsed.format).insertion(document, parsed, { insertsLeadingSpace: false });
      assert.ok(point.offset >= 0 && point.offset <= text.length);
    } catch (error) {
      assert.ok(error instanceof TranscriptError, `${(error as Error).stack}\n${text}`);
      assert.match(error.message, /^[^\n]+[.?]$/, 'is one sentence');
    }
  }
}

describe('exports that are broken', () => {
  for (const name of EXPORTS) {
    it(name, () => {
      const { text } = exportFile(name);
      const random = new SeededRandom(name.length);
      for (let round = 0; round < ROUNDS; round++) {
        read(name, cut(text, random));
        const lines = name.endsWith('.jsonl') ? text.trim().split('\n').map((line) => JSON.parse(line) as unknown) : [JSON.parse(text) as unknown];
        let values = lines;
        for (let times = 1 + random.int(3); times > 0; times--) values = values.map((value) => changed(value, random));
        read(name, values.map((value) => JSON.stringify(value)).join('\n'));
      }
    });
  }
});
