import assert from 'node:assert/strict';
import { conversationsIn, detectFormat } from '../../../../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../../../../src/engine/transcript/formats/parseTranscript';
import { extrasOf, generated, plainData } from '../../../../support/jsonTurns';
import { jsonDocument, reading, refuses } from '../../../../support/transcripts/exportFiles';

const QUESTION = { type: 'human', content: 'q' };
const ASKED = ['user', '  text:q'];
const chat = (...messages: unknown[]) => jsonDocument([QUESTION, ...messages]);
const said = (message: object) => reading(chat(message)).slice(2);
const variablesOf = (value: object) => plainData(parseTranscript(jsonDocument(value)).variables);
const previews = (value: unknown) => conversationsIn(jsonDocument(value)).map(({ preview }) => preview);

describe('messages of LangChain', () => {
  it('are told by their class or by their type', () => {
    for (const type of ['ai', 'AIMessage', 'AIMessageChunk', 'aimessage']) assert.deepEqual(said({ type: type === 'aimessage' ? 'AI' : type, content: 'a' }), ['assistant', '  text:a'], type);
    for (const [type, role] of [['system', 'system'], ['developer', 'developer'], ['tool', 'tool'], ['function', 'tool'], ['SystemMessage', 'system'], ['human', 'user']]) assert.deepEqual(said({ type, content: 'x' }), [role, '  text:x'], type);
    for (const [name, role] of [['AIMessage', 'assistant'], ['AIMessageChunk', 'assistant'], ['SystemMessage', 'system'], ['ToolMessage', 'tool'], ['FunctionMessage', 'tool']]) {
      assert.deepEqual(said({ lc: 1, type: 'constructor', id: ['langchain', 'schema', 'messages', name], kwargs: { content: 'x' } }), [role, '  text:x'], name);
    }
    for (const type of ['chat', 'generic', 'ChatMessage']) assert.deepEqual(said({ type, role: 'assistant', content: 'x' }), ['assistant', '  text:x'], type);
    assert.deepEqual(said({ lc: 1, type: 'constructor', id: ['ChatMessage'], kwargs: { role: 'assistant', content: 'x' } }), ['assistant', '  text:x']);
    assert.deepEqual(said({ type: 'ai', data: { content: 'a' } }), ['assistant', '  text:a']);
    refuses(chat({ type: 'chat', content: 'x' }), /^Message 2 of a\.json \(line 6, column 3\) has no "role"; use one of/);
  });

  it('are none by another class, by a type without a content, or by the name of a class that only begins so', () => {
    const other = [{ lc: 1, id: ['langchain', 'Document'], role: 'user', content: 'q' }, { lc: 1, id: ['MessageList'], role: 'user', content: 'q' }, { lc: 1, id: [7], role: 'user', content: 'q' }, { lc: 1, id: 'HumanMessage', role: 'user', content: 'q' }, { id: ['HumanMessage'], role: 'user', content: 'q' }, { lc: 1, role: 'user', content: 'q' }];
    for (const message of other) assert.equal(detectFormat(jsonDocument([message])), 'openai', JSON.stringify(message));
    for (const list of [[{ type: 'human' }], [{ type: 'human', text: 'q' }]]) assert.throws(() => detectFormat(jsonDocument(list)), /a\.json holds no chat/, JSON.stringify(list));
    for (const list of [[{ type: 'critic', content: 'q' }], [QUESTION, { type: 'ai' }], [QUESTION, 'x']]) assert.equal(detectFormat(jsonDocument(list)), 'openai', JSON.stringify(list));
    assert.equal(detectFormat(jsonDocument([{ role: 'user', type: 'human', content: 'q' }])), 'openai');
    assert.equal(detectFormat(jsonDocument({ messages: [QUESTION] })), 'langchain');
    // Tracers write both side by side.
    assert.deepEqual(reading(chat({ role: 'assistant', content: 'a' })), [...ASKED, 'assistant', '  text:a']);
  });

  it('have calls in three places, with ids', () => {
    const call = { tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: { a: 1 } } }] };
    for (const fields of [
      { tool_calls: [{ name: 'f', args: { a: 1 }, id: 'c1', type: 'tool_call' }] }, { tool_calls: [{ name: 'f', arguments: { a: 1 }, id: 'c1' }] },
      { tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a": 1}' } }] },
      { tool_calls: [], additional_kwargs: { tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a": 1}' } }] } },
      { additional_kwargs: { tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a": 1}' } }] } },
    ]) assert.deepEqual(extrasOf(chat({ type: 'ai', content: '', ...fields })), [{}, call], JSON.stringify(fields));
    for (const fields of [{}, { tool_calls: [] }, { tool_calls: null }, { tool_calls: [], additional_kwargs: { tool_calls: [] } }, { additional_kwargs: { tool_calls: null } }, { invalid_tool_calls: [] }, { invalid_tool_calls: null }]) {
      assert.deepEqual(extrasOf(chat({ type: 'ai', content: 'a', ...fields })), [{}, {}], JSON.stringify(fields));
    }
    assert.deepEqual(extrasOf(chat({ type: 'tool', content: 'r', tool_call_id: 'c1', name: 'f', other: 'x' }, { type: 'tool', content: 'r', name: 7 })), [{}, { name: 'f', tool_call_id: 'c1' }, {}]);
    refuses(chat({ type: 'ai', content: '', invalid_tool_calls: [{ name: 'f', args: '{' }] }), /^Message 2 of a\.json \(line 6, column 3\) calls a tool with arguments that are no JSON \("invalid_tool_calls"\); correct them, or take the message out\.$/);
    refuses(chat({ type: 'ai', content: '', tool_calls: [{ args: {} }, 7] }), /^Message 2 .* has a tool call of type number/);
  });

  it('have a content of text, of parts, of JSON or of null', () => {
    assert.deepEqual(said({ type: 'tool', content: { a: [1] } }), ['tool', '  text:{"a":[1]}']);
    const unseen = ['tool_use', 'tool_call', 'function_call', 'input_json_delta', 'redacted_thinking', 'reasoning_encrypted'].map((type) => ({ type, text: 'x' }));
    assert.deepEqual(said({ type: 'ai', content: [{ type: 'text', text: 'a' }, ...unseen, 'b'] }), ['assistant', '  text:a', '  text:b']);
    const isNull = (message: object) => parseTranscript(chat(message, QUESTION)).turns[1].isNull;
    assert.deepEqual([isNull({ type: 'ai', content: null }), isNull({ type: 'ai', content: [] }), isNull({ type: 'ai', content: 'a' })], [true, true, false]);
    assert.deepEqual(said({ lc: 1, type: 'constructor', id: ['AIMessage'], kwargs: {} }), ['assistant']);
    refuses(chat({ type: 'ai', content: [{ type: 'image' }] }), /^Message 2 .* holds a content part of type "image"/);
    refuses(chat({ type: 'ai', content: 7 }), /^Message 2 .* has a content of type number/);
  });

  it('have reasoning beside the text, once', () => {
    const more = { additional_kwargs: { reasoning_content: 'r' } };
    assert.deepEqual(said({ type: 'ai', content: 'a', ...more }), ['assistant', '  reasoning:r', '  text:a']);
    assert.deepEqual(said({ type: 'ai', content: [{ type: 'thinking', thinking: 's' }, { type: 'text', text: 'a' }], ...more }), ['assistant', '  reasoning:s', '  text:a']);
    assert.deepEqual(said({ type: 'ai', content: 'a', additional_kwargs: { reasoning_content: null } }), ['assistant', '  text:a']);
  });

  it('a new one is written as the last one is', () => {
    const written = (message: object) => (JSON.parse(generated(jsonDocument([message]), 'x')) as unknown[])[1];
    assert.deepEqual(written(QUESTION), { type: 'ai', content: 'x' });
    assert.deepEqual(written({ type: 'human', data: { content: 'q' } }), { type: 'ai', data: { content: 'x', type: 'ai' } });
    assert.deepEqual(written({ lc: 1, type: 'constructor', id: ['HumanMessage'], kwargs: { content: 'q' } }), { lc: 1, type: 'constructor', id: ['langchain', 'schema', 'messages', 'AIMessage'], kwargs: { content: 'x', type: 'ai' } });
  });

  it('a list may stand in an object that says what a request does', () => {
    const tools = [{ type: 'function', function: { name: 'f' } }];
    assert.deepEqual(variablesOf({ messages: [QUESTION], tools }), { tools });
    assert.deepEqual(previews([[QUESTION], [{ type: 'human', content: 'o' }]]), ['q', 'o']);
  });
});

describe('runs of LangSmith', () => {
  const run = (inputs: object, outputs?: object, more: object = {}) => ({ id: 'r', inputs, outputs, ...more });
  const messages = [{ role: 'user', content: 'q' }];

  it('stand alone, in a list of runs, or under one another; one with messages stands for those under it', () => {
    const [first, second] = ['a', 'b'].map((content) => run({ messages: [{ role: 'user', content }] }));
    assert.deepEqual(previews({ runs: [first, second] }), ['a', 'b']);
    assert.deepEqual(previews({ child_runs: [first, second] }), ['a', 'b']);
    assert.deepEqual(previews({ name: 'chain', inputs: { topic: 1 }, child_runs: [{ name: 'step', child_runs: [first, { name: 'tool' }] }, second] }), ['a', 'b']);
    assert.deepEqual(previews({ runs: [{ ...first, child_runs: [second] }] }), ['a']);
    assert.deepEqual(reading(jsonDocument({ ...first, child_runs: [second] })), ['user', '  text:a']);
    assert.deepEqual(previews({ runs: {}, child_runs: 'x' }), []);
  });

  it('have their messages under two names, alone or in a batch', () => {
    for (const inputs of [{ messages }, { input: messages }, { messages: [messages] }, { input: [messages] }, { messages: [QUESTION] }, { messages: [[QUESTION]] }]) {
      const document = jsonDocument(run(inputs));
      assert.deepEqual([detectFormat(document), reading(document), parseTranscript(document).notes], ['langchain', ASKED, []], JSON.stringify(inputs));
    }
    const batch = ['a.json', [messages, [{ role: 'user', content: 'o' }], messages]] as const;
    assert.deepEqual(parseTranscript(jsonDocument(run({ messages: batch[1] }))).notes, ['The run of a.json holds a batch of 3 conversations; the first one was read.']);
    assert.deepEqual(parseTranscript(jsonDocument(run({ messages: [...messages, { role: 'assistant', content: 'a' }] }))).notes, []);
    for (const inputs of [{ messages: [] }, { messages: [[]] }, { messages: 'q' }, { topic: 'q' }, { messages: [{ content: 'q' }] }]) assert.deepEqual(previews(run(inputs)), [], JSON.stringify(inputs));
  });

  it('tools reach the template, from the parameters or from the inputs', () => {
    const [tool, other] = ['f', 'g'].map((name) => ({ type: 'function', function: { name, parameters: { type: 'object' } } }));
    const made = { name: 'f', parameters: { type: 'object' } };
    assert.deepEqual(variablesOf(run({ messages }, {}, { extra: { invocation_params: { tools: [tool] } } })), { tools: [tool] });
    assert.deepEqual(variablesOf(run({ messages }, {}, { extra: { invocation_params: { functions: [made] } } })), { tools: [tool] });
    assert.deepEqual(variablesOf(run({ messages, tools: [other] }, {}, { extra: { invocation_params: { tools: [tool] } } })), { tools: [other] });
    for (const params of [{ tools: [] }, { tools: null }, {}]) assert.deepEqual(variablesOf(run({ messages }, {}, { extra: { invocation_params: params } })), {});
  });

  it('a graph\'s answer may be the whole state, or less than was asked', () => {
    const answer = { role: 'assistant', content: 'a' };
    assert.deepEqual(reading(jsonDocument(run({ messages }, { messages: [...messages, answer] }))), [...ASKED, 'assistant', '  text:a']);
    assert.deepEqual(reading(jsonDocument(run({ messages }, { messages }))), ASKED);
    assert.deepEqual(reading(jsonDocument(run({ messages }, { messages: [{ role: 'user', content: 'o' }, answer] }))), [...ASKED, 'user', '  text:o', 'assistant', '  text:a']);
    assert.deepEqual(reading(jsonDocument(run({ messages }, { messages: [{ role: 'assistant', content: 'q' }] }))), [...ASKED, 'assistant', '  text:q']);
    assert.deepEqual(reading(jsonDocument(run({ messages: [...messages, answer, ...messages] }, { messages: [...messages, answer] }))), [...ASKED, 'assistant', '  text:a', ...ASKED, ...ASKED, 'assistant', '  text:a']);
  });
});

describe('answers that were recorded', () => {
  const document = (outputs: unknown) => jsonDocument({ inputs: { messages: [{ role: 'user', content: 'q' }] }, outputs });
  const answer = (outputs: unknown) => reading(document(outputs)).slice(2);
  const notes = (outputs: unknown) => parseTranscript(document(outputs)).notes;

  it('stand in fields, one in another', () => {
    const message = { role: 'assistant', content: 'a' };
    for (const outputs of [
      'a', [message], message, { type: 'ai', content: 'a' }, { lc: 1, id: ['AIMessage'], kwargs: { content: 'a' } }, { messages: [message] }, { output: { messages: [message] } }, { output: { output: 'a' } }, { message }, { message: 'a' },
      { content: 'a' }, { text: 'a' }, { completion: 'a' }, { content: 'a', message: 'no' }, { ...message, message: 'no' }, { choices: [{ message }] }, { choices: [{ text: 'a' }] }, { generations: [[{ message }]] }, { generations: [{ text: 'a', message }] },
      { choices: [], generations: [{ text: 'a' }] },
    ]) assert.deepEqual(answer(outputs), ['assistant', '  text:a'], JSON.stringify(outputs));
    for (const outputs of [null, {}, { output: {} }, { content: null }, { choices: [{}] }, { messages: [] }]) assert.deepEqual([answer(outputs), notes(outputs)], [[], []], JSON.stringify(outputs));
  });

  it('are the first of several, which is told', () => {
    const told = (count: number) => [`a.json holds ${count} answers to one prompt; the first one was read.`];
    assert.deepEqual(notes({ choices: [{ text: 'a' }, { text: 'b' }, { text: 'c' }] }), told(3));
    assert.deepEqual(notes({ generations: [[{ text: 'a' }, { text: 'b' }]] }), told(2));
    assert.deepEqual([notes({ choices: [{ text: 'a' }] }), notes('a'), notes([{ role: 'assistant', content: 'a' }]), notes({ role: 'assistant', content: 'a' })], [[], [], [], []]);
  });

  it('are refused where they are none of these, with the number of their message', () => {
    for (const outputs of [{ verdict: 1 }, { content: 7 }, { content: {} }, { choices: [] }, { generations: {} }]) refuses(document(outputs), /^The answer in a\.json is an object without "content", "messages" or "choices"; give it one of these\.$/);
    for (const outputs of [7, true]) refuses(document(outputs), new RegExp(`^The answer in a\\.json is of type ${typeof outputs}; it must be a text, a message or an object with "content", "messages" or "choices"\\.$`));
    refuses(document({ role: 'critic', content: 'a' }), /^Message 2 of a\.json \(line \d+, column 14\) has the role "critic"/);
    refuses(document([{ role: 'assistant', content: 'a' }, { role: 'critic' }]), /^Message 3 of a\.json/);
    refuses(document({ choices: [{ message: { role: 'critic' } }] }), /^Message 2 of a\.json/);
  });
});

describe('generations of Langfuse', () => {
  const generation = (input: unknown, output?: unknown) => ({ type: 'GENERATION', input, output });
  const read = (input: unknown, output?: unknown) => reading(jsonDocument(generation(input, output)));

  it('are those with an input, among observations or under data', () => {
    const list = [generation('a'), generation(null), { type: 'GENERATION' }, { type: 'SPAN', input: 'x' }, generation('b')];
    for (const value of [{ observations: list }, { data: list }]) assert.deepEqual(previews(value), ['a', 'b']);
    assert.deepEqual([previews({ observations: {} }), previews(generation(null))], [[], []]);
  });

  it('have messages, one message, or a text under one of three names', () => {
    const message = { role: 'user', content: 'q' };
    for (const input of ['q', message, [message], { messages: [message] }, { input: 'q' }, { prompt: 'q' }, { content: 'q' }]) {
      assert.deepEqual(read(input), ASKED, JSON.stringify(input));
      if (typeof input === 'object') assert.deepEqual(read(JSON.stringify(input)), ASKED, JSON.stringify(input));
    }
    assert.deepEqual(read({ system: 'S', messages: [message] }), ['system', '  text:S', ...ASKED]);
    assert.deepEqual(read(JSON.stringify({ system: 'S', messages: [message] })), ['system', '  text:S', ...ASKED]);
    const tools = [{ type: 'function', function: { name: 'f' } }];
    assert.deepEqual([variablesOf(generation({ messages: [message], tools })), variablesOf(generation([message]))], [{ tools }, {}]);
    for (const input of [7, true, {}, { input: 7 }, { messages: {} }]) refuses(jsonDocument(generation(input)), /^The generation of a\.json has an "input" without messages; it must be a list of messages, \{"messages": \[\.\.\.\]\} or a text\.$/);
  });

  it('an answer in a string is looked into where it looks like a message', () => {
    const message = { role: 'assistant', content: 'a' };
    for (const output of ['a', message, [message], { choices: [{ message }] }]) {
      assert.deepEqual(read('q', output), [...ASKED, 'assistant', '  text:a']);
      if (typeof output === 'object') assert.deepEqual(read('q', JSON.stringify(output)), [...ASKED, 'assistant', '  text:a'], JSON.stringify(output));
    }
    assert.deepEqual(read('q', JSON.stringify({ lc: 1, id: ['AIMessage'], kwargs: { content: 'a' } })), [...ASKED, 'assistant', '  text:a']);
    assert.deepEqual(read('q', JSON.stringify({ content: 'a', tool_calls: [] })), [...ASKED, 'assistant', '  text:a']);
    for (const output of ['{"content": "a"}', '["a"]', '[]', '[{"content": "a"}]', '{"role"']) assert.deepEqual(read('q', output), [...ASKED, 'assistant', `  text:${output}`], output);
    assert.deepEqual(read('q'), ASKED);
    refuses(jsonDocument(generation([{ role: 'user', content: 'q' }, { role: 'user', content: 'r' }], { role: 'critic' })), /^Message 3 of a\.json/);
  });
});
