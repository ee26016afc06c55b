import assert from 'node:assert/strict';
import type { TranscriptDocument } from '../../../../../../src/concepts/transcript';
import { TranscriptError } from '../../../../../../src/engine/base/errors';
import { conversationsIn } from '../../../../../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../../../../../src/engine/transcript/formats/parseTranscript';
import { generated, jsonDocument, refuses } from '../../../../../support/jsonTurns';
import { SeededRandom } from '../../../../../support/seededEdits';
import { CONVERSATION, EXPORT } from '../samples';
import { OLLAMA_GENERATE, OPEN, SAMPLES } from './samples';

const PIECES = ['{', '}', '[', ']', '"', ',', ':', '\\', '\n', 'null', '0', '-1e9', 'true', '"role"', '"content"', '"parts"', '[]', '{}', '""', '\\u', '\ud83d', '{"type":"text","text":null}', '{"type":"tool_use"}', '"type":"reasoning",'];
const VALUES: readonly unknown[] = [null, 0, '', 'x', true, [], {}, [null], [[]], [{}], { text: 1 }, { type: 'tool_use' }, { type: 'reasoning', content: {} }, { functionCall: null }, { body: [] }, [{ role: 'user' }], '{', '[{"name":"f"}]'];

/** Reads, lists and generates: only TranscriptError may come of it, and no range may leave the document. */
function survives(document: TranscriptDocument): void {
  try {
    conversationsIn(document);
    for (const { parts } of parseTranscript(document).turns) {
      for (const { range, text, offsets } of parts) {
        assert.ok(range.start >= 0 && range.start <= range.end && range.end <= document.text.length);
        if (offsets) assert.equal(offsets.length, text.length + 1);
      }
    }
    parseTranscript({ ...document, text: generated(document, 'A "b"\n') });
  } catch (error) {
    if (!(error instanceof TranscriptError)) throw new Error(`not a TranscriptError: ${(error as Error).stack}\n${document.text}`, { cause: error });
    assert.match(error.message, /\.$/);
  }
}

/** A copy with some of its values replaced, left out or moved. */
function mutated(value: unknown, random: SeededRandom): unknown {
  if (random.int(60) === 0) return VALUES[random.int(VALUES.length)];
  if (Array.isArray(value)) return value.filter(() => random.int(40) !== 0).map((item) => mutated(item, random));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(() => random.int(40) !== 0);
  return Object.fromEntries(entries.map(([key, item], index) => [random.int(80) === 0 ? entries[random.int(index + 1)][0] : key, mutated(item, random)]));
}

describe('hostile requests', () => {
  for (const [what, value] of Object.entries({ ...OPEN, ...SAMPLES, 'ollama, generate, answered': OLLAMA_GENERATE, 'sharegpt': CONVERSATION, 'llama.cpp': EXPORT })) {
    it(`${what}: changed in its text or its values, it is read or refused in a sentence`, () => {
      const random = new SeededRandom(7);
      for (let round = 0; round < 150; round++) {
        let { text } = jsonDocument(value, round % 3);
        for (let edit = random.int(3); edit >= 0; edit--) {
          const at = random.int(text.length);
          text = text.slice(0, at) + PIECES[random.int(PIECES.length)] + text.slice(at + random.int(3));
        }
        survives({ name: 'a.json', text });
        survives({ name: 'Untitled-1', text });
        survives(jsonDocument(mutated(value, random), round % 3));
      }
    });
  }

  it('a hundred thousand levels are refused, wherever they are', () => {
    for (const [open, close] of [['[', ']'], ['{"a":', '}'], ['{"messages":[', ']}']]) {
      const levels = open.repeat(100_000);
      for (const deep of [levels, `${levels}0${close.repeat(100_000)}`]) {
        refuses({ name: 'a.json', text: deep }, /^a\.json nests its objects and lists deeper than any chat does; give a file that holds the chat alone\.$/);
        survives({ name: 'Untitled-1', text: deep });
        survives({ name: 'a.json', text: `// "\n/* " */${deep}` });
        survives({ name: 'a.json', text: `{"contents": [{"parts": [{"functionResponse": {"name": "f", "response": ${deep}}}]}]}` });
        survives({ name: 'a.jsonl', text: `{"messages": []}\n${deep}\n` });
        survives(jsonDocument({ messages: [{ role: 'user', content: 'Q' }, { role: 'assistant', tool_calls: [{ function: { name: 'f', arguments: deep } }] }], tools: deep }));
      }
    }
    parseTranscript({ name: 'a.json', text: `{"contents": [{"parts": [{"text": "Q"}, {"functionResponse": {"name": "f", "response": ${'['.repeat(150)}${']'.repeat(150)}}}]}]}` });
  });

  it('five megabytes of messages are read in passing', () => {
    const messages = Array.from({ length: 20_000 }, (_, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content: [{ type: 'text', text: `${index} "lamps" `.repeat(15) }] }));
    for (const value of [{ messages }, { messages, choices: [{ message: { role: 'assistant', content: 'A' } }] }, { model: 'm', input: messages }]) {
      const document = jsonDocument(value, 1);
      assert.ok(document.text.length > 5e6);
      assert.ok(parseTranscript(document).turns.length >= 20_000);
    }
    const text = messages.map((message) => JSON.stringify({ custom_id: 'a', body: { messages: [message] } })).join('\n');
    assert.equal(conversationsIn({ name: 'a.jsonl', text }).length, 20_000);
  });
});
