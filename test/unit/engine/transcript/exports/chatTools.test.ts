import assert from 'node:assert/strict';
import { detectFormat } from '../../../../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../../../../src/engine/transcript/formats/parseTranscript';
import { extrasOf, generated } from '../../../../support/jsonTurns';
import { exportFile, jsonDocument, reading, refuses } from '../../../../support/transcripts/exportFiles';

describe('UI messages of the AI SDK', () => {
  it('are read with steps, reasoning, tools and their answers', () => {
    assert.deepEqual(reading(exportFile('ui-messages.json')), [
      'system', '  text:You mind the stock of a lamp shop.',
      'user', '  text:How many "Oslo" lamps are left?\nAnd when do more come?',
      'assistant', '  reasoning:I need the stock first.', '  text:Let me look.', '  calls:stockLevel({"item":"oslo lamp","warehouses":["north","söder"]})',
      'tool', '  text:{"left":7,"next delivery":"Friday 🚚"}',
      'assistant', '  text:Seven are left; ', '  text:more come on Friday.']);
  });

  it('are read as version 4 wrote them', () => {
    assert.deepEqual(reading(exportFile('ui-messages-v4.json')), [
      'user', '  text:Is it cold in Bergen?',
      'assistant', '  reasoning:Ask the weather tool.', '  calls:weather({"city":"Bergen"})', 'tool', '  text:2 °C, rain',
      'assistant', '  text:Two degrees, and it rains.', 'user', '  text:And in Rome?']);
  });

  const message = (...parts: unknown[]) => jsonDocument([{ id: 'a', role: 'user', parts: [{ type: 'text', text: 'q' }] }, { id: 'b', role: 'assistant', parts }]);

  it('a failed tool answers with its error, a dynamic one has its name in a field, and a call may wait for its answer', () => {
    assert.deepEqual(reading(message({ type: 'tool-f', toolCallId: '1', state: 'output-error', input: {}, errorText: 'No such "lamp".' }, { type: 'text', text: 'Sorry.' })),
      ['user', '  text:q', 'assistant', '  calls:f({})', 'tool', '  text:No such "lamp".', 'assistant', '  text:Sorry.']);
    assert.deepEqual(reading(message({ type: 'dynamic-tool', toolName: 'g', toolCallId: '2', state: 'input-available', input: { a: [1.5, null] } })), ['user', '  text:q', 'assistant', '  calls:g({"a":["1.5","null"]})']);
  });

  it('an answer that is no text is the JSON that JavaScript writes', () => {
    const text = '[{"role":"user","parts":[{"type":"text","text":"q"}]},{"role":"assistant","parts":[{"type":"tool-f","state":"output-available","input":{},"output":{ "a" : [ 1 , -0.5, true ], "\\u00e9\\n": "\\ud83d\\ude42" , "c": {} }}]}]';
    assert.equal(reading({ name: 'a.json', text }).at(-1), '  text:{"a":[1,-0.5,true],"é\\n":"🙂","c":{}}');
  });

  it('an empty reasoning is none, and parts of the assistant\'s text go on from one another', () => {
    const document = message({ type: 'reasoning', text: '' }, { type: 'text', text: '<think>\nr' }, { type: 'text', text: '</think>\n' }, { type: 'text', text: 'a' }, { type: 'data-time', data: 1 });
    assert.deepEqual(reading(document), ['user', '  text:q', 'assistant', '  reasoning:r', '  text:a']);
  });

  const said = (...parts: unknown[]) => reading(message(...parts)).slice(2);

  it('are told by a role and parts with a type', () => {
    const part = { type: 'text', text: 'q' };
    for (const value of [[{ role: 'user', parts: [part] }], { messages: [{ role: 'user', content: 'x' }, { role: 'user', parts: [part] }] }, [{ role: 'user', parts: [{}, part] }]]) assert.equal(detectFormat(jsonDocument(value)), 'ui-messages', JSON.stringify(value));
    for (const value of [[{ role: 'user', content: 'q', parts: [] }], [{ role: 'user', content: 'q', parts: [{ text: 'q' }] }], [{ role: 'user', content: 'q', parts: { type: 'text' } }], [{ role: 'user', content: 'q' }, { content: 'q', parts: [part] }]]) {
      assert.notEqual(detectFormat(jsonDocument(value)), 'ui-messages', JSON.stringify(value));
    }
  });

  it('without parts are their content, and a request\'s system and tools go with them', () => {
    const tools = [{ type: 'function', function: { name: 'f' } }];
    const document = jsonDocument({ system: 'S', tools, messages: [{ role: 'user', content: 'q' }, { role: 'assistant', parts: [{ type: 'text', text: 'a' }] }] });
    assert.deepEqual(reading(document), ['system', '  text:S', 'user', '  text:q', 'assistant', '  text:a']);
    assert.deepEqual((parseTranscript(document).variables!.tools as Map<string, unknown>[]).map((tool) => tool.get('type')), ['function']);
  });

  it('steps are messages, tools answer behind the text that calls them, and text behind calls is a new message', () => {
    const tool = (id: string, more: object = { output: 'r' }) => ({ type: 'tool-f', toolCallId: id, input: { a: id }, ...more });
    assert.deepEqual(said({ type: 'step-start' }, { type: 'text', text: 'a' }, { type: 'step-start' }, { type: 'text', text: 'b' }), ['assistant', '  text:a', 'assistant', '  text:b']);
    assert.deepEqual(said({ type: 'text', text: 'a' }, tool('1'), tool('2', {}), { type: 'text', text: 'b' }), ['assistant', '  text:a', '  calls:f({"a":"1"}) f({"a":"2"})', 'tool', '  text:r', 'assistant', '  text:b']);
    assert.deepEqual(said(tool('1'), { type: 'reasoning', text: 'h' }, tool('2')), ['assistant', '  reasoning:h', '  calls:f({"a":"1"}) f({"a":"2"})', 'tool', '  text:r', 'tool', '  text:r']);
    assert.deepEqual(said({ type: 'step-start' }), ['assistant']);
    assert.deepEqual(said(), ['assistant']);
    for (const type of ['source-url', 'source-document', 'source', 'data-weather']) assert.deepEqual(said({ type }, { type: 'text', text: 'a' }), ['assistant', '  text:a'], type);
    for (const type of ['sources', 'a-source', 'metadata-x', 'image']) refuses(message({ type }), new RegExp(`^Message 2 .* holds a content part of type "${type}"`));
  });

  it('the assistant\'s texts go on from one another, a user\'s have a line each', () => {
    const literal = (role: string) => parseTranscript(jsonDocument([{ role: 'user', parts: [{ type: 'text', text: 'q' }] }, { role, parts: [{ type: 'text', text: 'a' }, { type: 'text', text: 'b' }] }])).turns[1].content.map(({ source }) => source.text).join('');
    assert.deepEqual([literal('assistant'), literal('user')], ['ab', 'a\nb']);
  });

  it('calls and answers of tools have ids and names', () => {
    const call = (more: object) => extrasOf(message(more)).slice(1);
    const calls = (more: object) => ({ tool_calls: [{ ...more, type: 'function', function: { name: 'f', arguments: { a: 1 } } }] });
    for (const args of [{ input: { a: 1 } }, { args: { a: 1 } }, { rawInput: { a: 1 } }]) assert.deepEqual(call({ type: 'tool-f', toolCallId: 'c', ...args }), [calls({ id: 'c' })]);
    assert.deepEqual(call({ type: 'tool-f', input: { a: 1 }, output: 'r' }), [calls({}), { name: 'f' }]);
    for (const output of [{ output: 'r' }, { result: 'r' }, { errorText: 'r' }]) {
      assert.deepEqual(call({ type: 'tool-f', toolCallId: 'c', input: { a: 1 }, ...output }), [calls({ id: 'c' }), { tool_call_id: 'c', name: 'f' }]);
      assert.deepEqual(said({ type: 'tool-f', input: { a: 1 }, ...output }).slice(-2), ['tool', '  text:r']);
    }
    assert.deepEqual(call({ type: 'tool-invocation', toolInvocation: { toolName: 'f', toolCallId: 'c', args: { a: 1 }, result: 'r' } }), [calls({ id: 'c' }), { tool_call_id: 'c', name: 'f' }]);
    assert.deepEqual(call({ type: 'tool-x', toolName: 'f', input: { a: 1 } }), [calls({})]);
    for (const part of [{ type: 'tool-invocation' }, { type: 'tool-invocation', toolInvocation: {} }, { type: 'dynamic-tool' }, { type: 'dynamic-tool', toolName: 7 }]) refuses(message(part), /^Message 2 of a\.json \(line 12, column 3\) holds a tool part without a name; give it a "toolName"\.$/);
  });

  it('a new message has an id like no other, where messages have one', () => {
    const ids = (...given: (string | undefined)[]) => (JSON.parse(generated(jsonDocument(given.map((id) => ({ id, role: 'user', parts: [{ type: 'text', text: 'q' }] }))), 'x')) as { id?: string }[]).at(-1)!.id;
    assert.deepEqual([ids(undefined), ids('a'), ids('a', undefined), ids('msg-3', 'b'), ids('msg-3', 'msg-4', 'msg-5')], [undefined, 'msg-2', 'msg-3', 'msg-4', 'msg-6']);
  });

  it('refuse what is no text, and say where', () => {
    refuses(message({ type: 'reasoning' }), /^Message 2 .* holds a part of type "reasoning" without a "text"; give it one\.$/);
    assert.deepEqual(said({ type: 'reasoning', reasoning: 'r' }), ['assistant', '  reasoning:r']);
    refuses(jsonDocument([{ role: 'user', parts: [{ type: 'text', text: 'q' }] }, { role: 7, parts: [] }]), /^Message 2 .* has the role 7; use one of/);
    refuses(jsonDocument([{ role: 'user', parts: [{ type: 'text', text: 'q' }] }, { parts: [] }]), /^Message 2 .* has no "role"; use one of/);
    refuses(message({ type: 'file', mediaType: 'image/png', url: 'data:' }), /^Message 2 of a\.json \(line 12, column 3\) holds a content part of type "file"; only text can be traced: take that part out\.$/);
    refuses(message({ text: 'x' }), /^Message 2 .* holds a part without a "type"/);
    refuses(message({ type: 'text' }), /^Message 2 .* holds a part of type "text" without a "text"/);
    refuses(message({ type: 'dynamic-tool', input: {} }), /^Message 2 .* holds a tool part without a name/);
    refuses(message({ type: 'tool-f', state: 'output-denied', input: {} }), /was not allowed/);
    refuses(jsonDocument([{ role: 'critic', parts: [{ type: 'text', text: 'q' }] }]), /^Message 1 .* has the role "critic"; use one of/);
  });
});

describe('conversations of LM Studio', () => {
  it('are read in the chosen versions, thinking as reasoning, tools with their answers', () => {
    assert.deepEqual(reading(exportFile('lm-studio.conversation.json')), [
      'system', '  text:Answer in one sentence.', 'user', '  text:Which lamp is the brightest, A or B?',
      'assistant', '  reasoning:A has 800 lumens,', '  reasoning: B 400.', '  text:A is the ', '  text:brightest.',
      'user', '  text:Look up its price.', 'assistant', '  calls:price({"lamp":"A"})', 'tool', '  text:49 euros',
      'assistant', '  reasoning:It costs 49, so say so.', '  text:It costs ', '  text:49 euros.']);
  });

  const conversation = (version: object, more: object = {}) => jsonDocument({ ...more, messages: [{ versions: [{ type: 'singleStep', role: 'user', content: [{ type: 'text', text: 'q' }] }], currentlySelected: 0 }, { versions: [version], currentlySelected: 0 }] });
  const steps = (...blocks: object[]) => ({ type: 'multiStep', role: 'assistant', steps: blocks.map((block) => ({ type: 'contentBlock', ...block })) });
  const text = (value: string) => [{ type: 'text', text: value }];

  it('take the system prompt from the chat\'s settings, and what was attached as it was given to the model', () => {
    const settings = { systemPrompt: '', perChatPredictionConfig: { fields: [{ key: 'llm.prediction.systemPrompt', value: 'Be brief.' }] } };
    assert.deepEqual(reading(conversation(steps({ content: text('a') }), settings)), ['system', '  text:Be brief.', 'user', '  text:q', 'assistant', '  text:a']);
    const attached = { type: 'singleStep', role: 'user', content: [{ type: 'text', text: 'sum up' }, { type: 'file' }], preprocessed: { role: 'user', content: text('This is the file: x. sum up') } };
    assert.deepEqual(reading(conversation(attached)), ['user', '  text:q', 'user', '  text:This is the file: x. sum up']);
  });

  it('thinking with marks that are no tags is reasoning, too', () => {
    assert.deepEqual(reading(conversation(steps({ content: text('r'), style: { type: 'thinking' }, prefix: '<|channel|>analysis', suffix: '<|end|>' }, { content: text('a') }))), ['user', '  text:q', 'assistant', '  reasoning:r', '  text:a']);
  });

  const said = (...blocks: object[]) => reading(conversation(steps(...blocks))).slice(2);

  it('are told by a message in versions', () => {
    const version = { versions: [{ type: 'singleStep', role: 'user', content: text('q') }] };
    assert.equal(detectFormat(jsonDocument({ messages: [version] })), 'lm-studio');
    for (const messages of [[{ role: 'user', content: 'q' }], [{ role: 'user', content: 'q', versions: {} }]]) assert.equal(detectFormat(jsonDocument({ messages })), 'openai');
    // The first version is the one where none is chosen.
    assert.deepEqual(reading(jsonDocument({ messages: [version] })), ['user', '  text:q']);
  });

  it('the system prompt beside the messages goes before that of the settings, and an empty one is none', () => {
    const settings = (key: string, value: unknown) => ({ perChatPredictionConfig: { fields: [{ key: 'x', value: 'no' }, { key, value }] } });
    const system = (more: object) => reading(conversation(steps({ content: text('a') }), more)).slice(0, -4);
    assert.deepEqual(system({ systemPrompt: 'S', ...settings('llm.prediction.systemPrompt', 'T') }), ['system', '  text:S']);
    assert.deepEqual(system(settings('llm.prediction.systemPrompt', 'T')), ['system', '  text:T']);
    for (const more of [{}, { systemPrompt: '' }, { systemPrompt: 7 }, settings('llm.prediction.systemPrompt', ''), settings('llm.prediction.temperature', 'T'), settings('llm.prediction.systemPrompt', {}), { perChatPredictionConfig: {} }]) assert.deepEqual(system(more), [], JSON.stringify(more));
  });

  it('texts of blocks go on from one another, an answer of a tool ends a message, and calls have ids', () => {
    const request = (id: string, more: object = {}) => ({ type: 'toolCallRequest', name: 'f', toolCallRequestId: id, parameters: { a: 1 }, ...more });
    const result = (id: string | undefined, content: unknown = 'r') => ({ type: 'toolCallResult', toolCallRequestId: id, content });
    const document = conversation(steps({ content: [...text('a'), ...text('b'), request('1'), request('2', { parameters: undefined, arguments: { b: 2 } })] }, { content: [result('1'), result(undefined, { c: 3 })] }, { content: text('d') }));
    assert.deepEqual(reading(document).slice(2), ['assistant', '  text:a', '  text:b', '  calls:f({"a":"1"}) f({"b":"2"})', 'tool', '  text:r', 'tool', '  text:{"c":3}', 'assistant', '  text:d']);
    const call = (id: string, args: object) => ({ id, type: 'function', function: { name: 'f', arguments: args } });
    assert.deepEqual(extrasOf(document), [{}, { tool_calls: [call('1', { a: 1 }), call('2', { b: 2 })] }, { tool_call_id: '1' }, {}, {}]);
    assert.equal(parseTranscript(document).turns[1].content.map(({ source }) => source.text).join(''), 'ab');
    assert.deepEqual(said({ content: [request('1'), ...text('a')] }), ['assistant', '  calls:f({"a":"1"})', 'assistant', '  text:a']);
    assert.deepEqual(said({ content: [request('1')] }, { content: [{ type: 'toolCallResult' }] }), ['assistant', '  calls:f({"a":"1"})']);
    refuses(conversation(steps({ content: [{ type: 'toolCallRequest', parameters: {} }] })), /^Message 2 .* calls a tool without a "name"; give it one\.$/);
  });

  it('a message without blocks is an empty one, and steps of other kinds say nothing', () => {
    assert.deepEqual([said(), said({ type: 'status', content: text('x') }), said({ content: [] }), said({})], [['assistant'], ['assistant'], ['assistant'], ['assistant']]);
    assert.deepEqual(reading(conversation({ type: 'multiStep', role: 'assistant' })).slice(2), ['assistant']);
    assert.deepEqual(reading(conversation({ type: 'singleStep', role: 'assistant' })).slice(2), ['assistant']);
  });

  it('only the last answer keeps its tags and the blocks that the model was not shown', () => {
    const blocks = steps({ content: text('r'), style: { type: 'thinking' }, prefix: '<think>', suffix: '</think>', shouldIncludeInContext: false }, { content: text('a') });
    const literal = (document: ReturnType<typeof conversation>, turn: number) => parseTranscript(document).turns[turn].content.map(({ kind, source }) => `${kind}:${source.text}`);
    assert.deepEqual(literal(conversation(blocks), 1), ['markup:<think>', 'reasoning:r', 'markup:</think>', 'text:a']);
    const before = (version: object) => jsonDocument({ messages: [version, { type: 'singleStep', role: 'user', content: text('q') }].map((own) => ({ versions: [own], currentlySelected: 0 })) });
    assert.deepEqual(reading(before(blocks)), ['assistant', '  text:a', 'user', '  text:q']);
    const shown = steps({ content: text('r'), style: { type: 'thinking' }, prefix: '<think>', suffix: '</think>', shouldIncludeInContext: true }, { content: text('a') });
    assert.deepEqual(reading(before(shown)), ['assistant', '  reasoning:r', '  text:a', 'user', '  text:q']);
    // Tags that are others, or that stand around a text, are none of the answer's.
    assert.deepEqual(literal(conversation(steps({ content: text('r'), style: { type: 'thinking' }, prefix: ' <thinking>\n', suffix: '</thinking>' })), 1), ['markup: ', 'markup:<thinking>', 'markup:\n', 'reasoning:r', 'markup:</thinking>']);
    assert.deepEqual(literal(conversation(steps({ content: text('r'), style: { type: 'thinking' }, prefix: '[THINK]' })), 1), ['markup:[THINK]', 'reasoning:r']);
    for (const prefix of ['x<think>', '<think>x', undefined, 7]) assert.deepEqual(said({ content: text('r'), style: { type: 'thinking' }, prefix }, { content: text('a') }), ['assistant', '  reasoning:r', '  text:a'], String(prefix));
    assert.deepEqual(said({ content: text('a'), prefix: '<think>', suffix: '</think>' }), ['assistant', '  text:a']);
    assert.deepEqual(said({ content: text('r'), style: { type: 'thinking' }, prefix: '<think>' }), ['assistant', '  reasoning:r']);
  });

  it('a new message is a version of one step, numbered like the message', () => {
    const document = jsonDocument({ messages: [{ versions: [{ type: 'singleStep', role: 'user', content: text('q') }], currentlySelected: 0 }] });
    assert.deepEqual((JSON.parse(generated(document, 'x')) as { messages: unknown[] }).messages[1], {
      versions: [{ type: 'multiStep', role: 'assistant', senderInfo: { senderName: 'FlashTrace' }, steps: [{ type: 'contentBlock', stepIdentifier: 'flashtrace-2', content: [{ type: 'text', text: 'x' }] }] }],
      currentlySelected: 0,
    });
  });

  it('refuse attachments and versions that are not there', () => {
    for (const part of [{ type: 'file' }, { type: 'text', text: 7 }, { type: 'image', text: 'x' }]) refuses(conversation({ type: 'singleStep', role: 'user', content: [part] }), new RegExp(`^Message 2 .* holds a content part of type "${part.type}"`));
    refuses(conversation({ type: 'singleStep', role: 'user', content: ['x'] }), /holds a content part of type "string"/);
    refuses(conversation({ type: 'singleStep', role: 'critic', content: [] }), /^Message 2 .* has the role "critic"/);
    for (const currentlySelected of [-1, '0']) refuses(jsonDocument({ messages: [{ versions: [{ type: 'singleStep', role: 'user', content: text('q') }], currentlySelected }] }), new RegExp(`^Message 1 .* has no version ${JSON.stringify(currentlySelected)} `));
    refuses(conversation(steps({ content: [{ type: 'image' }] })), /^Message 2 of a\.json \(line 18, column 5\) holds a content part of type "image"/);
    const document = conversation(steps({ content: text('a') }));
    refuses({ ...document, text: document.text.replace('"currentlySelected": 0', '"currentlySelected": 3') }, /^Message 1 .* has no version 3 \("currentlySelected", from 0 on\); choose one that is there\.$/);
  });
});
