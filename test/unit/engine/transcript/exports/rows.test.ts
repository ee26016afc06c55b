import assert from 'node:assert/strict';
import { conversationsIn, detectFormat } from '../../../../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../../../../src/engine/transcript/formats/parseTranscript';
import { exportFile, jsonDocument, reading, refuses } from '../../../../support/transcripts/exportFiles';

const notes = (...[name, conversation]: Parameters<typeof exportFile>) => parseTranscript(exportFile(name, conversation)).notes;

describe('rows of data sets', () => {
  it('are prompts of messages with their completion; other fields say nothing', () => {
    const document = exportFile('trl-completion.json');
    assert.deepEqual(reading(document), ['system', '  text:Rhyme.', 'user', '  text:Something on rain.', 'assistant', '  text:The rain, again,\nfalls on the plain.']);
    const { turns, variables, notes: none } = parseTranscript(document);
    assert.deepEqual([turns.map(({ extra }) => extra), variables, none], [[{}, {}, {}], {}, []]);
  });

  it('the chosen answer is read, and a prompt that stands in it once only', () => {
    const left = 'The answer in trl-preference.jsonl is the chosen one; the rejected one was left out.';
    assert.deepEqual(reading(exportFile('trl-preference.jsonl', 0)), ['user', '  text:Capital of Latvia?', 'assistant', '  text:Riga.']);
    assert.deepEqual(reading(exportFile('trl-preference.jsonl', 1)), ['user', '  text:Capital of Estonia?', 'assistant', '  text:Tallinn.']);
    assert.deepEqual(reading(exportFile('trl-preference.jsonl', 2)), ['user', '  text:Capital of Norway?', 'assistant', '  text:Oslo.']);
    assert.deepEqual([notes('trl-preference.jsonl', 0), notes('trl-preference.jsonl', 1)], [[left], [left]]);
    assert.deepEqual(notes('trl-preference.jsonl', 2), ['"prompt" of trl-preference.jsonl is read as the user\'s turn and "chosen" as the answer; the model\'s chat template stands around them.', left]);
    assert.deepEqual(reading(jsonDocument({ input: { messages: [{ role: 'user', content: 'q' }] }, preferred_output: [{ role: 'assistant', content: 'a' }], non_preferred_output: [{ role: 'assistant', content: 'b' }] })), ['user', '  text:q', 'assistant', '  text:a']);
    assert.deepEqual(reading(jsonDocument({ chosen: [{ role: 'user', content: 'q' }, { role: 'assistant', content: 'a' }], rejected: [] })), ['user', '  text:q', 'assistant', '  text:a']);
  });

  it('a prompt or its answer may be a text where the other one is messages', () => {
    const [q, a] = [{ role: 'user', content: 'q' }, { role: 'assistant', content: 'a' }];
    for (const row of [{ prompt: 'q', chosen: [a], rejected: [] }, { prompt: [q], completion: 'a' }, { prompt: [q], chosen: 'a', rejected: 'b' }, { prompt: [q], completion: [a] }, { prompt: [q], chosen: [q, a], rejected: [] }]) {
      assert.deepEqual(reading(jsonDocument(row)), ['user', '  text:q', 'assistant', '  text:a'], JSON.stringify(row));
    }
    refuses(jsonDocument({ prompt: '<|im_start|>user\nq<|im_end|>', chosen: [a], rejected: [] }), /^"prompt" of a\.json \(line 2, column 13\) holds markers of ChatML's chat template/);
  });

  it('have a history of pairs, or none', () => {
    const row = { instruction: 'q', output: 'a' };
    const turns = ['user', '  text:q', 'assistant', '  text:a'];
    for (const history of [null, '', [], undefined]) assert.deepEqual(reading(jsonDocument({ ...row, history })), turns);
    assert.deepEqual(reading(jsonDocument({ ...row, history: [['p', 'b'], ['o', 'c']] })), ['user', '  text:p', 'assistant', '  text:b', 'user', '  text:o', 'assistant', '  text:c', ...turns]);
    for (const history of [[['p', 1]], [['p']], [['p', 'b', 'c']], ['pb'], { p: 'b' }, 'p']) refuses(jsonDocument({ ...row, history }), /^"history" of a\.json is no list of pairs of texts/);
    refuses(jsonDocument({ ...row, history: [['<|im_start|>user\np<|im_end|>', 'b']] }), /^"history" of a\.json \(line \d+, column \d+\) holds markers of ChatML/);
  });

  it('instructions are joined with their input, behind system and history', () => {
    assert.deepEqual(conversationsIn(exportFile('alpaca.json')).length, 2);
    assert.deepEqual(reading(exportFile('alpaca.json', 0)), [
      'system', '  text:You translate.', 'user', '  text:Translate: cat', 'assistant', '  text:Katze',
      'user', '  text:Translate into German.', '  text:Good morning, "neighbour".', 'assistant', '  text:Guten Morgen, „Nachbar“.']);
    assert.deepEqual(parseTranscript(exportFile('alpaca.json', 0)).turns[3].content.map(({ source }) => source.text).join(''), 'Translate into German.\nGood morning, "neighbour".');
    assert.deepEqual(reading(exportFile('alpaca.json', 1)), ['user', '  text:Name a river in Peru.', 'assistant', '  text:The Ucayali.']);
    assert.deepEqual(notes('alpaca.json', 1), ['"instruction" of alpaca.json is read as the user\'s turn and "output" as the answer; the model\'s chat template stands around them.']);
  });

  it('pairs of texts, also as the datasets server gives them', () => {
    assert.deepEqual(reading(exportFile('question-answer.json')), ['user', '  text:Tom has 3 hens and buys 4. How many?', 'assistant', '  text:3 + 4 = 7\n#### 7']);
    assert.deepEqual(reading(jsonDocument({ prompt: 'q', completion: 'a', system: 's', model: 'm' })), ['system', '  text:s', 'user', '  text:q', 'assistant', '  text:a']);
    for (const [asked, answer] of [['prompt', 'completion'], ['prompt', 'response'], ['question', 'answer']]) {
      assert.deepEqual(reading(jsonDocument({ id: 7, [asked]: 'q', [answer]: '<think>r</think>a', label: true })), ['user', '  text:q', 'assistant', '  reasoning:r', '  text:a']);
    }
  });

  it('what may belong to the prompt is said to be left out, and a history of another form is refused', () => {
    assert.deepEqual(parseTranscript(jsonDocument({ instruction: 'Who built it?', context: 'The harbour was built by Ane.', response: 'Ane.', category: 'qa' })).notes, [
      '"instruction" of a.json is read as the user\'s turn and "response" as the answer; the model\'s chat template stands around them.',
      '"context" of a.json is left out, since no row says where in a prompt that stands; write it into the prompt if the model got it.']);
    refuses(jsonDocument({ instruction: 'q', output: 'a', history: [{ user: 'x' }] }), /^"history" of a\.json is no list of pairs of texts; write it as/);
  });

  it('notes name what is read and what is left out, one or several', () => {
    const notes = (row: object) => parseTranscript(jsonDocument(row)).notes;
    const stands = 'the model\'s chat template stands around them.';
    assert.deepEqual(notes({ instruction: 'q', input: 'i' }), [`"instruction" and "input" of a.json are read as the user's turn; ${stands}`]);
    assert.deepEqual(notes({ instruction: 'q', input: '', chosen: 'a', rejected: 'b' }), [`"instruction" of a.json is read as the user's turn and "chosen" as the answer; ${stands}`, 'The answer in a.json is the chosen one; the rejected one was left out.']);
    for (const key of ['context', 'passage', 'document', 'knowledge', 'hint', 'choices', 'options']) {
      assert.deepEqual(notes({ question: 'q', answer: 'a', [key]: ['x'] })!.slice(1), [`"${key}" of a.json is left out, since no row says where in a prompt that stands; write it into the prompt if the model got it.`]);
      for (const nothing of [null, '', [], {}]) assert.equal(notes({ question: 'q', answer: 'a', [key]: nothing })!.length, 1, key);
    }
    assert.match(notes({ question: 'q', answer: 'a', hint: 'x', context: 7 })![1], /^"context" and "hint" of a\.json are left out, since/);
  });

  it('have a system\'s text under two names, the first that says something', () => {
    const system = (more: object) => reading(jsonDocument({ question: 'q', answer: 'a', ...more })).slice(0, -4);
    assert.deepEqual([system({ system: 'S', system_prompt: 'T' }), system({ system: '', system_prompt: 'T' }), system({ system: '' }), system({ system: 7 })], [['system', '  text:S'], ['system', '  text:T'], [], []]);
  });

  it('have messages in a prompt, or in both answers', () => {
    const [asked, answer] = [{ role: 'user', content: 'q' }, { role: 'assistant', content: 'a' }];
    const turns = ['user', '  text:q', 'assistant', '  text:a'];
    for (const row of [
      { prompt: [asked], completion: [answer] }, { prompt: [asked], completion: 'a' }, { prompt: 'q', chosen: [answer], rejected: [] }, { chosen: [asked, answer], rejected: [asked] }, { prompt: [asked], chosen: [asked, answer], rejected: [] }, { prompt: [asked], chosen: [{ role: 'human', content: 'q' }, answer], rejected: [] },
      { input: { messages: [asked] }, preferred_output: [answer] }, { prompt: 'q', chosen: 'a', rejected: 'b' }, { query: 'q', response: 'a' }, { question: 'q', response: 'a' },
    ]) assert.deepEqual(reading(jsonDocument(row)), turns, JSON.stringify(row));
    assert.deepEqual(reading(jsonDocument({ prompt: 'x', chosen: [{ role: 'system', content: 's' }, asked, answer], rejected: [] })), ['system', '  text:s', ...turns]);
    refuses(jsonDocument({ prompt: 7, chosen: [answer], rejected: [] }), /^"prompt" of a\.json is of type number; it must be a list of messages or a text\.$/);
    refuses(jsonDocument({ prompt: [asked], chosen: { x: 1 }, rejected: [] }), /^"chosen" of a\.json is of type object; it must be a list of messages or a text\.$/);
    refuses(jsonDocument({ prompt: '<|im_start|>user\nq<|im_end|>', chosen: [answer], rejected: [] }), /^"prompt" of a\.json \(line 2, column 13\) holds markers of ChatML/);
    refuses(jsonDocument({ prompt: 'q', chosen: [{ role: 'critic' }], rejected: [] }), /^Message 2 of a\.json/);
    // With a conversation of its own, or with a role, it is none.
    for (const more of [{ messages: [asked] }, { conversations: [{ from: 'human', value: 'q' }] }]) assert.notEqual(detectFormat(jsonDocument({ question: 'x', answer: 'y', ...more })), 'row');
    assert.throws(() => detectFormat(jsonDocument({ role: 'user', question: 'x', answer: 'y' })), /holds no chat/);
  });

  it('tools of a row reach the template', () => {
    const { variables } = parseTranscript(jsonDocument({ prompt: [{ role: 'user', content: 'q' }], tools: [{ type: 'function', function: { name: 'f' } }] }));
    assert.deepEqual((variables!.tools as Map<string, unknown>[])[0].get('type'), 'function');
  });

  it('refuse what would give another prompt', () => {
    refuses(jsonDocument({ prompt: '<|im_start|>user\nq<|im_end|>\n', completion: 'a' }), /^"prompt" of a\.json \(line 2, column 13\) holds markers of ChatML's chat template; copy that text into a file of its own, as raw template text\.$/);
    refuses(jsonDocument({ chosen: '\n\nHuman: q\n\nAssistant: a', rejected: '\n\nHuman: q\n\nAssistant: b' }), /^a\.json holds a whole dialogue as one text in "chosen"; write its turns as a list of messages/);
    refuses(jsonDocument({ prompt: [{ role: 'user', content: 'q' }], completion: 3 }), /^"completion" of a\.json is of type number; it must be a list of messages or a text\.$/);
    refuses(jsonDocument({ prompt: [{ role: 'user', content: 'q' }], chosen: [{ role: 'critic', content: 'a' }], rejected: [] }), /^Message 2 .* has the role "critic"/);
    refuses(jsonDocument({ prompt: 'q', topic: 'c' }), /^a\.json holds no chat/);
  });
});
