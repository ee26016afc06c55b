import assert from 'node:assert/strict';
import { TranscriptError } from '../../../../../src/engine/base/errors';
import { parseTranscript } from '../../../../../src/engine/transcript/formats/parseTranscript';
import { CONVERSATIONS, withTexts } from '../../../../support/transcripts/markedConversations';
import { generateInto } from '../../../../support/transcripts/generateInto';
import { linesOf, turnsOf } from '../../../../support/transcripts/turnsOf';

const TEXTS = { S: 'Be short, clerk.', Q: 'Where is it?\n\nThe key.', A: 'Behind the clock.', R: 'And the {lamp} <b>', B: 'In the "hall",\nby the door.' };
const GENERATED = ['So', ' it is,\n', '\n"there".'];

describe('raw template text, by family', () => {
  for (const conversation of CONVERSATIONS) {
    const { family, close, noSystem, words } = conversation;
    const text = withTexts(conversation, TEXTS);
    const before = [...(noSystem ? [] : ['system', `  text:${TEXTS.S}`]), 'user', `  text:${TEXTS.Q}`, 'assistant', `  text:${TEXTS.A}`, 'user', `  text:${TEXTS.R}`];
    const turns = [...before, 'assistant', `  text:${TEXTS.B}`];

    describe(family, () => {
      it('is cut at its markers', () => {
        const { format, turns: [...parsed], notes } = parseTranscript({ name: 'a.txt', text });
        assert.deepEqual([format, notes], ['raw', []]);
        assert.deepEqual(linesOf({ turns: parsed }, text), turns);
        assert.deepEqual(parsed.map(({ complete }) => complete), parsed.map((_, index) => index < parsed.length - 1 || close !== ''));
        const { range } = parsed.at(-1)!.parts[0];
        assert.deepEqual(range, { start: text.lastIndexOf(TEXTS.B), end: text.lastIndexOf(TEXTS.B) + TEXTS.B.length });
      });

      it('with CRLF, as LF, with the places of the CRLF', () => {
        const crlf = text.replaceAll('\n', '\r\n');
        assert.deepEqual(turnsOf({ name: 'a.txt', text: `${crlf}\r\n` }), turns);
        const parsed = parseTranscript({ name: 'a.txt', text: crlf });
        assert.equal(parsed.raw!.text.text, crlf.includes('\n') ? text : crlf);
        const { range } = parsed.turns.at(-1)!.parts[0];
        assert.equal(crlf.slice(range.start, range.end), TEXTS.B.replaceAll('\n', '\r\n'));
      });

      it('takes a generation where the assistant\'s turn has begun, and where it has not', () => {
        const begun = text.slice(0, text.lastIndexOf(TEXTS.B));
        const upTo = (asked: string) => text.slice(0, text.lastIndexOf(asked) + asked.length);
        // Behind a user's text that nothing closes yet, and behind all that stands before the assistant's marker.
        const opened = text.slice(text.lastIndexOf(TEXTS.A) + TEXTS.A.length, text.lastIndexOf(TEXTS.R));
        const openings: readonly (readonly [string, string[]])[] = [[begun, before], [upTo(TEXTS.R), before], ...(words ? [] : [[upTo(TEXTS.Q), before.slice(0, -4)] as const]), [`${upTo(TEXTS.A)}${opened}${TEXTS.R}\n`, before]];
        for (const [open, turnsThere] of openings) {
          for (const document of [open, open.replaceAll('\n', '\r\n')]) {
            for (const ended of [true, false]) {
              const finished = generateInto({ name: 'a.txt', text: document }, GENERATED, ended);
              assert.deepEqual(turnsOf(finished), [...turnsThere, 'assistant', `  text:${GENERATED.join('')}`], JSON.stringify(finished.text));
              assert.equal(parseTranscript(finished).turns.at(-1)!.complete, ended && close !== '', JSON.stringify(finished.text));
              if (document.includes('\r')) assert.doesNotMatch(finished.text, /(?<!\r)\n/);
            }
          }
        }
      });

      it('goes on with what was generated', () => {
        const begun = text.slice(0, text.lastIndexOf(TEXTS.B) + TEXTS.B.length);
        assert.deepEqual(turnsOf(generateInto({ name: 'a.txt', text: begun }, GENERATED)), [...before, 'assistant', `  text:${TEXTS.B}${GENERATED.join('')}`]);
      });

      it('reads what is there of a text that is cut off anywhere', () => {
        for (let end = 0; end < text.length; end++) {
          const cut = { name: 'a.txt', text: text.slice(0, end) };
          try {
            linesOf(parseTranscript(cut), cut.text);
          } catch (error) {
            assert.ok(error instanceof TranscriptError, `${end}: ${String(error)}`);
          }
        }
      });
    });
  }
});
