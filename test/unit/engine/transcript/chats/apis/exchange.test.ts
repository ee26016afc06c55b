import assert from 'node:assert/strict';
import { parseTranscript } from '../../../../../../src/engine/transcript/formats/parseTranscript';
import { extrasOf, jsonDocument, plainData, refuses, turnsOf } from '../../../../../support/jsonTurns';
import { EXCHANGE } from '../../../../../support/transcripts/apiSamples';

const messages = [{ role: 'user', content: 'How many lamps?' }];
const answer = { role: 'assistant', content: 'Seven.' };
const choices = [{ index: 0, message: answer }];
const SIMPLE = ['user', '  text:How many lamps?', 'assistant', '  text:Seven.'];

describe('logs of OpenAI\'s chat completions', () => {
  it('hold the turns of the request and the first answer', () => {
    const document = jsonDocument(EXCHANGE, 2);
    assert.deepEqual(turnsOf(document), [
      'system', '  text:You keep the books of a lamp shop.\nAnswer "briefly".',
      'user', '  text:How many desk lamps are left?', '  text:And wall lamps? 💡',
      'assistant', '  reasoning:Two items: I ask twice.', '  text:stock_level', '  text:item', '  text:desk lamp', '  text:depot', '  text:Nörd', '  text:stock_level', '  text:item', '  text:wall lamp',
      'tool', '  text:{"left": 7}', 'tool', '  text:none',
      'assistant', '  text:I look at the orders.', '  text:orders',
      'tool', '  text:12 wall lamps on Monday',
      'assistant', '  reasoning:Seven, none, twelve.', '  text:Seven desk lamps; wall lamps come on Monday.',
    ]);
    const { format, notes, variables } = parseTranscript(document);
    assert.equal(format, 'exchange');
    assert.deepEqual(notes, ['The response holds 2 choices; the first one is read.']);
    assert.deepEqual(plainData(variables), { tools: EXCHANGE.request.body.tools });
    assert.deepEqual(extrasOf(document)[5], { tool_calls: [{ id: 'call_3', type: 'function', function: { name: 'orders', arguments: {} } }] });
  });

  for (const [what, log] of Object.entries<object>({
    'side by side': { request: { messages }, response: { choices } },
    'with bodies': { request: { url: '/', body: { messages } }, response: { status: 200, body: { choices } } },
    'in one object': { model: 'm', messages, choices },
    'the response beside the messages': { id: 'x', messages, response: { choices }, cost: 0.1 },
    'named as bodies': { request_body: { messages }, response_body: { choices } },
    'in other letters': { requestBody: { messages }, responseBody: { choices } },
    'an answer without its role': { messages, choices: [{ message: { content: 'Seven.' } }] },
    'an answer without choices': { request: { messages }, response: { id: 'x', finish_reason: 'COMPLETE', message: { role: 'assistant', content: [{ type: 'text', text: 'Seven.' }] } } },
    'a batch line with its answer': { custom_id: 'a', body: { messages }, response: { status_code: 200, body: { choices } } },
  })) {
    it(`are read ${what}`, () => {
      for (const indent of [undefined, 1, '\t']) assert.deepEqual(turnsOf(jsonDocument(log, indent)), SIMPLE);
      assert.equal(parseTranscript(jsonDocument(log)).format, 'exchange');
    });
  }

  it('are read line by line', () => {
    const text = [1, 2].map((n) => JSON.stringify({ custom_id: String(n), body: { messages: [{ role: 'user', content: `Question ${n}` }] } })).join('\n');
    assert.deepEqual(turnsOf({ name: 'a.jsonl', text, conversation: 1 }), ['user', '  text:Question 2']);
    refuses({ name: 'a.jsonl', text }, /^a\.jsonl holds 2 conversations; choose/);
  });

  it('take tools from where LiteLLM keeps them', () => {
    assert.deepEqual(plainData(parseTranscript(jsonDocument({ messages, response: { choices }, model_parameters: { tools: EXCHANGE.request.body.tools } })).variables), { tools: EXCHANGE.request.body.tools });
  });

  it('take tools from a request\'s parameters by their other name', () => {
    assert.deepEqual(plainData(parseTranscript(jsonDocument({ messages, response: { choices }, optional_params: { tools: EXCHANGE.request.body.tools } })).variables), { tools: EXCHANGE.request.body.tools });
  });

  it('are answered by an assistant alone', () => {
    refuses(jsonDocument({ messages, choices: [{ message: { ...answer, role: 'critic' } }] }), /^Message 2 of .* has the role "critic"/);
    const goesOn = (asked: object[]) => turnsOf(jsonDocument({ request: { messages: asked, continue_final_message: true }, response: { choices } }));
    assert.deepEqual(goesOn(messages), SIMPLE);
    assert.throws(() => goesOn([]), /^TranscriptError: a\.json has no prompt/);
    assert.deepEqual(goesOn([{ role: 'system', content: 'S' }, ...messages, { role: 'assistant', content: 'So: ' }]), ['system', '  text:S', ...SIMPLE.slice(0, 3), '  text:So: ', '  text:Seven.']);
  });

  it('go on with a begun answer where the request says so', () => {
    const begun = [...messages, { role: 'assistant', content: 'There are ' }];
    const goes = { request: { messages: begun, continue_final_message: true }, response: { choices: [{ message: { role: 'assistant', content: 'seven.' } }] } };
    const { turns } = parseTranscript(jsonDocument(goes));
    assert.deepEqual(turns.at(-1)!.content.map(({ source }) => source.text), ['There are ', 'seven.']);
    assert.deepEqual(turnsOf(jsonDocument({ request: { messages: begun }, response: goes.response })).slice(2), ['assistant', '  text:There are ', 'assistant', '  text:seven.']);
  });

  it('may hold an error and no answer', () => {
    const document = jsonDocument({ request: { messages }, response: { error: { message: 'overloaded' } } });
    assert.deepEqual(turnsOf(document), SIMPLE.slice(0, 2));
    assert.deepEqual(parseTranscript(document).notes, ['The response is an error and holds no answer.']);
  });

  it('say that an answer of another form is not read', () => {
    assert.deepEqual(parseTranscript(jsonDocument({ request: { messages }, response: { text: 'Seven.' } })).notes, ['The response holds no "choices", so that no answer is read.']);
    assert.deepEqual(parseTranscript(jsonDocument({ custom_id: 'a', body: { messages } })).notes, []);
  });

  it('hand the effort of reasoning to the template', () => {
    assert.deepEqual(parseTranscript(jsonDocument({ messages, reasoning_effort: 'high', choices })).variables, { reasoning_effort: 'high' });
  });

  it('are refused where nothing is asked', () => {
    refuses(jsonDocument({ id: 'x', object: 'chat.completion', choices }), /^a\.json holds a response and not what it answers, so that there is no prompt; add the request's "messages" beside it\.$/);
    refuses(jsonDocument({ id: 'batch_req', custom_id: 'a', response: { status_code: 200, body: { choices } }, error: null }), /^a\.json holds a response and not what it answers/);
    refuses(jsonDocument({ messages, choices: [{ index: 0 }] }, 1), /^Message 2 of a\.json \(line 9, column 3\) is a choice without a "message"/);
    refuses(jsonDocument({ messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: {} }] }], choices }, 1), /^Message 1 of a\.json \(line 3, column 3\) holds a content part of type "input_audio"/);
    refuses(jsonDocument({ messages, choices: [{ message: { role: 'assistant', content: null, audio: { id: 'audio_1', transcript: 'Seven.' } } }] }), /^Message 2 of .* holds a content part of type "audio"; only text/);
    refuses(jsonDocument({ messages: [{ role: 'critic', content: 'x' }], choices }), /has the role "critic"; use one of/);
  });
});
