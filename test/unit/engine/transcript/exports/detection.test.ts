import assert from 'node:assert/strict';
import type { TranscriptFormat } from '../../../../../src/concepts/transcript';
import { conversationsIn, detectFormat } from '../../../../../src/engine/transcript/formats/formatRegistry';
import { SAMPLES } from '../../../../support/transcripts/apiSamples';
import { CONVERSATION, EXPORT } from '../../../../support/transcripts/chatSamples';
import { exportFile, EXPORTS, jsonDocument } from '../../../../support/transcripts/exportFiles';

const FORMATS: Readonly<Record<string, TranscriptFormat>> = {
  'alpaca.json': 'row', 'langchain-messages.json': 'langchain', 'langfuse-trace.json': 'langfuse', 'langsmith-runs.json': 'langchain', 'lm-studio.conversation.json': 'lm-studio', 'notebook.ipynb': 'notebook',
  'openinference-spans.jsonl': 'otel', 'otel-genai.json': 'otel', 'otel-openllmetry.json': 'otel', 'question-answer.json': 'row', 'trl-completion.json': 'row', 'trl-preference.jsonl': 'row',
  'ui-messages-v4.json': 'ui-messages', 'ui-messages.json': 'ui-messages',
};
const APIS: Readonly<Record<string, unknown>> = { ...SAMPLES, llamacpp: EXPORT, sharegpt: CONVERSATION };
const SAID = [{ role: 'user', content: 'q' }, { role: 'assistant', content: 'a' }];
/** Conversations of the other formats, and what is close to an export and is none. */
const OTHERS: readonly (readonly [TranscriptFormat, unknown])[] = [
  ['openai', { model: 'm', messages: SAID, tools: [{ type: 'function', function: { name: 'f' } }] }],
  ['openai', SAID],
  ['openai', { prompt: 'an id of a template', messages: SAID, completion: 3 }],
  ['openai', { messages: SAID, input: 'x', output: 'y' }],
  ['openai', [{ role: 'user', content: [{ type: 'text', text: 'q' }] }]],
  ['openai', { messages: [{ role: 'user', content: 'q', type: 'message' }] }],
  ['ollama', { model: 'm', prompt: 'q', response: 'a', done: true }],
  ['ollama', { model: 'm', prompt: 'q', system: 's', options: {} }],
  ['ollama', { model: 'm', prompt: 'q', context: [1, 2] }],
  ['row', { prompt: 'q', context: 'a text', completion: 'a' }],
  ['responses', { model: 'm', input: 'q', output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'a' }] }] }],
  ['gemini', { contents: [{ role: 'user', parts: [{ text: 'q' }] }] }],
  ['anthropic', { model: 'm', max_tokens: 5, messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'x' }] }] }],
  ['exchange', { request: { messages: SAID.slice(0, 1) }, response: { choices: [{ message: SAID[1] }] } }],
  ['completion', { model: 'm', prompt: 'q', max_tokens: 5 }],
  ['sharegpt', { id: 'x', conversations: [{ from: 'human', value: 'q' }, { from: 'gpt', value: 'a' }] }],
  ['sharegpt', [{ conversations: [{ from: 'human', value: 'q' }] }]],
];

describe('exports are told by their fields', () => {
  it('every file has a right value here', () => { assert.deepEqual(Object.keys(FORMATS), EXPORTS); });

  for (const name of EXPORTS) {
    it(name, () => {
      const { text } = exportFile(name);
      const { length } = conversationsIn({ name, text });
      assert.ok(length > 0);
      // A name that says something, one that says nothing, and an editor without one.
      for (const given of [name, 'export.txt', 'Untitled-1']) {
        for (let conversation = 0; conversation < length; conversation++) assert.equal(detectFormat({ name: given, text, conversation }), FORMATS[name]);
      }
    });
  }

  it('and other conversations by theirs', () => {
    for (const [format, value] of Object.entries(APIS)) {
      for (const indent of [0, 2]) assert.equal(detectFormat(jsonDocument(value, 'x.json', indent)), format);
    }
    for (const [format, value] of OTHERS) {
      for (const indent of [0, 2]) assert.equal(detectFormat(jsonDocument(value, 'x.json', indent)), format, JSON.stringify(value));
    }
    for (const [name, text, format] of [['a.prompty', '{"prompt": "q", "completion": "a"}', 'prompty'], ['a.md', '{"a": 1}', 'plain'], ['a.txt', '[INST] q [/INST]', 'raw'], ['a.txt', '{{prompt}}', 'plain']] as const) {
      assert.equal(detectFormat({ name, text }), format);
    }
  });
});
