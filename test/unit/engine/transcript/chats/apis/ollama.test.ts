import assert from 'node:assert/strict';
import { parseTranscript } from '../../../../../../src/engine/transcript/formats/parseTranscript';
import { extrasOf, jsonDocument, plainData, refuses, turnsOf } from '../../../../../support/jsonTurns';
import { OLLAMA, OLLAMA_GENERATE } from './samples';

const messages = [{ role: 'user', content: 'Q' }];
const response = { model: 'm', message: { role: 'assistant', content: 'A', thinking: 'R' }, done: true };
const SIMPLE = ['user', '  text:Q', 'assistant', '  reasoning:R', '  text:A'];

describe('Ollama', () => {
  it('/api/chat is turns, thinking off is said', () => {
    const document = jsonDocument(OLLAMA, 2);
    assert.deepEqual(turnsOf(document), [
      'system', '  text:You keep the books of a lamp shop.', 'user', '  text:How many desk lamps are left?',
      'assistant', '  reasoning:Two items: I ask twice.', '  text:stock_level', '  text:item', '  text:desk lamp', '  text:stock_level', '  text:item', '  text:wall lamp',
      'tool', '  text:7', 'tool', '  text:none', 'assistant', '  text:I look at the orders.', '  text:orders', 'tool', '  text:12 on Monday',
      'assistant', '  reasoning:Seven.', '  text:Seven desk lamps.',
    ]);
    const { format, notes, variables } = parseTranscript(document);
    assert.deepEqual([format, notes], ['ollama', ['"think": false reaches the chat template as enable_thinking.']]);
    assert.deepEqual(plainData(variables), { tools: OLLAMA.tools, enable_thinking: false });
    const { tool_calls: calls } = OLLAMA.messages[2];
    assert.deepEqual(extrasOf(document), [{}, {}, { tool_calls: calls }, { name: 'stock_level' }, { name: 'stock_level' }, { tool_calls: OLLAMA.messages[5].tool_calls }, { name: 'orders' }, {}]);
  });

  it('/api/chat with its response beside, in or apart from the request', () => {
    for (const log of [{ messages, ...response }, { model: 'm', messages, response }, { request: { messages }, response }, { request: { body: { messages } }, response: { body: response } }]) {
      assert.deepEqual(turnsOf(jsonDocument(log)), SIMPLE);
      assert.equal(parseTranscript(jsonDocument(log)).format, 'ollama');
    }
  });

  it('/api/generate is a user\'s turn, a system\'s before it, and the response', () => {
    const document = jsonDocument(OLLAMA_GENERATE, 1);
    assert.deepEqual(turnsOf(document), ['system', '  text:You keep the books of a lamp shop.', 'user', '  text:How many desk lamps\nare left?', 'assistant', '  reasoning:Seven are.', '  text:Seven desk lamps.']);
    assert.deepEqual(plainData(parseTranscript(document).variables), { enable_thinking: true });
    assert.deepEqual(turnsOf(jsonDocument({ request: { model: 'm', prompt: 'Q', system: '' }, response: { response: 'A', thinking: 'R', done: true } })), SIMPLE);
    assert.deepEqual(turnsOf(jsonDocument({ model: 'm', prompt: 'Q', options: {} })), ['user', '  text:Q']);
  });

  it('levels of thinking are an effort', () => {
    const { variables, notes } = parseTranscript(jsonDocument({ messages, think: 'high' }));
    assert.deepEqual([variables, notes], [{ reasoning_effort: 'high' }, ['"think": "high" reaches the chat template as reasoning_effort.']]);
  });

  it('says what cannot be read', () => {
    refuses(jsonDocument(response), /^a\.json holds a response and not what it answers, so that there is no prompt; add the request's "messages" beside it\.$/);
    refuses(jsonDocument({ response: 'A', done: true }), /add the request's "prompt" beside it/);
    refuses(jsonDocument({ messages: [{ role: 'user', content: 'Q', images: ['iVBOR'] }] }, 1), /^Message 1 of a\.json \(line 3, column 3\) holds images; only text can be traced: take them out\.$/);
    const generate = (more: object) => jsonDocument({ model: 'm', prompt: 'Q', ...more });
    refuses(generate({ raw: true }), /^a\.json sends its prompt to the model as it is \("raw"\); copy the prompt into a text file/);
    refuses(generate({ template: '{{ .Prompt }}' }), /with a "template" of its own/);
    refuses(generate({ context: [1, 2] }), /goes on from the tokens of another conversation/);
    refuses(generate({ context: [1, 2], response: 'A' }), /goes on from the tokens of another conversation/);
    refuses(generate({ suffix: '}' }), /a "suffix"/);
    refuses(generate({ images: ['x'], options: {} }), /^a\.json holds images/);
    for (const nothing of [{ raw: false }, { template: '' }, { context: [] }, { suffix: null, raw: false }]) assert.deepEqual(turnsOf(generate(nothing)), ['user', '  text:Q']);
  });
});
