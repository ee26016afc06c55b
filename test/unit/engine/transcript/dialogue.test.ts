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

  it('is asked for', () => {
    assert.throws(() => parseTranscript({ name: 'a.txt', text: 'x', format: 'dialogue' }), (error: Error) => error instanceof TranscriptError
      && error.message === 'a.txt does not begin with a label such as "User: ..." that an "Assistant: ..." follows in turn; add them, or open it as plain text.');
  });
});
