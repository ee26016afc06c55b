import assert from 'node:assert/strict';
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

  it('refuse what is no text, and say where', () => {
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

  it('refuse attachments and versions that are not there', () => {
    refuses(conversation(steps({ content: [{ type: 'image' }] })), /^Message 2 of a\.json \(line 18, column 5\) holds a content part of type "image"/);
    const document = conversation(steps({ content: text('a') }));
    refuses({ ...document, text: document.text.replace('"currentlySelected": 0', '"currentlySelected": 3') }, /^Message 1 .* has no version 3 \("currentlySelected", from 0 on\); choose one that is there\.$/);
  });
});
