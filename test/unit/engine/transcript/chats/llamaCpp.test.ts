import assert from 'node:assert/strict';
import { parseTranscript } from '../../../../../src/engine/transcript/formats/parseTranscript';
import { extrasOf, generated, jsonDocument, refuses, turnsOf } from '../../../../support/jsonTurns';
import { at, EXPORT } from './samples';

const TURNS = [
  'system', '  text:You keep the books.', 'user', '  text:How many desk lamps are left?\n"All".',
  'assistant', '  text:I look.', '  text:stock_level', '  text:item', '  text:desk lamp', '  text:stock_level', 'tool', '  text:7', 'tool', '  text:none',
  'assistant', '  reasoning:Only seven.', '  text:Seven.',
];

describe('exports of llama.cpp\'s web UI', () => {
  it('are read along the branch that is shown', () => {
    for (const value of [EXPORT, [EXPORT]]) {
      const document = jsonDocument(value, 2);
      assert.deepEqual(turnsOf(document), TURNS);
      const { format, notes } = parseTranscript(document);
      assert.deepEqual([format, notes], ['llamacpp', ['The conversation has other branches, too (2 messages), which are left out.']]);
      const call = (id: string, args: object) => ({ id, type: 'function', function: { name: 'stock_level', arguments: args } });
      assert.deepEqual(extrasOf(document).slice(2, 5), [{ tool_calls: [call('c1', { item: 'desk lamp' }), call('c2', {})] }, { tool_call_id: 'c1' }, { tool_call_id: 'c2' }]);
    }
  });

  it('go down from the current message to the latest one, and without one along the branch of the last', () => {
    const shown = (currNode: unknown) => turnsOf(jsonDocument({ ...EXPORT, conv: { ...EXPORT.conv, currNode } }));
    assert.deepEqual(shown('q'), TURNS);
    assert.deepEqual(shown(undefined), TURNS);
    assert.deepEqual(shown('b'), [...TURNS.slice(0, 4), 'assistant', '  text:No idea.', 'user', '  text:Look!']);
  });

  it('of older versions have numbers for ids, reasoning in the text, and lists without parents', () => {
    const conv = { id: 'c', currNode: 3 };
    const messages = [{ id: 1, role: 'user', content: 'Q', parent: 0, children: [3] }, { id: 3, role: 'assistant', content: '<think>R</think>A', parent: 1, children: [] }];
    const root = { id: 0, type: 'root', role: 'system', content: '', parent: -1, children: [1] };
    const turns = ['user', '  text:Q', 'assistant', '  reasoning:R', '  text:A'];
    assert.deepEqual(turnsOf(jsonDocument({ conv, messages: [root, ...messages] })), turns);
    assert.deepEqual(turnsOf(jsonDocument({ conv: {}, messages: messages.map(({ role, content }) => ({ role, content, timestamp: 1 })) })), turns);
    // Parents in a circle end.
    assert.deepEqual(turnsOf(jsonDocument({ conv, messages: [{ ...messages[0], parent: 3 }, messages[1]] })), turns);
  });

  it('take a generation at the end of the branch, or go on with its answer', () => {
    const open = { ...EXPORT, conv: { ...EXPORT.conv, currNode: 'q' }, messages: EXPORT.messages.filter(({ id }) => ['r', 's', 'q'].includes(id)) };
    const numbers = { conv: { currNode: 1 }, messages: [{ id: 1, role: 'user', content: 'Q', parent: 0, children: [] }, { id: 2, role: 'user', content: 'R', parent: 0, children: [] }] };
    for (const indent of [undefined, 1, 2, '\t']) {
      for (const value of [open, [open], numbers]) {
        const document = jsonDocument(value, indent);
        for (const text of ['Seven.', 'It is "7",\n\tC:\\ 💡']) {
          const after = { ...document, text: generated(document, text) };
          assert.equal(after.text, JSON.stringify(JSON.parse(after.text), null, indent));
          assert.deepEqual(turnsOf(after), [...turnsOf(document), 'assistant', `  text:${text}`]);
        }
      }
      const document = jsonDocument(EXPORT, indent);
      assert.deepEqual(turnsOf({ ...document, text: generated(document, ' "Yes"') }), [...TURNS.slice(0, -1), '  text:Seven. "Yes"']);
    }
  });

  it('several are conversations to choose from', () => {
    const document = jsonDocument([EXPORT, { conv: { currNode: 'x' }, messages: [at('x', null, 'user', 'Another one', 1)] }]);
    refuses(document, /^a\.json holds 2 conversations; choose/);
    assert.deepEqual(turnsOf({ ...document, conversation: 1 }), ['user', '  text:Another one']);
  });

  it('say what cannot be read', () => {
    const one = (more: object) => jsonDocument({ conv: {}, messages: [{ ...at('x', null, 'user', 'Q', 1), ...more }] }, 1);
    refuses(one({ extra: [{ type: 'TEXT', name: 'notes.txt', content: 'x' }] }), /^Message 1 of a\.json \(line 4, column 3\) has attachments, and how the web UI wrote them into the prompt is not in the file; copy/);
    refuses(one({ toolCalls: '{' }), /has "toolCalls" that are no list in JSON; correct them\.$/);
    refuses(one({ role: 'critic' }), /has the role "critic"/);
  });
});
