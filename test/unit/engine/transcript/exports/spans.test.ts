import assert from 'node:assert/strict';
import type { TranscriptDocument } from '../../../../../src/concepts/transcript';
import { conversationsIn, detectFormat } from '../../../../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../../../../src/engine/transcript/formats/parseTranscript';
import { extrasOf, plainData } from '../../../../support/jsonTurns';
import { jsonDocument, reading, refuses } from '../../../../support/transcripts/exportFiles';

const span = (attributes: object) => jsonDocument({ name: 's', attributes });
const notesOf = (attributes: object) => parseTranscript(span(attributes)).notes;
/** What is said behind the question that a conversation begins with. */
const answered = (document: TranscriptDocument) => reading(document).slice(2);
const toolsOf = (attributes: object) => plainData(parseTranscript(span(attributes)).variables?.tools);

describe('spans with messages of parts', () => {
  const QUESTION = { role: 'user', parts: [{ type: 'text', content: 'q' }] };
  const asked = (...messages: unknown[]) => ({ 'gen_ai.input.messages': messages });
  const saying = (...parts: unknown[]) => span(asked(QUESTION, { role: 'assistant', parts }));

  it('have texts in several fields, reasoning under two names, and messages without parts', () => {
    assert.deepEqual(answered(saying({ type: 'text', content: 'a' }, { type: 'text', text: 'b' }, { content: 'c' }, 'd')), ['assistant', '  text:a', '  text:b', '  text:c', '  text:d']);
    assert.deepEqual(answered(saying({ type: 'reasoning', content: 'r' }, { type: 'thinking', content: 's' }, { type: 'reasoning', content: '' }, { type: 'text', content: 'a' })), ['assistant', '  reasoning:r', '  reasoning:s', '  text:a']);
    assert.deepEqual(answered(saying({ type: 'thinking', content: '' }, { type: 'text', content: '' })), ['assistant']);
    assert.deepEqual(reading(span(asked({ role: 'user', content: 'q' }, { role: 'assistant', content: [{ type: 'text', text: 'a' }] }, { role: 'user' }, { role: 'assistant', parts: [] }))), ['user', '  text:q', 'assistant', '  text:a', 'user', 'assistant']);
  });

  it('an empty reasoning is no part at all', () => {
    assert.deepEqual(parseTranscript(saying({ type: 'reasoning', content: '' }, { type: 'text', content: 'a<think>' })).turns[1].complete, false);
    assert.deepEqual(parseTranscript(saying({ type: 'reasoning', content: 'r' }, { type: 'text', content: 'a<think>' })).turns[1].complete, true);
  });

  it('calls have ids, and answers are messages of their own behind what the message says', () => {
    const calls = saying({ type: 'text', content: 'look' }, { type: 'tool_call', id: 'c1', name: 'f', arguments: { a: 1 } }, { type: 'tool_call', name: 'g' });
    assert.deepEqual(answered(calls), ['assistant', '  text:look', '  calls:f({"a":"1"}) g({})']);
    assert.deepEqual(extrasOf(calls), [{}, { tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: { a: 1 } } }, { type: 'function', function: { name: 'g', arguments: {} } }] }]);
    const answers = span(asked({ role: 'user', parts: [{ type: 'text', content: 'see' }, { type: 'tool_call_response', id: 'c1', response: 'r' }, { type: 'tool_call_response', result: 7 }, { type: 'tool_call_response', response: null }, { type: 'tool_call_response', id: 'c2' }] }));
    assert.deepEqual(reading(answers), ['user', '  text:see', 'tool', '  text:r', 'tool', '  text:7', 'tool', 'tool']);
    assert.deepEqual(extrasOf(answers), [{}, { tool_call_id: 'c1' }, {}, {}, { tool_call_id: 'c2' }]);
    const alone = { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c1', response: 'r' }] };
    assert.deepEqual(reading(span(asked(QUESTION, alone))), ['user', '  text:q', 'tool', '  text:r']);
    assert.deepEqual(answered(saying({ type: 'tool_call', name: 'f', arguments: {} }, { type: 'tool_call_response', response: 'r' })), ['assistant', '  calls:f({})', 'tool', '  text:r']);
  });

  it('an answer that is no text is told', () => {
    const note = ['A tool\'s answer in a.json is JSON; it is read without white space, which the model may have got otherwise.'];
    const answer = (given: object) => notesOf(asked(QUESTION, { role: 'tool', parts: [{ type: 'text', content: 't' }, { type: 'tool_call_response', ...given }] }));
    for (const given of [{ response: { a: 1 } }, { response: [1] }, { result: { a: 1 } }, { result: [] }]) assert.deepEqual(answer(given), note, JSON.stringify(given));
    for (const given of [{ response: 'r' }, { response: 7 }, { response: null }, {}]) assert.deepEqual(answer(given), [], JSON.stringify(given));
    assert.deepEqual(notesOf(asked(QUESTION, { role: 'assistant', content: 'a' }, { role: 'assistant', parts: [{ type: 'tool_call', name: 'f', arguments: {}, response: {} }] })), []);
    assert.equal(reading(span(asked({ role: 'tool', parts: [{ type: 'tool_call_response', response: { a: [1, 'b'] } }] }))).at(-1), '  text:{"a":[1,"b"]}');
  });

  it('system instructions are a list of parts, one part, a text, or nothing', () => {
    const system = (instructions: unknown) => reading(span({ ...asked(QUESTION), 'gen_ai.system_instructions': instructions })).slice(0, -2);
    for (const given of [[{ type: 'text', content: 'S' }], { type: 'text', content: 'S' }, JSON.stringify([{ type: 'text', content: 'S' }]), ['S'], 'S']) assert.deepEqual(system(given), ['system', '  text:S'], JSON.stringify(given));
    assert.deepEqual(system([{ type: 'text', content: 'S' }, { content: 'T' }]), ['system', '  text:S', '  text:T']);
    for (const given of ['', [], null, 7, [{ type: 'reasoning', content: '' }]]) assert.deepEqual(system(given), [], JSON.stringify(given));
    refuses(span({ ...asked(QUESTION), 'gen_ai.system_instructions': [{ type: 'blob' }] }), /^The system instructions of a\.json holds a content part of type "blob"; only text can be traced: take that part out\.$/);
  });

  it('the first of several answers is read, behind system and question', () => {
    const output = (...messages: object[]) => ({ ...asked(QUESTION), 'gen_ai.system_instructions': 'S', 'gen_ai.output.messages': messages });
    const answer = (content: string) => ({ role: 'assistant', parts: [{ type: 'text', content }], finish_reason: 'stop' });
    assert.deepEqual(reading(span(output(answer('a')))), ['system', '  text:S', 'user', '  text:q', 'assistant', '  text:a']);
    assert.deepEqual(notesOf(output(answer('a'))), []);
    assert.deepEqual(reading(span(output(answer('a'), answer('b')))).slice(-2), ['assistant', '  text:a']);
    assert.deepEqual(notesOf(output(answer('a'), answer('b'))), ['The span of a.json holds 2 answers to one prompt; the first one was read.']);
    assert.deepEqual(reading(span(output())), ['system', '  text:S', 'user', '  text:q']);
    refuses(span(output({ role: 'assistant', parts: [{ type: 'blob' }] })), /^Message 3 of a\.json \(line \d+, column \d+\) holds a content part of type "blob"/);
    refuses(span({ ...asked(QUESTION), 'gen_ai.output.messages': 'cut' }), /^"gen_ai\.output\.messages" of a\.json holds no list of messages as JSON/);
    refuses(span({ 'gen_ai.input.messages': { role: 'user' } }), /^"gen_ai\.input\.messages" of a\.json holds no list of messages as JSON/);
  });

  it('tools reach the template as functions', () => {
    const tools = (definitions: unknown) => toolsOf({ ...asked(QUESTION), 'gen_ai.tool.definitions': definitions });
    const tool = { type: 'function', name: 'f', description: 'd', parameters: { type: 'object' } };
    const right = [{ type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' } } }];
    assert.deepEqual([tools([tool]), tools(JSON.stringify([tool]))], [right, right]);
    for (const given of [[], {}, 'f', null]) assert.equal(tools(given), undefined);
  });

  it('refuse parts without a text, calls without a name and roles that are none', () => {
    refuses(saying({ type: 'text', content: 7 }), /^Message 2 of a\.json \(line 14, column 7\) holds a content part of type "text"/);
    refuses(saying({ content: {} }), /holds a content part of type "text"/);
    refuses(saying({ type: 'text' }), /holds a content part of type "text"/);
    refuses(saying({ type: 'uri', content: 'x' }), /holds a content part of type "uri"/);
    refuses(saying({ type: 'tool_call', name: 7 }), /^Message 2 .* calls a tool without a "name"; give it one\.$/);
    refuses(span(asked({ parts: [] })), /^Message 1 .* has no "role"; use one of system, developer, user, assistant, tool\.$/);
    refuses(span(asked(QUESTION, { role: 'assistant', content: 7 })), /^Message 2 .* has a content of type number/);
  });
});

describe('spans with numbered messages', () => {
  const QUESTION = { role: 'user', content: 'q' };
  const llmetry = (...messages: Record<string, unknown>[]) => Object.fromEntries(messages.flatMap((fields, i) => Object.entries(fields).map(([key, value]) => [`gen_ai.prompt.${i}.${key}`, value])));
  const inference = (...messages: Record<string, unknown>[]) => Object.fromEntries(messages.flatMap((fields, i) => Object.entries(fields).map(([key, value]) => [`llm.input_messages.${i}.message.${key}`, value])));

  it('have their texts in one field, or in numbered parts', () => {
    assert.deepEqual(reading(span(inference({ role: 'system', content: 'S' }, { 'role': 'user', 'contents.0.message_content.type': 'text', 'contents.0.message_content.text': 'a', 'contents.1.message_content.text': 'b' }, {
      'role': 'assistant', 'contents.0.message_content.type': 'reasoning', 'contents.0.message_content.text': 'r', 'contents.1.message_content.type': 'tool_use', 'contents.2.message_content.type': 'text', 'contents.2.message_content.text': 'c',
    }))), ['system', '  text:S', 'user', '  text:a', '  text:b', 'assistant', '  reasoning:r', '  text:c']);
    for (const [type, text] of [['image', 'x'], ['text', 7], ['reasoning', undefined], [undefined, 7]]) {
      refuses(span(inference({ 'role': 'user', 'contents.0.message_content.type': type, 'contents.0.message_content.text': text, 'contents.0.x': 1 })), new RegExp(`^Message 1 of a\\.json \\(line 4, column 42\\) holds a content part of type "${type}"`));
    }
  });

  it('a list of parts may stand in a string, and a text that is JSON is a text', () => {
    assert.deepEqual(reading(span(llmetry({ role: 'user', content: JSON.stringify([{ type: 'text', text: 'a "b"' }, { type: 'text', text: 'c' }]) }))), ['user', '  text:a "b"', '  text:c']);
    assert.deepEqual(reading(span(llmetry({ role: 'user', content: [{ type: 'text', text: 'a' }] }))), ['user', '  text:a']);
    for (const text of ['[]', '{"type": "text", "text": "a"}', '[{"type": "text", "text": "a"}, {"text": "b"}]', '[1]', '[not JSON']) assert.deepEqual(reading(span(llmetry({ role: 'user', content: text }))), ['user', `  text:${text}`]);
    refuses(span(llmetry({ role: 'user', content: JSON.stringify([{ type: 'image' }]) })), /^Message 1 .* holds a content part of type "image"/);
  });

  it('reasoning has three names, and a field of null is none', () => {
    for (const key of ['reasoning', 'reasoning_content']) assert.deepEqual(answered(span(llmetry(QUESTION, { role: 'assistant', [key]: 'r', content: 'a' }))), ['assistant', '  reasoning:r', '  text:a'], key);
    assert.deepEqual(answered(span(inference(QUESTION, { role: 'assistant', reasoning_content: 'r', content: 'a' }))), ['assistant', '  reasoning:r', '  text:a']);
    assert.deepEqual(answered(span(llmetry(QUESTION, { role: 'assistant', reasoning: null, reasoning_content: 'r', content: null }))), ['assistant', '  reasoning:r']);
    assert.deepEqual(answered(span(llmetry(QUESTION, { role: 'assistant', reasoning: 7, content: 'a' }))), ['assistant', '  text:a']);
  });

  it('calls have ids and answers say whose they are, in both conventions', () => {
    const call = [{ id: 'c1', type: 'function', function: { name: 'f', arguments: { a: 1 } } }];
    const plain = span(llmetry(QUESTION, { 'role': 'assistant', 'tool_calls.0.id': 'c1', 'tool_calls.0.name': 'f', 'tool_calls.0.arguments': '{"a": 1}' }, { role: 'tool', tool_call_id: 'c1', content: 'r' }));
    const nested = span(llmetry(QUESTION, { 'role': 'assistant', 'tool_calls.0.id': 'c1', 'tool_calls.0.function.name': 'f', 'tool_calls.0.function.arguments': '{"a": 1}' }, { role: 'tool', tool_call_id: 'c1', content: 'r' }));
    const other = span(inference(QUESTION, { 'role': 'assistant', 'tool_calls.0.tool_call.id': 'c1', 'tool_calls.0.tool_call.function.name': 'f', 'tool_calls.0.tool_call.function.arguments': '{"a": 1}' }, { role: 'tool', tool_call_id: 'c1', content: 'r' }));
    for (const document of [plain, nested, other]) {
      assert.deepEqual(extrasOf(document), [{}, { tool_calls: call }, { tool_call_id: 'c1' }]);
      assert.deepEqual(answered(document), ['assistant', '  calls:f({"a":"1"})', 'tool', '  text:r']);
    }
    assert.deepEqual(extrasOf(span(llmetry(QUESTION, { 'role': 'assistant', 'tool_calls.0.name': 'f', 'tool_calls.1.name': 'g', 'tool_calls.1.id': 7 }))), [{}, { tool_calls: [{ type: 'function', function: { name: 'f', arguments: {} } }, { type: 'function', function: { name: 'g', arguments: {} } }] }]);
    refuses(span(llmetry(QUESTION, { 'role': 'assistant', 'tool_calls.0.id': 'c1' })), /^Message 2 of a\.json \(line 6, column 29\) calls a tool without a "name"; give it one\.$/);
    refuses(span(llmetry(QUESTION, { 'role': 'assistant', 'tool_calls.0.name': 7 })), /calls a tool without a "name"/);
    refuses(span(llmetry({ role: 'user', content: 'q' }, { role: 'critic' })), /^Message 2 .* has the role "critic"/);
    refuses(span(llmetry({ content: 'q' })), /^Message 1 .* has no "role"/);
  });

  it('the first of several answers is read', () => {
    const several = (...answers: string[]) => ({ ...llmetry({ role: 'user', content: 'q' }), ...Object.fromEntries(answers.flatMap((content, i) => [[`gen_ai.completion.${i}.role`, 'assistant'], [`gen_ai.completion.${i}.content`, content]])) });
    assert.deepEqual(reading(span(several('a', 'b'))), ['user', '  text:q', 'assistant', '  text:a']);
    assert.deepEqual(notesOf(several('a', 'b', 'c')), ['The span of a.json holds 3 answers to one prompt; the first one was read.']);
    assert.deepEqual([notesOf(several('a')), notesOf(several())], [[], []]);
    assert.deepEqual(reading(span({ ...inference({ role: 'user', content: 'q' }), 'llm.output_messages.0.message.role': 'assistant', 'llm.output_messages.0.message.content': 'a' })), ['user', '  text:q', 'assistant', '  text:a']);
  });

  it('tools reach the template as functions, from a schema or from their fields', () => {
    const parameters = { type: 'object', properties: { a: { type: 'string' } } };
    const schema = { type: 'function', function: { name: 'f', description: 'd', parameters } };
    const asked = inference({ role: 'user', content: 'q' });
    assert.deepEqual(toolsOf({ ...asked, 'llm.tools.0.tool.json_schema': JSON.stringify(schema), 'llm.tools.1.json_schema': JSON.stringify({ name: 'g', input_schema: parameters }), 'llm.tools.2.name': 'h' }), [schema, { type: 'function', function: { name: 'g', parameters } }]);
    assert.deepEqual(toolsOf({ ...asked, 'llm.request.functions.0.name': 'f', 'llm.request.functions.0.description': 'd', 'llm.request.functions.0.parameters': JSON.stringify(parameters) }), [schema]);
    assert.deepEqual(toolsOf({ ...asked, 'llm.request.functions.0.name': 'g', 'llm.request.functions.0.arguments': JSON.stringify(parameters), 'llm.request.functions.0.description': 7 }), [{ type: 'function', function: { name: 'g', parameters } }]);
    assert.deepEqual(toolsOf({ ...asked, 'llm.request.functions.0.name': 'g' }), [{ type: 'function', function: { name: 'g', parameters: {} } }]);
    assert.equal(toolsOf(asked), undefined);
  });
});

describe('attributes of spans', () => {
  const key = 'gen_ai.input.messages';
  const messages = (content: string) => JSON.stringify([{ role: 'user', parts: [{ type: 'text', content }] }]);
  const listed = (content: string) => [{ key, value: { stringValue: messages(content) } }];

  it('stand in a list of keys and values, or in an object', () => {
    assert.deepEqual(reading(jsonDocument({ attributes: listed('q') })), ['user', '  text:q']);
    assert.deepEqual(reading(jsonDocument({ attributes: [{ key, value: messages('q') }] })), ['user', '  text:q']);
    assert.deepEqual(reading(jsonDocument({ attributes: [{ key: 7, value: 1 }, { key: 'x' }, { key: 'y', value: {} }, 'z', ...listed('q')] })), ['user', '  text:q']);
    assert.deepEqual(reading(jsonDocument({ attributes: { x: 1, [key]: messages('q') } })), ['user', '  text:q']);
    for (const attributes of ['x', 7, null, [], {}, [{ key, value: {} }]]) assert.equal(detectFormat(jsonDocument({ attributes, messages: [{ role: 'user', content: 'q' }] })), 'openai');
  });

  it('a span\'s own go before those of its events, and what is no list of events has none', () => {
    assert.deepEqual(reading(jsonDocument({ attributes: listed('own'), events: [{ attributes: listed('event') }] })), ['user', '  text:own']);
    assert.deepEqual(reading(jsonDocument({ events: [{ name: 'e' }, { attributes: listed('event') }] })), ['user', '  text:event']);
    for (const events of [{}, 'x', null]) assert.deepEqual(reading(jsonDocument({ attributes: listed('own'), events })), ['user', '  text:own']);
  });

  it('spans stand under scopes, today\'s and older ones, or in a list', () => {
    const span = (content: string) => ({ attributes: listed(content) });
    const previews = (value: object) => conversationsIn(jsonDocument(value)).map(({ preview }) => preview);
    assert.deepEqual(previews({ resourceSpans: [{ scopeSpans: [{ spans: [span('a')] }, { scope: {} }], instrumentationLibrarySpans: [{ spans: [span('b')] }] }, { resource: {} }, { scopeSpans: [{ spans: [span('c'), { name: 'GET' }] }] }], spans: [span('d')] }), ['a', 'b', 'c', 'd']);
    assert.deepEqual(previews({ spans: [span('a'), span('b')] }), ['a', 'b']);
    assert.deepEqual(previews({ resourceSpans: {}, spans: 'x' }), []);
  });

  it('numbers have six digits at most and something behind them', () => {
    const read = (attributes: object) => reading(span({ 'gen_ai.prompt.1.role': 'user', 'gen_ai.prompt.1.content': 'q', ...attributes }));
    assert.deepEqual(read({ 'gen_ai.prompt.999999.role': 'assistant', 'gen_ai.prompt.999999.content': 'a' }), ['user', '  text:q', 'assistant', '  text:a']);
    assert.deepEqual(read({ 'gen_ai.prompt.1000000.role': 'assistant', 'gen_ai.prompt.2': 'x', 'gen_ai.prompt.3.': 'x', 'gen_ai.prompt.x.role': 'user', 'gen_ai.prompts.4.role': 'user', 'a.gen_ai.prompt.5.role': 'user', 'gen_ai.prompt.a6.role': 'user' }), ['user', '  text:q']);
  });
});
