import assert from 'node:assert/strict';
import { TranscriptError } from '../../../../../../src/engine/base/errors';
import { parseTranscript } from '../../../../../../src/engine/transcript/formats/parseTranscript';
import { extrasOf, generated, jsonDocument, plainData, turnsOf } from '../../../../../support/jsonTurns';
import { OPEN, SAMPLES, OLLAMA_GENERATE } from './samples';

const TEXTS = ['Seven.', 'It is "seven",\n\tC:\\lamps.\r\n', ' 💡 naïve 漢字 \u2028 {"a": [1]} </div> ', '\\u0041 \\', ''];
const EMPTY = 'responses, no output';
const INDENTS = [undefined, 1, 2, 4, '\t'];

describe('generating into requests of APIs', () => {
  for (const [what, value] of Object.entries(OPEN)) {
    it(`adds an answer to ${what}, laid out as the file is`, () => {
      for (const indent of INDENTS) {
        const document = jsonDocument(value, indent);
        const before = turnsOf(document);
        for (const text of TEXTS) {
          const written = generated(document, text);
          // An empty list shows no layout of its own.
          if (what !== EMPTY) assert.equal(written, JSON.stringify(JSON.parse(written), null, indent), 'the file\'s own indentation');
          const after = { ...document, text: written };
          assert.deepEqual(turnsOf(after), [...before, 'assistant', ...(text === '' ? [] : [`  text:${text}`])]);
          assert.deepEqual(extrasOf(after).slice(0, -1), extrasOf(document));
          assert.deepEqual(plainData(parseTranscript(after).variables), plainData(parseTranscript(document).variables));
          assert.equal(parseTranscript(after).format, parseTranscript(document).format);
          // What is there now is gone on with.
          assert.deepEqual(turnsOf({ ...document, text: generated(after, 'And "more"\n') }), [...before, 'assistant', `  text:${text}And "more"\n`]);
        }
      }
    });
  }

  for (const [what, value] of Object.entries({ ...SAMPLES, 'ollama, generate': OLLAMA_GENERATE })) {
    it(`goes on with the answer of ${what}`, () => {
      for (const indent of INDENTS) {
        const document = jsonDocument(value, indent);
        const before = turnsOf(document);
        for (const text of TEXTS) {
          const after = { ...document, text: generated(document, text) };
          assert.equal(after.text, JSON.stringify(JSON.parse(after.text), null, indent));
          assert.deepEqual(turnsOf(after), [...before.slice(0, -1), `${before.at(-1)}${text}`]);
        }
      }
    });
  }

  it('writes as the file does where its own values are in one line', () => {
    const text = '{\n  "contents": [\n    { "role": "user", "parts": [{ "text": "Q" }] }\n  ]\n}\n';
    assert.equal(generated({ name: 'a.json', text }, 'A'), text.replace('}] }\n', '}] },\n    { "role": "model", "parts": [{ "text": "A" }] }\n'));
    assert.equal(generated({ name: 'a.json', text: '{"model": "m", "input": "Q"}' }, 'A'), '{"model": "m", "input": "Q", "output": [{"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "A"}]}]}');
    assert.equal(generated({ name: 'a.json', text: '{\r\n  "prompt": "Q",\r\n  "system": "S"\r\n}' }, 'A'), '{\r\n  "prompt": "Q",\r\n  "system": "S",\r\n  "response": "A"\r\n}');
  });

  it('wants the tool\'s answer first where tools are called', () => {
    for (const value of [{ messages: SAMPLES.anthropic.request.messages.slice(0, 2) }, { model: 'm', input: SAMPLES.responses.input.slice(0, 6) }, { contents: SAMPLES.gemini.contents.slice(0, 2) }]) {
      assert.throws(() => generated(jsonDocument(value), 'A'), (error) => error instanceof TranscriptError && /^The last message of a\.json calls tools; write the tool's answer/.test(error.message));
    }
  });
});
