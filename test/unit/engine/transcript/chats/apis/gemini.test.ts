import assert from 'node:assert/strict';
import { parseTranscript } from '../../../../../../src/engine/transcript/formats/parseTranscript';
import { extrasOf, jsonDocument, plainData, refuses, turnsOf } from '../../../../../support/jsonTurns';
import { GEMINI } from '../../../../../support/transcripts/apiSamples';

const said = (role: string, ...parts: object[]) => ({ role, parts });

describe('Gemini\'s generateContent', () => {
  it('are turns: responses of functions are the tool\'s, as JSON text without white space', () => {
    const document = jsonDocument(GEMINI, 2);
    assert.deepEqual(turnsOf(document), [
      'system', '  text:You keep the books ', '  text:of a lamp shop.',
      'user', '  text:How many desk lamps are left?',
      'assistant', '  reasoning:Two items: I ask twice.', '  text:I look.', '  text:stock_level', '  text:item', '  text:desk lamp', '  text:depot', '  text:Nörd', '  text:stock_level', '  text:item', '  text:wall lamp',
      'tool', '  text:{"left":7,"shelves":[1,2.5],"note":"he said \\"3\\"\\n"}', 'tool', '  text:{"result":null}',
      'assistant', '  text:orders', 'tool', '  text:{}', 'user', '  text:And what comes?',
      'assistant', '  reasoning:Seven.', '  text:Seven desk ', '  text:lamps.',
    ]);
    const { format, notes, variables, turns } = parseTranscript(document);
    assert.equal(format, 'gemini');
    assert.deepEqual(notes, ['Tools that run at the maker\'s server are left out, since chat templates know functions only.', 'The response holds 2 candidates; the first one is read.']);
    assert.deepEqual(plainData(variables), {
      tools: [
        { type: 'function', function: { name: 'stock_level', description: 'Units in stock', parameters: { type: 'OBJECT', properties: { item: { type: 'STRING' } } } } },
        { type: 'function', function: { name: 'orders', parameters: { type: 'object' } } },
      ],
    });
    assert.equal(turns.at(-1)!.content.map(({ source }) => source.text).join(''), 'Seven desk lamps.');
    assert.deepEqual(extrasOf(document).slice(2), [
      { tool_calls: [{ type: 'function', function: { name: 'stock_level', arguments: { item: 'desk lamp', depot: 'Nörd' } } }, { type: 'function', function: { name: 'stock_level', arguments: { item: 'wall lamp' } } }] },
      { name: 'stock_level' }, { name: 'stock_level' },
      { tool_calls: [{ id: 'c3', type: 'function', function: { name: 'orders', arguments: {} } }] }, { name: 'orders', tool_call_id: 'c3' }, {}, {},
    ]);
  });

  it('a result\'s characters stand where the document has them, escapes and all', () => {
    const text = String.raw`{"contents": [{"parts": [{"text": "Q"}]}, {"parts": [{"functionResponse": {"name": "f", "response": { "a" : 1.50 , "b": "\u00e9\/\ud83d\udca1\u0007", "c": [ ] }}}]}]}`;
    const [, { parts: [part] }] = parseTranscript({ name: 'a.json', text }).turns;
    assert.equal(part.text, '{"a":1.50,"b":"é/💡\\u0007","c":[]}');
    const at = (piece: string) => part.text.indexOf(piece);
    const place = (unit: number, units = 1) => text.slice(part.offsets![unit], part.offsets![unit + units]).trim();
    assert.deepEqual([place(at('1.50'), 4), place(at('é')), place(at('/')), place(at('💡'), 2), place(at('\\u0007'), 6), place(at(':'), 1)], ['1.50', '\\u00e9', '\\/', '\\ud83d\\udca1', '\\u0007', ':']);
  });

  it('may be written with underscores, as a history alone, with one content or a text', () => {
    const twin = ['system', '  text:S', 'user', '  text:Q', 'assistant', '  text:f', 'tool', '  text:{"a":1}', 'assistant', '  text:A'];
    const contents = [said('user', { text: 'Q' }), said('model', { function_call: { name: 'f', args: {} } }), said('tool', { function_response: { name: 'f', response: { a: 1 } } })];
    const candidates = [{ content: said('model', { text: 'A', thought_signature: 'x' }) }];
    assert.deepEqual(turnsOf(jsonDocument({ system_instruction: { parts: [{ text: 'S' }] }, contents, candidates })), twin);
    assert.deepEqual(turnsOf(jsonDocument({ request: { system_instruction: 'S', contents }, response: { candidates } }, 1)), twin);
    assert.deepEqual(turnsOf(jsonDocument({ model: 'm', config: { system_instruction: 'S', tools: [] }, contents, candidates })), twin);
    assert.deepEqual(turnsOf(jsonDocument([...contents, candidates[0].content])), twin.slice(2));
    assert.deepEqual(turnsOf(jsonDocument({ contents: { parts: [{ text: 'Q' }] } })), ['user', '  text:Q']);
    assert.deepEqual(turnsOf(jsonDocument({ contents: 'Q', candidates })), ['user', '  text:Q', 'assistant', '  text:A']);
    assert.deepEqual(plainData(parseTranscript(jsonDocument({ contents, tools: [{ function_declarations: [{ name: 'f' }] }] })).variables), { tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }] });
  });

  it('leave out fields that are null, and parts that hold a signature alone', () => {
    const of = (...parts: object[]) => turnsOf(jsonDocument({ contents: [said('user', { text: 'Q' }), said('model', ...parts)] })).slice(2);
    assert.deepEqual(of({ functionCall: null, functionResponse: null, text: 'A' }), ['assistant', '  text:A']);
    assert.deepEqual(of({ text: 'A' }, { thoughtSignature: 'x' }, { thought_signature: 'x', text: null }, { thought: true }), ['assistant', '  text:A']);
    assert.deepEqual(of(), ['assistant']);
    assert.deepEqual(turnsOf(jsonDocument({ contents: 'Q', candidates: [{ content: { role: 'model' } }] })), ['user', '  text:Q', 'assistant']);
    assert.deepEqual(turnsOf(jsonDocument({ contents: 'Q', candidates: [{ content: { parts: [{ text: 'A' }] } }] })), ['user', '  text:Q', 'assistant', '  text:A']);
    const refusesPart = (part: unknown, type: string) => refuses(jsonDocument({ contents: [said('user', { text: 'Q' }), said('model', part as object)] }), new RegExp(`^Message 2 of .* holds a content part of type "${type}"`));
    refusesPart({ text: null, inlineData: {} }, 'inlineData');
    refusesPart({ thoughtSignature: 'x', inlineData: {} }, 'thoughtSignature');
    refusesPart({ thoughtful: 'x' }, 'thoughtful');
    refusesPart({ afterthought: 'x' }, 'afterthought');
    refusesPart('A', 'string');
  });

  it('results are texts, objects or nothing', () => {
    const answered = (functionResponse: object, ...others: object[]) => turnsOf(jsonDocument({ contents: [said('user', { text: 'Q' }), said('user', { functionResponse }, ...others)] })).slice(2);
    assert.deepEqual(answered({ name: 'f', response: 'seven' }), ['tool', '  text:seven']);
    assert.deepEqual(answered({ name: 'f', response: null }), ['tool']);
    assert.deepEqual(answered({ name: 'f' }), ['tool']);
    assert.deepEqual(answered({ name: 'f', response: { a: 1 } }, { functionCall: { name: 'g' } }), ['tool', '  text:{"a":1}', 'user', '  text:g']);
  });

  it('have a system instruction as an object, a list or a text, beside the contents or in a "config"', () => {
    const contents = [said('user', { text: 'Q' })];
    for (const [more, texts] of [
      [{ systemInstruction: ['S', { text: 'T' }] }, ['S', 'T']], [{ systemInstruction: { parts: [{ text: '' }, { text: 'S' }] } }, ['', 'S']], [{ config: { systemInstruction: 'S' } }, ['S']], [{ config: { system_instruction: 'S' } }, ['S']],
      [{ systemInstruction: '' }, null], [{ systemInstruction: null }, null], [{ systemInstruction: { parts: [] } }, null], [{}, null],
    ] as const) {
      const { turns, variables, notes } = parseTranscript(jsonDocument({ ...more, contents }));
      assert.deepEqual(turns.map(({ role, parts }) => [role, ...parts.map(({ text }) => text)]), [...(texts ? [['system', ...texts.filter((text) => text !== '')]] : []), ['user', 'Q']]);
      assert.equal(turns[0].content.map(({ source }) => source.text).join(''), texts ? texts.join('') : 'Q');
      assert.deepEqual([plainData(variables ?? {}), notes ?? []], [{}, []]);
    }
  });

  it('are none whose parts have a type or a kind, and none without contents', () => {
    for (const contents of [[said('user', { text: 'Q' }, { type: 'text', text: 'R' })], [said('user', { text: 'Q' }, { kind: 'text', text: 'R' })], [said('user', { text: 'Q' }), { content: 'R' }], { a: 1 }, 7, []]) {
      refuses(jsonDocument({ contents }), /^a\.json holds no chat/);
    }
  });

  it('may be blocked', () => {
    const document = jsonDocument({ contents: [said('user', { text: 'Q' })], candidates: [{ finishReason: 'SAFETY' }] });
    assert.deepEqual(turnsOf(document), ['user', '  text:Q']);
    assert.deepEqual(parseTranscript(document).notes, ['The response was blocked or is empty and holds no answer.']);
  });

  it('say what cannot be read', () => {
    refuses(jsonDocument({ candidates: [{ content: said('model', { text: 'A' }) }] }), /^a\.json holds a response and not what it answers, so that there is no prompt; add the request's "contents" \(and its "systemInstruction"\) beside it\.$/);
    for (const part of ['inlineData', 'inline_data', 'fileData', 'executableCode']) {
      refuses(jsonDocument({ contents: [said('user', { text: 'Q' }, { [part]: { data: 'x' } })] }, 1), new RegExp(`^Message 1 of a\\.json \\(line 3, column 3\\) holds a content part of type "${part}"; only text can be traced`));
    }
    refuses(jsonDocument({ contents: [said('critic', { text: 'Q' })] }), /^Message 1 of .* has the role "critic"; use one of user, model, function\.$/);
    for (const role of ['toString', 7]) refuses(jsonDocument({ contents: [{ role, parts: [{ text: 'Q' }] }] }), /^Message 1 of .* has the role (?:"toString"|7); use one of/);
    refuses(jsonDocument({ contents: [said('user', { text: 'Q' }), said('tool', { functionResponse: { response: {} } })] }), /^Message 2 of .* has a functionResponse without a "name"/);
    refuses(jsonDocument({ contents: [said('user', { text: 'Q' }), said('model', { functionCall: {} })] }), /has a functionCall without a "name"/);
    refuses(jsonDocument({ systemInstruction: { parts: [{ fileData: {} }] }, contents: [said('user', { text: 'Q' })] }), /^The system instruction of a\.json holds a part that is no text/);
  });
});
