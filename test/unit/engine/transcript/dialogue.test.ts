import assert from 'node:assert/strict';
import { TranscriptError } from '../../../../src/engine/base/errors';
import { detectFormat } from '../../../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../../../src/engine/transcript/formats/parseTranscript';
import { generateInto } from '../../../support/transcripts/generateInto';
import { turnsOf } from '../../../support/transcripts/turnsOf';

const format = (text: string) => detectFormat({ name: 'a.txt', text });
const turns = (text: string) => turnsOf({ name: 'a.txt', text });

describe('a dialogue with labels', () => {
  for (const [what, text] of [
    ['plain', 'System: S\nUser: Q\n\nMore.\nAssistant: A\nUser: R\nAssistant: B\n'],
    ['in capitals', 'SYSTEM: S\nUSER: Q\n\nMore.\nASSISTANT: A\nUSER: R\nASSISTANT: B\n'],
    ['in small letters', 'system: S\nuser: Q\n\nMore.\nassistant: A\nuser: R\nassistant: B\n'],
    ['with human and AI', '\n\nSystem: S\n\nHuman: Q\n\nMore.\n\nAI: A\n\nHuman: R\n\nAI: B\n'],
    ['in bold', '**System:** S\n\n**User:** Q\n\nMore.\n\n**Assistant**: A\n\n**User:** R\n\n**Assistant:** B\n'],
    ['as headings', '### System: S\n### Human: Q\n\nMore.\n### Assistant: A\n### Human: R\n### Assistant: B'],
    ['with text under a label', 'System: S\nUser:\nQ\n\nMore.\nAssistant:\nA\nUser: R\nAssistant:\nB\n'],
    ['with CRLF', 'System: S\r\nUser: Q\r\n\r\nMore.\r\nAssistant: A\r\nUser: R\r\nAssistant: B\r\n'],
  ]) {
    it(`is cut into turns: ${what}`, () => {
      assert.equal(format(text), 'dialogue');
      assert.deepEqual(turns(text), ['system', '  text:S', 'user', '  text:Q\n\nMore.', 'assistant', '  text:A', 'user', '  text:R', 'assistant', '  text:B']);
    });
  }

  it('goes through the model\'s own template', () => assert.equal(parseTranscript({ name: 'a.txt', text: 'User: Q\nAssistant: A' }).raw, undefined));

  it('keeps the final assistant turn to the letter, and knows its reasoning', () => {
    assert.deepEqual(turns('User: Q\nAssistant:  A \n\n'), ['user', '  text:Q', 'assistant', '  text: A \n']);
    assert.deepEqual(turns('User: Q\nAssistant: <think>\nR\n</think>\n\nA'), ['user', '  text:Q', 'assistant', '  reasoning:R', '  text:A']);
    assert.deepEqual(parseTranscript({ name: 'a.txt', text: 'User: Q\nAssistant: <think>\nR' }).turns[1].complete, false);
  });

  it('takes a generation, in the words and line breaks of its own', () => {
    const pieces = ['So', ' it is,\n', '\n"there". '];
    for (const [text, head] of [
      ['User: Q\nAssistant: A\nUser: R', '\nAssistant: '], ['User: Q\nAssistant: A\nUser: R\n', 'Assistant: '], ['Human: Q\n\nAI: A\n\nHuman: R\n', '\nAI: '], ['**User:** Q\n\n**Assistant:** A\n\n**User:** R', '\n\n**Assistant:** '],
      ['User: Q\nAssistant: A\nUser: R\nAssistant:', ' '], ['User: Q\nAssistant: A\nUser: R\nAssistant: ', ''], ['User: Q\nAssistant: A\nUser: R\nAssistant:\n', ''],
    ]) {
      for (const document of [text, text.replaceAll('\n', '\r\n')]) {
        const { text: finished } = generateInto({ name: 'a.txt', text: document }, pieces);
        const written = (head + pieces.join('')).replaceAll('\n', document.includes('\r') ? '\r\n' : '\n');
        assert.ok(finished.includes(written), JSON.stringify(finished));
        assert.equal(format(finished), 'dialogue');
        assert.deepEqual(turns(finished).slice(-4), ['user', '  text:R', 'assistant', `  text:${pieces.join('')}`], JSON.stringify(finished));
      }
    }
    assert.deepEqual(turns(generateInto({ name: 'a.txt', text: 'User: Q\nAssistant: The\n' }, [' key']).text), ['user', '  text:Q', 'assistant', '  text:The key']);
  });

  for (const [why, text] of [
    ['one label', 'User: ann\nHow do I log in?'],
    ['no assistant', 'User: Q\nUser: R\nSystem: S'],
    ['no user', 'System: S\nAssistant: A'],
    ['an assistant first', 'Assistant: A\nUser: Q'],
    ['two assistants on end', 'User: Q\nAssistant: A\nAssistant: B'],
    ['a form', 'User: Smith\nSystem: Windows\nAssistant: Jones'],
    ['a quoted chat', 'Who lies here?\n\nUser: Q\nAssistant: A\nUser: R\nAssistant: B'],
    ['other labels', 'Note: Q\nAnswer: A\nQ: x\nA: y'],
    ['labels in the line', 'The User: asks, the Assistant: answers.'],
    ['role lines', 'user:\nUser: Q\nAssistant: A\nassistant:\nz'],
  ]) {
    it(`is none with ${why}`, () => assert.equal(format(text), 'plain'));
  }

  it('stays plain text where Generate writes a role line below a lone label', () => {
    for (const text of ['User: ann\nHow?', 'user: ann\nHow?\n']) {
      const finished = generateInto({ name: 'a.txt', text }, ['So.']);
      assert.equal(format(finished.text), 'plain');
      assert.deepEqual(turns(finished.text), ['user', `  text:${text.trim()}`, 'assistant', '  text:So.']);
    }
  });

  it('takes a generation to the letter', () => {
    const written = (text: string) => generateInto({ name: 'a.txt', text }, ['A\n', 'B']).text;
    for (const [text, right] of [
      ['User: Q\nAssistant: So', 'User: Q\nAssistant: SoA\nB\n'], ['User: Q\nAssistant: So\n', 'User: Q\nAssistant: SoA\nB\n'], ['User: Q\nAssistant: So\n\n', 'User: Q\nAssistant: So\nA\nB\n'], ['User: Q\nAssistant:', 'User: Q\nAssistant: A\nB\n'], ['User: Q\nAssistant:\n', 'User: Q\nAssistant:\nA\nB\n'], ['User: Q\nAssistant: ', 'User: Q\nAssistant: A\nB\n'],
      ['User: Q\nAssistant: x\nUser: R', 'User: Q\nAssistant: x\nUser: R\nAssistant: A\nB\n'], ['User: Q\n\nAI: x\n\nUser: R\n', 'User: Q\n\nAI: x\n\nUser: R\n\nAI: A\nB\n'], ['User: Q\nAI: x\nUser: R\n\n\n', 'User: Q\nAI: x\nUser: R\n\n\nAI: A\nB\n'],
    ]) {
      assert.equal(written(text), right);
      assert.equal(written(text.replaceAll('\n', '\r\n')), right.replaceAll('\n', '\r\n'));
    }
  });

  it('is complete with a text that goes on nowhere', () => {
    const complete = (text: string) => parseTranscript({ name: 'a.txt', text }).turns.map((turn) => turn.complete);
    assert.deepEqual([complete('User: Q\nAssistant: A'), complete('User: Q\nAssistant:'), complete('User: Q\nAssistant: <think>R'), complete('User: Q\nAssistant: A\nUser:\n')], [[true, true], [true, false], [true, false], [true, true, false]]);
  });

  for (const [text, lines] of [
    ['User:Q\nAssistant:A', ['user', '  text:Q', 'assistant', '  text:A']], ['User:\tQ\nAssistant:\tA', ['user', '  text:Q', 'assistant', '  text:A']], ['  User: Q\n Assistant:   A ', ['user', '  text:Q', 'assistant', '  text:  A ']], ['###### User: Q\n# AI: A', ['user', '  text:Q', 'assistant', '  text:A']],
    ['**User**: Q\n**AI:** A', ['user', '  text:Q', 'assistant', '  text:A']], ['# **User:** Q\nAI: A', ['user', '  text:Q', 'assistant', '  text:A']], ['System: S\nSystem: T\nUser: Q\nAI: A', ['system', '  text:S', 'system', '  text:T', 'user', '  text:Q', 'assistant', '  text:A']], ['User: Q\nAI: A\nUser:', ['user', '  text:Q', 'assistant', '  text:A', 'user']],
    ['User: Q\nAI: A\nuser:', ['user', '  text:Q', 'assistant', '  text:A\nuser:']],
  ] as const) {
    it(`is read: ${JSON.stringify(text)}`, () => {
      assert.equal(format(text), 'dialogue');
      assert.deepEqual(turns(text), lines);
    });
  }

  for (const text of ['User:\nQ\nAI: A', 'User: Q\nSystem: S\nAI: A', 'x\nUser: Q\nAI: A', 'User: Q\nUser: R\nAI: A', '####### User: Q\nAI: A', '##User: Q\nAI: A', '**User: Q\nAI: A', 'User : Q\nAI : A', 'Users: Q\nAI: A', 'user:\nx\nAI: A', 'System: S\nUser: Q', 'User: Q\nai:\n']) {
    it(`is none: ${JSON.stringify(text)}`, () => { assert.equal(format(text), 'plain'); });
  }

  it('is told of markers that are not known, three and two different ones', () => {
    const notes = (text: string) => parseTranscript({ name: 'a.txt', text }).notes;
    for (const text of ['Q', 'Q <|a|> <|b|>', 'Q <|a|> <|a|> <|a|>', 'Q < |a|> <|b |> <a> <b> <c>']) assert.deepEqual(notes(text), [], text);
    for (const [first, second] of [['<|a|>', '<|b>'], ['<a|>', '<｜b c｜>'], ['<start_of_x>', '<end_of_x>'], ['<begin_of_x>', '[|x|]'], ['<|a:b/c-d.e|>', '<|f|>']]) {
      assert.deepEqual(notes(`${first}Q${second}${first}`), [`a.txt holds what look like markers of a chat template that is not known (${first} and ${second}); it was read as plain text of one turn: write its turns under lines such as "user:", or as chat JSON.`]);
    }
    assert.match(notes('User: <|a|>Q\nAI: <|b|><|c|>')![0], /\(<\|a\|> and <\|b\|>\); it was read as plain text of 2 turns: /);
  });

  it('is asked for', () => {
    assert.throws(() => parseTranscript({ name: 'a.txt', text: 'x', format: 'dialogue' }), (error: Error) => error instanceof TranscriptError
      && error.message === 'a.txt does not begin with a label such as "User: ..." that an "Assistant: ..." follows in turn; add them, or open it as plain text.');
  });
});
