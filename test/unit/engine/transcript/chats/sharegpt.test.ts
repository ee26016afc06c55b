import assert from 'node:assert/strict';
import { parseTranscript } from '../../../../../src/engine/transcript/formats/parseTranscript';
import { extrasOf, generated, jsonDocument, plainData, refuses, turnsOf } from '../../../../support/jsonTurns';
import { CONVERSATION, STOCK } from '../../../../support/transcripts/chatSamples';

const TURNS = [
  'system', '  text:You keep the books.', 'user', '  text:How many desk lamps are left?',
  'assistant', '  text:stock_level', '  text:item', '  text:desk "lamp"', '  text:stock_level', '  text:item', '  text:wall lamp',
  'tool', '  text:{"left": 7}', 'tool', '  text:none', 'assistant', '  text:orders', 'tool', '  text:12 on Monday',
  'assistant', '  reasoning:Seven.', '  text:Seven "desk" lamps.', 'user', '  text:Thanks.', 'user', '  text:And wall lamps?',
];

describe('ShareGPT', () => {
  it('is turns, with calls of tools and the tools themselves as JSON in strings', () => {
    const document = jsonDocument(CONVERSATION, 2);
    assert.deepEqual(turnsOf(document), TURNS);
    const { format, variables } = parseTranscript(document);
    assert.equal(format, 'sharegpt');
    assert.deepEqual(plainData(variables), { tools: [{ type: 'function', function: STOCK }] });
    const call = (name: string, args: object) => ({ type: 'function', function: { name, arguments: args } });
    assert.deepEqual(extrasOf(document)[2], { tool_calls: [call('stock_level', { item: 'desk "lamp"' }), call('stock_level', { item: 'wall lamp' })] });
    assert.deepEqual(extrasOf(document)[5], { tool_calls: [call('orders', {})] });
  });

  it('knows who speaks by all their names', () => {
    const names = {
      system: ['system', 'System'], user: ['human', 'user', 'Human'], assistant: ['gpt', 'chatgpt', 'bing', 'bard', 'assistant', 'model', 'GPT'],
      tool: ['observation', 'tool', 'function_response', 'tool_response', 'function'],
    };
    for (const [role, all] of Object.entries(names)) {
      for (const from of all) assert.deepEqual(turnsOf(jsonDocument([{ from: 'human', value: 'Q' }, { from, value: 'x' }])).slice(2), [role, '  text:x'], from);
    }
    for (const from of ['function_call', 'tool_call', 'Tool_Call']) assert.deepEqual(turnsOf(jsonDocument([{ from: 'human', value: 'Q' }, { from, value: '{"name":"f","arguments":{}}' }])).slice(2), ['assistant', '  text:f'], from);
  });

  it('has a value that is missing or null as templates know it, but for an answer at the end', () => {
    const nulls = parseTranscript(jsonDocument([{ from: 'human', value: null }, { from: 'gpt' }, { from: 'human', value: '' }, { from: 'human', value: 'Q' }, { from: 'gpt', value: null }])).turns.map(({ isNull }) => isNull ?? false);
    assert.deepEqual(nulls, [true, true, false, false, false]);
  });

  it('comes as a list, in other fields, and several in a file', () => {
    const list = [{ from: 'human', value: 'Q' }, { from: 'gpt', value: 'A', weight: 1 }];
    const turns = ['user', '  text:Q', 'assistant', '  text:A'];
    for (const value of [list, [{ conversations: list }], { conversation: list }, { messages: list }, { id: 'x', items: list }, { system: '', tools: '', conversations: list }]) assert.deepEqual(turnsOf(jsonDocument(value)), turns);
    const two = jsonDocument([{ conversations: list }, { conversations: [{ from: 'human', value: 'Which one?' }] }]);
    refuses(two, /^a\.json holds 2 conversations; choose one of them/);
    assert.deepEqual(turnsOf({ ...two, conversation: 1 }), ['user', '  text:Which one?']);
    const lines = { name: 'a.jsonl', text: `${JSON.stringify({ conversations: list })}\n${JSON.stringify(CONVERSATION)}\n` };
    assert.deepEqual(turnsOf({ ...lines, conversation: 1 }), TURNS);
  });

  it('takes a generation, laid out as the file is', () => {
    for (const indent of [undefined, 2, '\t']) {
      for (const value of [CONVERSATION, [CONVERSATION], CONVERSATION.conversations]) {
        const document = jsonDocument(value, indent);
        for (const text of ['Twelve.', 'It is "12",\n\tC:\\ 💡']) {
          const after = { ...document, text: generated(document, text) };
          assert.equal(after.text, JSON.stringify(JSON.parse(after.text), null, indent));
          assert.deepEqual(turnsOf(after), [...turnsOf(document), 'assistant', `  text:${text}`]);
        }
      }
    }
  });

  it('says what is wrong, and where', () => {
    const turn = (value: object) => jsonDocument([{ from: 'human', value: 'Q' }, value], 1);
    refuses(turn({ from: 'critic', value: 'x' }), /^Message 2 of a\.json \(line 6, column 2\) has the role "critic"; use one of/);
    refuses(turn({ value: 'x' }), /has no "from"; use one of/);
    refuses(turn({ from: 'function_call', value: 'f(1)' }), /^Message 2 of .* calls tools by a text that is no JSON \("f\(1\)"\); correct it\.$/);
    refuses(turn({ from: 'function_call', value: '{"arguments": {}}' }), /calls a tool without a "name"/);
    refuses(turn({ from: 'tool_call' }), /is a tool_call without a "value" of JSON text; give it one\.$/);
    refuses(turn({ from: 'gpt', value: { text: 'x' } }), /has a content of type object/);
    refuses(jsonDocument({ ...CONVERSATION, system: [{ type: 'image' }] }), /^The "system" of a\.json holds a content part of type "image"/);
    refuses(jsonDocument({ conversations: { from: 'human', value: 'Q' } }), /^a\.json holds no chat/);
    refuses(jsonDocument({ ...CONVERSATION, tools: 'stock_level' }), /^"tools" of a\.json is no list; it must be one/);
  });
});
