import assert from 'node:assert/strict';
import type { TranscriptDocument } from '../../../../../src/concepts/transcript';
import { TranscriptError } from '../../../../../src/engine/base/errors';
import { conversationsIn } from '../../../../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../../../../src/engine/transcript/formats/parseTranscript';
import { exportFile, generated, jsonDocument, reading } from '../../../../support/transcripts/exportFiles';

const GENERATION = 'It is "so",\n\tC:\\x — 🙂 \u2028</div>';

/** The turns as they were and the generation: in a turn of its own, or behind the last one's text. */
function assertWrites(document: TranscriptDocument): TranscriptDocument {
  const before = parseTranscript(document).turns.map(({ role, content }) => [role, content.map(({ source }) => source.text).join('')]);
  const written = generated(document, GENERATION);
  const lines = /\.(?:jsonl|ndjson)$/.test(document.name) ? written.text.split('\n').filter((line) => line.trim() !== '') : [written.text];
  lines.forEach((line) => { JSON.parse(line); });
  const after = parseTranscript(written).turns.map(({ role, content }) => [role, content.map(({ source }) => source.text).join('')]);
  const [role, text] = before[before.length - 1];
  assert.deepEqual(after, role === 'assistant' ? [...before.slice(0, -1), [role, text + GENERATION]] : [...before, ['assistant', GENERATION]]);
  assert.equal(conversationsIn(written).length, conversationsIn(document).length);
  reading(written);
  return written;
}

function assertClosed(document: TranscriptDocument, message: RegExp): void {
  assert.throws(() => generated(document, 'x'), (error: Error) => error instanceof TranscriptError && message.test(error.message) && !error.message.includes('\n'));
}

describe('generations into exports', () => {
  for (const [name, conversation] of [
    ['ui-messages.json'], ['ui-messages-v4.json'], ['lm-studio.conversation.json'], ['langsmith-runs.json', 0], ['langsmith-runs.json', 2], ['langchain-messages.json'], ['langfuse-trace.json', 0], ['langfuse-trace.json', 1],
    ['trl-completion.json'], ['trl-preference.jsonl', 0], ['trl-preference.jsonl', 1], ['trl-preference.jsonl', 2], ['alpaca.json', 0], ['alpaca.json', 1], ['question-answer.json'],
  ] as const) {
    it(`are written: ${name}${conversation === undefined ? '' : ` ${conversation + 1}`}`, () => { assertWrites(exportFile(name, conversation)); });
  }

  it('a new message has its file\'s layout and fields', () => {
    const question = { role: 'user', parts: [{ type: 'text', text: 'q' }] };
    const { text } = assertWrites(jsonDocument({ messages: [{ id: 'msg-2', ...question }] }));
    assert.deepEqual(JSON.parse(text), { messages: [{ id: 'msg-2', ...question }, { id: 'msg-3', role: 'assistant', parts: [{ type: 'text', text: GENERATION }] }] });
    assert.match(text, /\n {4}\},\n {4}\{\n {6}"id": "msg-3",\n {6}"role": "assistant",\n/);
    assert.ok(assertWrites(jsonDocument([question], 'a.json', 0)).text.includes(',{"role":"assistant","parts":[{"type":"text","text":"It'));
    const versions = [{ type: 'singleStep', role: 'user', content: [{ type: 'text', text: 'q' }] }];
    assertWrites(jsonDocument({ messages: [{ versions, currentlySelected: 0 }] }, 'a.conversation.json'));
    for (const last of [{ type: 'human', content: 'q' }, { type: 'human', data: { content: 'q' } }, { lc: 1, type: 'constructor', id: ['langchain', 'HumanMessage'], kwargs: { content: 'q' } }]) assertWrites(jsonDocument([last]));
    assertWrites(jsonDocument({ prompt: [{ role: 'user', content: 'q' }], completion: [] }));
    assertWrites(jsonDocument({ prompt: [{ role: 'user', content: 'q' }], completion: [{ role: 'assistant', content: '' }] }));
    assertWrites(jsonDocument({ prompt: 'q', completion: '' }));
  });

  it('messages on lines get a line', () => {
    const lines = (lineBreak: string, final: string) => ({ name: 'a.jsonl', text: ['{"role": "system", "content": "s"}', '{"role": "user", "content": "q"}'].join(lineBreak) + final });
    assert.equal(assertWrites(lines('\n', '\n')).text, `{"role": "system", "content": "s"}\n{"role": "user", "content": "q"}\n{"role": "assistant", "content": ${JSON.stringify(GENERATION)}}\n`);
    assert.equal(assertWrites(lines('\r\n', '')).text, `{"role": "system", "content": "s"}\r\n{"role": "user", "content": "q"}\r\n{"role": "assistant", "content": ${JSON.stringify(GENERATION)}}`);
    assertWrites(lines('\n\n', '\n'));
  });

  it('records have no place for a new answer', () => {
    assertClosed(exportFile('otel-genai.json'), /^otel-genai\.json is a record of spans, which a new answer has no place in; copy the messages/);
    assertClosed(exportFile('openinference-spans.jsonl', 0), /is a record of spans/);
    assertClosed(exportFile('notebook.ipynb', 0), /^notebook\.ipynb is a notebook, and what is generated has no place in an output; copy the prompt/);
    assertClosed(exportFile('notebook.ipynb', 1), /is a notebook/);
    const asked = { messages: [{ role: 'user', content: 'q' }] };
    assertClosed(jsonDocument({ inputs: asked }), /^a\.json is a record of a run, which a new answer has no place in; copy its messages/);
    assertClosed(jsonDocument({ type: 'GENERATION', input: 'q' }), /is a record of a run/);
    assertClosed(jsonDocument({ type: 'GENERATION', input: 'q', output: JSON.stringify({ role: 'assistant', content: 'a' }) }), /is a record of a run/);
    assertClosed(jsonDocument({ prompt: [{ role: 'user', content: 'q' }] }), /^a\.json is a row without a place for an answer; write "completion": \[\] into it and generate again\.$/);
    assertClosed(jsonDocument({ instruction: 'q' }), /write "output": "" into it/);
    assertClosed(jsonDocument([{ role: 'user', parts: [{ type: 'text', text: 'q' }] }, { role: 'assistant', parts: [{ type: 'tool-f', input: {} }] }]), /calls tools; write the tool's answer/);
  });
});
