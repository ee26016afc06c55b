import assert from 'node:assert/strict';
import { parseTranscript } from '../../../../../src/engine/transcript/formats/parseTranscript';
import { extrasOf, generated, jsonDocument, refuses, turnsOf } from '../../../../support/jsonTurns';
import { at, EXPORT } from '../../../../support/transcripts/chatSamples';

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

  it('are ordered by their times, whatever the order of their ids, and a message without one is the latest', () => {
    const tree = (...messages: object[]) => jsonDocument({ conv: {}, messages });
    const [a, b] = [at('a', 'z', 'assistant', 'A', 9), at('b', 'z', 'assistant', 'B', 5)];
    const asked = at('z', null, 'user', 'Q', 1);
    assert.deepEqual(turnsOf(tree(a, b, asked)), ['user', '  text:Q', 'assistant', '  text:A']);
    assert.deepEqual(turnsOf(tree(a, { ...b, timestamp: undefined }, asked)), ['user', '  text:Q', 'assistant', '  text:B']);
    assert.deepEqual(turnsOf(tree(a, { ...b, timestamp: '99' }, asked)), ['user', '  text:Q', 'assistant', '  text:B']);
    // At one time, the one that stands last.
    assert.deepEqual(turnsOf(tree({ ...b, timestamp: 9 }, a, asked)), ['user', '  text:Q', 'assistant', '  text:A']);
    assert.deepEqual(turnsOf(tree(asked, { ...b, timestamp: undefined }, { ...a, timestamp: undefined })), ['user', '  text:Q', 'assistant', '  text:A']);
    // The latest message is in the branch, though another one follows the first.
    assert.deepEqual(turnsOf(tree(asked, { ...b, timestamp: 2 }, at('c', 'b', 'user', 'R', 3), a)), ['user', '  text:Q', 'assistant', '  text:A']);
  });

  it('tell how many messages stand beside the branch, numbers for ids or not', () => {
    const message = (id: number | undefined, parent: number, role: string, content: string) => ({ id, role, content, parent });
    const document = jsonDocument({ conv: { currNode: 2 }, messages: [message(1, 0, 'user', 'Q'), message(2, 1, 'assistant', 'A'), message(3, 1, 'assistant', 'B')] });
    assert.deepEqual(turnsOf(document), ['user', '  text:Q', 'assistant', '  text:A']);
    assert.deepEqual(parseTranscript(document).notes, ['The conversation has other branches, too (one message), which are left out.']);
    const alone = jsonDocument({ conv: { currNode: 2 }, messages: [message(1, 0, 'user', 'Q'), message(2, 1, 'assistant', 'A')] });
    assert.deepEqual(parseTranscript(alone).notes, []);
    // A negative number is no parent: all hang on nothing, and are a list.
    const list = jsonDocument({ conv: {}, messages: [message(1, -1, 'user', 'Q'), message(2, -1, 'assistant', 'A')] });
    assert.deepEqual([turnsOf(list), parseTranscript(list).notes], [['user', '  text:Q', 'assistant', '  text:A'], []]);
    // Written by hand, behind the others.
    assert.deepEqual(turnsOf(jsonDocument({ conv: { currNode: 9 }, messages: [message(1, 0, 'user', 'Q'), message(undefined, 1, 'assistant', 'A')] })), ['user', '  text:Q', 'assistant', '  text:A']);
  });

  it('have reasoning in the first field that holds some, and calls of tools as a list, too', () => {
    const one = (more: object) => jsonDocument({ conv: {}, messages: [{ role: 'user', content: 'Q' }, { role: 'assistant', content: 'A', ...more }] });
    for (const more of [{ reasoningContent: '', reasoning_content: 'R' }, { reasoningContent: null, thinking: 'R' }, { reasoningContent: 7, reasoning_content: '', thinking: 'R' }, { reasoning_content: 'R', thinking: 'other' }]) {
      assert.deepEqual(turnsOf(one(more)), ['user', '  text:Q', 'assistant', '  reasoning:R', '  text:A']);
    }
    const call = { id: 'c', type: 'function', function: { name: 'f', arguments: { a: 'b' } } };
    assert.deepEqual(extrasOf(one({ toolCalls: [call] }))[1], { tool_calls: [call] });
    assert.deepEqual(extrasOf(one({ toolCalls: '[]' }))[1], {});
  });

  it('get a message in the form of the others', () => {
    const written = (messages: readonly object[], currNode?: unknown) => {
      const { messages: after } = JSON.parse(generated(jsonDocument({ conv: { currNode }, messages }), 'A')) as { messages: object[] };
      assert.deepEqual(after.slice(0, -1), messages);
      return after.at(-1);
    };
    const q = { role: 'user', content: 'Q', parent: 0 };
    assert.deepEqual(written([{ id: 7, ...q }, { id: 'seven', ...q }, { id: 3, ...q }], 3), { id: 8, type: 'text', role: 'assistant', content: 'A', parent: 3, children: [] });
    assert.deepEqual(written([at('x', null, 'user', 'Q', 1)]), { id: 'x-answer', type: 'text', role: 'assistant', content: 'A', parent: 'x', children: [] });
    assert.deepEqual(written([{ role: 'user', content: 'Q' }]), { role: 'assistant', content: 'A' });
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
    refuses(one({ role: undefined }), /^Message 1 of a\.json \(line 4, column 3\) has no "role"/);
    refuses(jsonDocument({ conv: {} }), /^a\.json holds no chat/);
    refuses(jsonDocument({ conv: {}, messages: { role: 'user', content: 'Q' } }), /^a\.json holds no chat/);
  });
});
