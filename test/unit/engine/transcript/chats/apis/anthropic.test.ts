import assert from 'node:assert/strict';
import { parseTranscript } from '../../../../../../src/engine/transcript/formats/parseTranscript';
import { extrasOf, jsonDocument, plainData, refuses, turnsOf } from '../../../../../support/jsonTurns';
import { ANTHROPIC } from '../../../../../support/transcripts/apiSamples';

const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown) => ({ role: 'assistant', content });
const text = (value: string) => ({ type: 'text', text: value });
const use = (name: string, input: unknown = {}) => ({ type: 'tool_use', id: `of ${name}`, name, input });

describe('Anthropic\'s Messages', () => {
  it('are turns: results of tools are the tool\'s, in front of the user\'s text', () => {
    const document = jsonDocument(ANTHROPIC, 2);
    assert.deepEqual(turnsOf(document), [
      'system', '  text:You keep the books ', '  text:of a lamp shop.',
      'user', '  text:How many desk lamps are left?',
      'assistant', '  reasoning:Two items: I ask twice.', '  text:I look.', '  text:stock_level', '  text:item', '  text:desk lamp', '  text:shelf', '  text:3', '  text:stock_level', '  text:item', '  text:wall lamp',
      'tool', '  text:7', 'tool', '  text:none', '  text:at all', 'user', '  text:And what comes?',
      'assistant', '  text:orders', 'tool',
      'assistant', '  reasoning:Seven.', '  text:Seven desk lamps.',
    ]);
    const { format, notes, variables, turns } = parseTranscript(document);
    assert.equal(format, 'anthropic');
    assert.deepEqual(notes, ['Message 2 of a.json (line 52, column 7) holds encrypted thinking, which cannot be read and is left out.', 'Tools that run at the maker\'s server are left out, since chat templates know functions only.']);
    const [{ name, description, input_schema: parameters }] = ANTHROPIC.request.tools;
    assert.deepEqual(plainData(variables), { tools: [{ type: 'function', function: { name, description, parameters } }] });
    assert.deepEqual(turns[0].content.map(({ source }) => source.text).join(''), 'You keep the books of a lamp shop.');
    const call = (id: string, called: string, args: object) => ({ id, type: 'function', function: { name: called, arguments: args } });
    assert.deepEqual(extrasOf(document).slice(2), [
      { tool_calls: [call('toolu_1', 'stock_level', { item: 'desk lamp', shelf: 3 }), call('toolu_2', 'stock_level', { item: 'wall lamp' })] }, { tool_call_id: 'toolu_1' }, { tool_call_id: 'toolu_2' }, {},
      { tool_calls: [call('toolu_3', 'orders', {})] }, { tool_call_id: 'toolu_3' }, {},
    ]);
  });

  it('keep text behind a call as further text', () => {
    assert.deepEqual(turnsOf(jsonDocument({ messages: [user('Q'), assistant([text('a'), use('f'), text('b')]), user([{ type: 'tool_result', tool_use_id: 'of f', content: 'c' }])] })),
      ['user', '  text:Q', 'assistant', '  text:a', '  text:b', '  text:f', 'tool', '  text:c']);
  });

  it('hold what a message holds, and no more', () => {
    const result = (more: object) => ({ type: 'tool_result', content: 'c', ...more });
    const of = (...messages: object[]) => jsonDocument({ messages: [user('Q'), assistant([use('f')]), ...messages] });
    assert.deepEqual(turnsOf(of(user([result({})]))).slice(4), ['tool', '  text:c']);
    assert.deepEqual(extrasOf(of(user([result({})]))).at(-1), {});
    assert.deepEqual(extrasOf(of(user([result({ tool_use_id: 'of f' })]))).at(-1), { tool_call_id: 'of f' });
    // A turn of nothing that can be read is a turn, and so is one of a call behind a result.
    assert.deepEqual(turnsOf(of(assistant([{ type: 'redacted_thinking', data: 'x' }]))).slice(4), ['assistant']);
    assert.deepEqual(turnsOf(of(user([result({}), use('g')]))).slice(4), ['tool', '  text:c', 'user', '  text:g']);
    assert.deepEqual(turnsOf(of({ role: 'assistant' })).slice(4), ['assistant']);
    refuses(jsonDocument({ messages: [user('Q'), { content: [use('f')] }] }), /^Message 2 of .* has no "role"/);
  });

  it('are known by signed thinking, which others do not have', () => {
    const formatOf = (block: object) => parseTranscript(jsonDocument({ messages: [user('Q'), assistant([block, text('A')])] })).format;
    assert.equal(formatOf({ type: 'thinking', thinking: 'R', signature: 'x' }), 'anthropic');
    assert.equal(formatOf({ type: 'thinking', thinking: 'R' }), 'openai');
    assert.equal(formatOf({ type: 'text', text: 'R', signature: 'x' }), 'openai');
    assert.equal(parseTranscript(jsonDocument({ anthropic_version: 'vertex-2023-10-16', messages: [user('Q')] })).format, 'anthropic');
    assert.equal(parseTranscript(jsonDocument({ tools: [{ name: 'f', input_schema: {} }, { type: 'web_search_20250305', name: 'web_search' }], messages: [user('Q')] })).format, 'anthropic');
  });

  it('may have no system text, a call at the end, or an error for an answer', () => {
    assert.deepEqual(turnsOf(jsonDocument({ system: '', tools: [{ name: 'f', input_schema: {} }], messages: [user('Q')] })), ['user', '  text:Q']);
    const response = { type: 'message', role: 'assistant', content: [text('A')] };
    assert.deepEqual(turnsOf(jsonDocument({ request: { messages: [user('Q'), assistant([use('f')])] }, response })), ['user', '  text:Q', 'assistant', '  text:f', 'assistant', '  text:A']);
    const failed = jsonDocument({ request: { anthropic_version: 'x', messages: [user('Q')] }, response: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } } });
    assert.deepEqual([turnsOf(failed), parseTranscript(failed).notes], [['user', '  text:Q'], ['The response is an error and holds no answer.']]);
    refuses(jsonDocument({ system: [{ type: 'image' }], messages: [user([use('f')])] }), /^The "system" of a\.json holds a content part of type "image"/);
  });

  it('are known by their blocks, schemas and responses, and texts alone are', () => {
    const formatOf = (value: unknown) => parseTranscript(jsonDocument(value)).format;
    assert.equal(formatOf({ messages: [user('Q'), assistant([use('f')])] }), 'anthropic');
    assert.equal(formatOf({ system: [text('S')], messages: [user('Q')] }), 'anthropic');
    assert.equal(formatOf({ tools: [{ name: 'f', input_schema: {} }], messages: [user('Q')] }), 'anthropic');
    const response = { type: 'message', role: 'assistant', content: [text('A')], model: 'm', usage: { input_tokens: 1 } };
    for (const log of [{ messages: [user('Q')], response }, { request: { messages: [user('Q')] }, response }, { request: { body: { messages: [user('Q')] } }, response: { body: response } }]) {
      assert.equal(formatOf(log), 'anthropic');
      assert.deepEqual(turnsOf(jsonDocument(log)), ['user', '  text:Q', 'assistant', '  text:A']);
      assert.deepEqual(extrasOf(jsonDocument(log)), [{}, {}]);
    }
    // OpenAI's own messages are read as such, whatever stands beside them.
    const mixed = jsonDocument({ system: [text('S')], messages: [user('Q'), { role: 'assistant', content: null, tool_calls: [{ id: '1', function: { name: 'f', arguments: '{}' } }] }, { role: 'tool', tool_call_id: '1', content: 'c' }] });
    assert.deepEqual(turnsOf(mixed), ['system', '  text:S', 'user', '  text:Q', 'assistant', '  text:f', 'tool', '  text:c']);
    assert.deepEqual(extrasOf(mixed)[3], { tool_call_id: '1' });
  });

  it('go on with an answer that the request begins', () => {
    const { turns } = parseTranscript(jsonDocument({ request: { messages: [user('Q'), assistant('{"a": ')] }, response: { type: 'message', role: 'assistant', content: [text('1}')] } }));
    assert.deepEqual(turns.map(({ role, content }) => [role, content.map(({ source }) => source.text).join('')]), [['user', 'Q'], ['assistant', '{"a": 1}']]);
  });

  it('say what cannot be read', () => {
    refuses(jsonDocument({ id: 'msg_1', type: 'message', role: 'assistant', content: [text('A')] }), /^a\.json holds a response and not what it answers, so that there is no prompt; add the request's "messages" \(and its "system"\) beside it\.$/);
    refuses(jsonDocument({ messages: [user([{ type: 'document', source: {} }, text('Q')])] }, 1), /^Message 1 of a\.json \(line 3, column 3\) holds a content part of type "document"; only text can be traced: take that part out\.$/);
    refuses(jsonDocument({ messages: [user([{ type: 'image', source: {} }])], system: [text('S')] }), /holds a content part of type "image"/);
    refuses(jsonDocument({ messages: [user('Q'), assistant([use('f')]), user([{ type: 'tool_result', tool_use_id: 'of f', content: [{ type: 'image', source: {} }] }])] }), /^Message 3 of .* holds a content part of type "image"/);
    refuses(jsonDocument({ messages: [user('Q'), assistant([{ type: 'server_tool_use', id: 'x', name: 'web_search', input: {} }])] }), /^Message 2 of .* holds a content part of type "server_tool_use"/);
    refuses(jsonDocument({ messages: [user('Q'), assistant([{ type: 'tool_use', id: 'x', input: {} }])] }), /^Message 2 of .* has a tool_use without a "name"/);
    refuses(jsonDocument({ messages: [{ role: 'critic', content: [use('f')] }] }), /has the role "critic"/);
  });
});
