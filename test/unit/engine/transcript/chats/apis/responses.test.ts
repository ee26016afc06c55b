import assert from 'node:assert/strict';
import { parseTranscript } from '../../../../../../src/engine/transcript/formats/parseTranscript';
import { extrasOf, generated, jsonDocument, plainData, refuses, turnsOf } from '../../../../../support/jsonTurns';
import { RESPONSES } from '../../../../../support/transcripts/apiSamples';

describe('OpenAI\'s Responses', () => {
  it('are turns: what the model wrote in a row is one', () => {
    const document = jsonDocument(RESPONSES, 2);
    assert.deepEqual(turnsOf(document), [
      'system', '  text:You keep the books of a lamp shop.',
      'developer', '  text:Answer briefly.',
      'user', '  text:How many desk lamps are left?',
      'assistant', '  reasoning:Two items: I ask twice.', '  text:I look.', '  text:stock_level', '  text:item', '  text:desk lamp', '  text:stock_level', '  text:item', '  text:wall lamp',
      'tool', '  text:7', 'tool', '  text:none',
      'assistant', '  reasoning:None are left: the orders.', '  text:orders',
      'tool', '  text:12 on Monday',
      'assistant', '  text:Seven desk lamps.',
    ]);
    const { format, notes, variables } = parseTranscript(document);
    assert.equal(format, 'responses');
    assert.deepEqual(notes, [
      'Tools that run at the maker\'s server are left out, since chat templates know functions only.',
      'Message 9 of a.json (line 74, column 5) holds a summary of the reasoning and not its text; the summary is read.',
      'Message 12 of a.json (line 131, column 5) holds encrypted reasoning, which cannot be read and is left out.',
    ]);
    const [stock] = RESPONSES.tools;
    assert.deepEqual(plainData(variables), {
      reasoning_effort: 'low',
      tools: [{ type: 'function', function: { name: stock.name, description: stock.description, parameters: stock.parameters } }, { type: 'function', function: { name: 'orders' } }],
    });
    const call = (id: string, name: string, args: object) => ({ id, type: 'function', function: { name, arguments: args } });
    assert.deepEqual(extrasOf(document).slice(3), [
      { tool_calls: [call('call_1', 'stock_level', { item: 'desk lamp' }), call('call_2', 'stock_level', { item: 'wall lamp' })] }, { tool_call_id: 'call_1' }, { tool_call_id: 'call_2' },
      { tool_calls: [call('call_3', 'orders', {})] }, { tool_call_id: 'call_3' }, {},
    ]);
  });

  for (const [what, request] of Object.entries<object>({
    'with a text for input': { model: 'm', input: 'Q', output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'A' }] }] },
    'request and response apart': { request: { body: { model: 'm', input: [{ role: 'user', content: 'Q' }] } }, response: { body: { object: 'response', output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'A' }] }] } } },
    'the response beside the input': { input: 'Q', model: 'm', response: { output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'A' }] }] } },
    'a refusal': { input: [{ type: 'message', role: 'user', content: 'Q' }], output: [{ type: 'message', role: 'assistant', content: [{ type: 'refusal', refusal: 'A' }] }] },
    'a batch line': { custom_id: 'a', url: '/v1/responses', body: { model: 'm', input: [{ role: 'user', content: 'Q' }, { role: 'assistant', content: 'A' }] } },
  })) {
    it(`are read: ${what}`, () => {
      assert.deepEqual(turnsOf(jsonDocument(request)), ['user', '  text:Q', 'assistant', '  text:A']);
      assert.equal(parseTranscript(jsonDocument(request)).format, 'responses');
    });
  }

  it('put instructions first, as a list, too, and none where they are empty', () => {
    assert.deepEqual(turnsOf(jsonDocument({ instructions: '', input: 'Q' })), ['user', '  text:Q']);
    assert.deepEqual(turnsOf(jsonDocument({ instructions: [{ type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'S' }] }], input: 'Q' })), ['developer', '  text:S', 'user', '  text:Q']);
  });

  it('are none without a model, or what else requests have beside their input', () => {
    for (const value of [{ input: 'Q' }, { input: 'Q', id: 7 }, { model: 'm', input: ['Q', 'R'] }, { model: 'm', input: [] }, { model: 'm', input: 7 }, { input: [{ type: 'message', role: 'user', content: 'Q' }, 'R'] }]) refuses(jsonDocument(value), /^a\.json holds no chat/);
    for (const more of [{ model: 'm' }, { store: false }, { tools: [] }, { model: 'm', output: null }]) {
      const document = jsonDocument({ input: 'Q', ...more });
      assert.deepEqual([parseTranscript(document).format, turnsOf(document), plainData(parseTranscript(document).variables)], ['responses', ['user', '  text:Q'], {}]);
    }
    assert.equal(parseTranscript(jsonDocument({ input: [{ role: 'user', content: 'Q' }, { type: 'function_call', name: 'f', arguments: '{}' }] })).format, 'responses');
  });

  it('say that a response is an error', () => {
    const notesOf = (response: object) => parseTranscript(jsonDocument({ request: { model: 'm', input: 'Q' }, response })).notes;
    assert.deepEqual(notesOf({ error: { message: 'overloaded' }, status: 'failed' }), ['The response is an error and holds no answer.']);
    assert.deepEqual(notesOf({ object: 'response', error: null, output: [] }), []);
    assert.deepEqual(parseTranscript(jsonDocument({ model: 'm', input: 'Q', error: { message: 'x' } })).notes, []);
  });

  it('leave out reasoning that is empty, and read what is there', () => {
    const reasoned = (item: object) => turnsOf(jsonDocument({ model: 'm', input: [{ role: 'user', content: 'Q' }, { type: 'reasoning', ...item }] })).slice(2);
    assert.deepEqual(reasoned({ content: ['R', '', { type: 'reasoning_text', text: 'S' }, { type: 'reasoning_text', text: '' }, { type: 'image' }], summary: [{ text: 'T' }] }), ['assistant', '  reasoning:R', '  reasoning:S']);
    assert.deepEqual(reasoned({ content: null, summary: [] }), ['assistant']);
    assert.deepEqual(parseTranscript(jsonDocument({ model: 'm', input: [{ role: 'user', content: 'Q' }, { type: 'reasoning', summary: [] }] })).notes, []);
  });

  it('know calls by their ids, if they have some', () => {
    const called = (call: object, result: object) => extrasOf(jsonDocument({ model: 'm', input: [{ role: 'user', content: 'Q' }, { type: 'function_call', name: 'f', arguments: '{}', ...call }, { type: 'function_call_output', output: '7', ...result }] })).slice(1);
    const call = { type: 'function', function: { name: 'f', arguments: {} } };
    assert.deepEqual(called({}, {}), [{ tool_calls: [call] }, {}]);
    assert.deepEqual(called({ id: 'a' }, { call_id: 'a' }), [{ tool_calls: [{ id: 'a', ...call }] }, { tool_call_id: 'a' }]);
    assert.deepEqual(called({ id: 'a', call_id: 'b' }, { call_id: 'b' }), [{ tool_calls: [{ id: 'b', ...call }] }, { tool_call_id: 'b' }]);
  });

  it('get an answer where the response holds its own, else behind the input', () => {
    const written = (value: object) => JSON.parse(generated(jsonDocument(value), 'A')) as unknown;
    const [q, a] = [{ role: 'user', content: 'Q' }, { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'A' }] }];
    assert.deepEqual(written({ model: 'm', input: [q] }), { model: 'm', input: [q, a] });
    assert.deepEqual(written({ object: 'response', input: [q], output: [] }), { object: 'response', input: [q], output: [a] });
    assert.deepEqual(written({ model: 'm', input: 'Q' }), { model: 'm', input: 'Q', output: [a] });
  });

  it('keep an answer apart from what the input ends with', () => {
    assert.deepEqual(turnsOf(jsonDocument({ input: [{ role: 'user', content: 'Q' }, { role: 'assistant', content: 'A' }], output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'B' }] }] })),
      ['user', '  text:Q', 'assistant', '  text:A', 'assistant', '  text:B']);
  });

  it('say what is missing or cannot be read', () => {
    const item = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'A' }] };
    refuses(jsonDocument({ object: 'response', output: [item], instructions: 'S' }), /^a\.json holds a response and not what it answers, so that there is no prompt; add the request's "input" \(and its "instructions"\) beside it\.$/);
    refuses(jsonDocument({ model: 'm', input: 'Q', previous_response_id: 'resp_1' }), /^a\.json goes on from another response, whose items are not in the file/);
    refuses(jsonDocument({ model: 'm', input: 'Q', conversation: { id: 'conv_1' } }), /goes on with a conversation that the server keeps/);
    refuses(jsonDocument({ model: 'm', input: 'Q', prompt: { id: 'pmpt_1' } }), /uses a prompt that the server keeps/);
    for (const type of ['web_search_call', 'custom_tool_call', 'item_reference', 'compaction']) {
      refuses(jsonDocument({ model: 'm', input: [{ role: 'user', content: 'Q' }, { type, id: 'x' }] }, 1), new RegExp(`^Message 2 of a\\.json \\(line 8, column 3\\) is an item of type "${type}", which chat templates do not know`));
    }
    refuses(jsonDocument({ model: 'm', input: [{ role: 'user', content: [{ type: 'input_image', image_url: 'x' }] }] }), /^Message 1 of .* holds a content part of type "input_image"; only text/);
    refuses(jsonDocument({ model: 'm', input: [{ role: 'user', content: 'Q' }, { type: 'function_call', arguments: '{}' }] }), /^Message 2 of .* is a function_call without a "name"/);
    refuses(jsonDocument({ model: 'm', input: [{ role: 'user', content: 'Q' }, { type: 'function_call', name: 'f', arguments: '{' }] }), /whose arguments are no JSON object/);
  });
});
