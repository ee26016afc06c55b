import assert from 'node:assert/strict';
import { conversationsIn } from '../../../../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../../../../src/engine/transcript/formats/parseTranscript';
import { SAMPLES } from '../chats/apis/samples';
import { CONVERSATION, EXPORT } from '../chats/samples';
import { exportFile, EXPORTS, jsonDocument, reading, refuses } from '../../../../support/transcripts/exportFiles';

const said = (question: string, answer = 'a') => ({ messages: [{ role: 'user', content: question }, { role: 'assistant', content: answer }] });
const lines = (values: readonly unknown[], { name = 'a.jsonl', lineBreak = '\n', final = true } = {}) => ({ name, text: values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(lineBreak) + (final ? lineBreak : '') });
const previews = (document: { name: string; text: string }) => conversationsIn(document).map(({ preview }) => preview);

/** A conversation of each format, in one line. */
const OTHERS = {
  ...Object.fromEntries(Object.entries({ ...SAMPLES, llamacpp: EXPORT, conversation: CONVERSATION }).map(([name, value]) => [`${name}.json`, value])),
  'openai.json': said('q'), 'openai-list.json': said('q').messages, 'sharegpt.json': { conversations: [{ from: 'human', value: 'q' }, { from: 'gpt', value: 'a' }] } };
const VALUES: readonly (readonly [string, unknown])[] = [
  ...EXPORTS.filter((name) => !name.endsWith('.jsonl')).map((name) => [name, JSON.parse(exportFile(name).text) as unknown] as const),
  ...EXPORTS.filter((name) => name.endsWith('.jsonl')).map((name) => [name, JSON.parse(exportFile(name).text.split('\n')[0]) as unknown] as const),
  ...Object.entries(OTHERS),
];

describe('JSON Lines', () => {
  for (const [name, value] of VALUES) {
    it(`hold what ${name} holds, a line each`, () => {
      const alone = jsonDocument(value, 'a.json', 0);
      const each = conversationsIn(alone).map((_, conversation) => reading({ ...alone, conversation }));
      assert.ok(each.length > 0);
      for (const [ending, lineBreak] of [['jsonl', '\n'], ['jsonl', '\r\n'], ['ndjson', '\n\n'], ['json', '\n'], ['txt', '\r\n \r\n']]) {
        const document = lines([value, value], { name: `a.${ending}`, lineBreak });
        const found = conversationsIn(document).map((_, conversation) => reading({ ...document, conversation }));
        assert.deepEqual(found, [...each, ...each], `${ending} ${JSON.stringify(lineBreak)}`);
      }
      assert.deepEqual(reading({ ...lines([value]), conversation: each.length - 1 }), each[each.length - 1]);
    });
  }

  it('messages on lines of their own are one conversation', () => {
    const messages = said('Hi', 'Hello.').messages;
    const right = ['user', '  text:Hi', 'assistant', '  text:Hello.'];
    for (const lineBreak of ['\n', '\r\n', '\n\n']) assert.deepEqual(reading(lines(messages, { lineBreak })), right);
    assert.deepEqual(reading(lines(messages, { name: 'a.ndjson', final: false })), right);
    assert.deepEqual(reading(lines([{ from: 'human', value: 'Hi' }, { from: 'gpt', value: 'Hello.' }])), right);
    assert.deepEqual(reading(lines([{ type: 'human', data: { content: 'Hi' } }, { type: 'ai', data: { content: 'Hello.' } }])), right);
    assert.deepEqual(reading(lines([{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }, { role: 'assistant', parts: [{ type: 'text', text: 'Hello.' }] }])), right);
    assert.deepEqual(previews(lines(messages)), ['Hi']);
    refuses(lines([messages[0], { role: 'critic', content: 'x' }]), /^Message 2 of a\.jsonl \(line 2, column 1\) has the role "critic"/);
    refuses(lines([messages[0], { note: 'between' }, messages[1]]), /^Message 2 of a\.jsonl \(line 2, column 1\) has no "role"/);
  });

  it('a byte order mark is none of the text', () => {
    const { text, name } = lines([said('first'), said('second')]);
    assert.deepEqual(reading({ name, text: `\uFEFF${text}`, conversation: 0 }), ['user', '  text:first', 'assistant', '  text:a']);
    assert.deepEqual(reading({ ...jsonDocument(said('only')), text: `\uFEFF${jsonDocument(said('only')).text}` }), ['user', '  text:only', 'assistant', '  text:a']);
  });

  it('a broken line is named', () => {
    refuses({ ...lines([said('first'), '', '{"messages": [}', said('third')]), conversation: 0 }, /^Line 3 of a\.jsonl is not readable JSON \(ValueExpected in column 15\); correct it there, or take the line out\.$/);
    refuses(lines(['{"messages": [', said('second')]), /^Line 1 of a\.jsonl is not readable JSON \(/);
    refuses(lines([said('first'), 'done']), /^Line 2 of a\.jsonl is not readable JSON/);
    refuses(lines(['{"messages": [']), /^a\.jsonl is not readable JSON/);
  });

  it('a last line that is cut off is left out, which is said, unless it belongs to the conversation', () => {
    const whole = JSON.stringify(said('third'));
    const document = { ...lines([said('first'), said('second'), whole.slice(0, 30)], { final: false }), conversation: 1 };
    assert.deepEqual(reading(document), ['user', '  text:second', 'assistant', '  text:a']);
    assert.deepEqual(parseTranscript(document).notes, ['Line 3 of a.jsonl, the last one, is cut off and was left out.']);
    assert.deepEqual(parseTranscript(lines([said('first'), whole.slice(0, 30)], { final: false })).notes, ['Line 2 of a.jsonl, the last one, is cut off and was left out.']);
    refuses({ ...document, text: `${document.text}\n` }, /^Line 3 of a\.jsonl is not readable JSON/);
    refuses(lines([...said('q').messages, '{"role": "us'], { final: false }), /^Line 3 of a\.jsonl is not readable JSON/);
  });

  it('documents over many lines are none', () => {
    const pretty = jsonDocument(said('q'), 'a.jsonl');
    assert.deepEqual(reading(pretty), ['user', '  text:q', 'assistant', '  text:a']);
    assert.deepEqual(reading(jsonDocument([{ role: 'user', content: 'q' }], 'a.jsonl', 1)), ['user', '  text:q']);
  });

  it('are chosen from by the user\'s first words', () => {
    const id = 'conv 00017 of the export';
    const document = lines([{ id, messages: [{ role: 'system', content: 'You are kind.' }, { role: 'user', content: 'What\n is   "up"?' }] }, said(`${'long words '.repeat(20)}`), { note: 'no conversation' }, { id, messages: [{ role: 'critic', content: 'unknown roles are said later' }] }]);
    const found = previews(document);
    assert.deepEqual(found, ['What is "up"?', `${'long words '.repeat(8).slice(0, 79)}…`, id]);
    const [{ range }] = conversationsIn(document);
    assert.equal(document.text.slice(range.start, range.end), document.text.split('\n')[0]);
    refuses({ ...document, conversation: 3 }, /^a\.jsonl holds 3 conversations, and number 4 is asked for; choose another one\.$/);
    refuses(document, /^a\.jsonl holds 3 conversations; choose one of them \(in the terminal with --conversation\), from 1 \(What is "up"\?\) to 3\.$/);
  });

  it('twenty megabytes are held by places and first words only', () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => ({ id: i, messages: [{ role: 'user', content: `Question ${i} ${'and more '.repeat(50)}` }, { role: 'assistant', content: 'words '.repeat(80) }] }));
    const document = lines(rows);
    assert.ok(document.text.length > 20_000_000);
    const found = conversationsIn(document);
    assert.deepEqual([found.length, found[19_999].preview.slice(0, 14)], [20_000, 'Question 19999']);
    assert.equal(reading({ ...document, conversation: 19_999 })[1].slice(0, 23), '  text:Question 19999 a');
    refuses({ ...document, text: document.text.repeat(3) }, /^a\.jsonl has 6\d million characters of JSON, and at most 50 million are read; put the conversation/);
  });

  it('lines that are no messages are none', () => {
    refuses(lines([[[], 1], { a: 1 }, [{}]]), /^a\.jsonl holds no chat/);
    refuses(lines([{ type: 'event' }, { type: 'event', id: 3 }]), /^a\.jsonl holds no chat/);
  });

  it('brackets without end are said to be that', () => {
    refuses({ name: 'a.json', text: '['.repeat(200_000) }, /nests its objects and lists deeper than any chat does/);
    assert.deepEqual(conversationsIn({ name: 'a.txt', text: '[1, 2, 3' }), []);
  });
});
