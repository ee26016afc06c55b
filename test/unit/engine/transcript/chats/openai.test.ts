import assert from 'node:assert/strict';
import { parseTranscript } from '../../../../../src/engine/transcript/formats/parseTranscript';
import { extrasOf, jsonDocument, refuses, turnsOf } from '../../../../support/jsonTurns';

const asked = { role: 'user', content: 'Q' };
const answered = (message: object) => jsonDocument({ messages: [asked, { role: 'assistant', ...message }, { role: 'user', content: 'R' }] });
const answer = (message: object) => turnsOf(answered(message)).slice(2, -2);
const extra = (message: object) => extrasOf(answered(message))[1];

describe('OpenAI\'s messages', () => {
  it('say a refusal where they say nothing else', () => {
    assert.deepEqual(answer({ content: null, refusal: 'No.' }), ['assistant', '  text:No.']);
    assert.deepEqual(answer({ content: null, reasoning: 'R', refusal: 'No.' }), ['assistant', '  reasoning:R', '  text:No.']);
    assert.deepEqual(answer({ content: 'A', refusal: 'No.' }), ['assistant', '  text:A']);
    assert.deepEqual(answer({ content: 'A', refusal: null }), ['assistant', '  text:A']);
    assert.deepEqual(answer({ content: null, refusal: '' }), ['assistant']);
    assert.deepEqual(answer({ content: [{ type: 'refusal', refusal: 'No.' }] }), ['assistant', '  text:No.']);
    assert.deepEqual(answer({ content: null, refusal: 7 }), ['assistant']);
  });

  it('call a function as older ones did, or none', () => {
    assert.deepEqual(extra({ content: null, function_call: { name: 'f', arguments: '{"a": "b"}' } }), { function_call: { name: 'f', arguments: { a: 'b' } } });
    for (const none of [{ function_call: null }, { tool_calls: null }, { tool_calls: [] }, {}]) assert.deepEqual(extra({ content: 'A', ...none }), {});
    refuses(answered({ content: 'A', tool_calls: {} }), /^Message 2 of .* has "tool_calls" of type object; they must be a list\.$/);
    refuses(answered({ content: 'A', tool_calls: ['f'] }), /^Message 2 of .* has a tool call of type string; it must be an object with a "function"\.$/);
  });

  it('have reasoning in a field or in parts, as a text or a list', () => {
    for (const reasoning of [
      { reasoning_content: 'R' }, { thinking: 'R' }, { reasoning: 'R' }, { reasoning_details: [{ type: 'reasoning.text', text: 'R' }] }, { reasoning_details: [{ thinking: 'R' }] }, { reasoning_details: [{ summary: 'R' }] }, { reasoning: ['R'] },
      { reasoning_content: '', reasoning: 'R' }, { reasoning_content: null, thinking: '', reasoning_details: ['', 'R'] },
    ]) assert.deepEqual(answer({ content: 'A', ...reasoning }), ['assistant', '  reasoning:R', '  text:A'], JSON.stringify(reasoning));
    for (const part of [{ type: 'thinking', thinking: 'R' }, { type: 'reasoning', reasoning: 'R' }, { type: 'reasoning', text: 'R' }, { type: 'thinking', thinking: [{ type: 'text', text: 'R' }] }]) {
      assert.deepEqual(answer({ content: [part, { type: 'text', text: 'A' }] }), ['assistant', '  reasoning:R', '  text:A'], JSON.stringify(part));
    }
    refuses(answered({ content: 'A', reasoning: 7 }), /^Message 2 of .* has reasoning of type number; it must be a string or a list of parts\.$/);
    refuses(answered({ content: 'A', reasoning: { text: 'R' } }), /has reasoning of type object/);
  });

  it('have texts in parts, which templates get as a list where all are objects', () => {
    const parts = (content: unknown) => {
      const { turns: [turn] } = parseTranscript(jsonDocument({ messages: [{ role: 'user', content }] }));
      return [turn.parts.map(({ text }) => text), turn.contentList !== undefined];
    };
    assert.deepEqual(parts('Q'), [['Q'], false]);
    assert.deepEqual(parts(['Q', { type: 'text', text: 'R' }]), [['Q', 'R'], false]);
    assert.deepEqual(parts([{ type: 'text', text: 'Q' }, { type: 'input_text', text: 'R' }, { text: 'S' }]), [['Q', 'R', 'S'], true]);
    refuses(jsonDocument({ messages: [asked, { role: 'user', content: [7] }] }), /^Message 2 of .* holds a content part of type "number"; only text can be traced/);
    refuses(jsonDocument({ messages: [asked, { role: 'user', content: [{ type: 'text', text: 7 }] }] }), /holds a content part of type "text"/);
    refuses(jsonDocument({ messages: [asked, { role: 'user', content: 7 }] }), /^Message 2 of .* has a content of type number; it must be a string or a list of text parts\.$/);
    refuses(answered({ content: 'A', audio: { id: 'x' } }), /holds a content part of type "audio"/);
  });

  it('have null for a content where they have none, but for an answer at the end', () => {
    const nulls = (...messages: object[]) => parseTranscript(jsonDocument({ messages: [asked, ...messages] })).turns.slice(1).map(({ isNull }) => isNull ?? false);
    assert.deepEqual(nulls({ role: 'assistant', content: null }, asked), [true, false]);
    assert.deepEqual(nulls({ role: 'assistant' }, asked), [true, false]);
    assert.deepEqual(nulls({ role: 'assistant', content: '' }, asked), [false, false]);
    assert.deepEqual(nulls({ role: 'assistant', content: null }), [false]);
    assert.deepEqual(nulls({ role: 'assistant', content: null, tool_calls: [{ function: { name: 'f', arguments: '{}' } }] }), [true]);
  });

  it('have a system text beside them as their first message, unless it is empty', () => {
    const system = (value: unknown) => turnsOf(jsonDocument({ system: value, messages: [asked] })).slice(0, -2);
    assert.deepEqual(system('S'), ['system', '  text:S']);
    for (const none of ['', null, undefined, []]) assert.deepEqual(system(none), []);
    refuses(jsonDocument({ system: 7, messages: [asked] }), /^The "system" of a\.json has a content of type number/);
  });
});
