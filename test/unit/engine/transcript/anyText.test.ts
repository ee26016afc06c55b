import assert from 'node:assert/strict';
import { TranscriptError } from '../../../../src/engine/base/errors';
import { parseTranscript } from '../../../../src/engine/transcript/formats/parseTranscript';
import type { ParsedTranscript } from '../../../../src/engine/transcript/turns/parsedTranscript';
import { seededUniform } from '../../../support/seededRandom';
import { generateInto } from '../../../support/transcripts/generateInto';
import { CONVERSATIONS, withTexts } from '../../../support/transcripts/markedConversations';
import { linesOf } from '../../../support/transcripts/turnsOf';

/** Every marker of the conversations, and what stands around such. */
const PIECES = [
  ...new Set(CONVERSATIONS.flatMap(({ text }) => text.split(/(?<![A-Za-z_])[SQARB](?![A-Za-z_.])/g))),
  '<|channel|>analysis', '<|message|>', '<|constrain|>json', '<|call|>', ' to=functions.f', '[TOOL_RESULTS]', '[/TOOL_RESULTS]', '[TOOL_CALLS]', '<｜tool▁output▁begin｜>', '<｜tool▁output▁end｜>', '<think>', '</think>\n',
  'User: ', 'Assistant: ', 'System: ', 'user:\n', 'assistant:\n', 'INFO 1 ', 'Received request a: prompt: \'', 'Request a details: prompt: "', '\'', '"', '\\n', '\\x4', '\\', '---\n',
  '\n', '\r\n', ' ', 'word', 'é漢🙂', '<', '<|', '|>', '\ufeff', '\0',
].filter((piece) => piece !== '');

function randomText(seed: number): string {
  const uniform = seededUniform(seed);
  // Few pieces at a time, so that those of one family meet.
  const own = Array.from({ length: 2 + Math.floor(uniform() * 8) }, () => PIECES[Math.floor(uniform() * PIECES.length)]);
  return Array.from({ length: Math.floor(uniform() * 24) }, () => (uniform() < 0.35 ? 'ab ' : own[Math.floor(uniform() * own.length)])).join('');
}

function parsedOrRefused(text: string): ParsedTranscript | null {
  try {
    return parseTranscript({ name: 'a.txt', text });
  } catch (error) {
    assert.ok(error instanceof TranscriptError, `${JSON.stringify(text)}: ${error instanceof Error ? error.stack : String(error)}`);
    assert.match(error.message, /^[^\n]+\.$/);
    return null;
  }
}

describe('any text', () => {
  it('is read with all parts in their order inside it, or refused in a sentence', () => {
    let read = 0;
    for (let seed = 0; seed < 20_000; seed++) {
      const text = randomText(seed);
      const parsed = parsedOrRefused(text);
      if (!parsed) continue;
      read++;
      linesOf(parsed, text);
      let before = 0;
      for (const { range } of parsed.turns.flatMap(({ parts }) => parts)) {
        assert.ok(range.start >= before && range.end >= range.start && range.end <= text.length, `${seed}: ${JSON.stringify(text)}`);
        before = range.end;
      }
      for (const { source } of parsed.raw ? parsed.turns.flatMap(({ content }) => content) : []) {
        const start = parsed.raw!.text.unitAt(source.range.start);
        assert.equal(parsed.raw!.text.text.slice(start, start + source.text.length), source.text);
      }
    }
    assert.ok(read > 10_000, `${read} read`);
  });

  it('with markers or labels takes a generation behind everything that was there', () => {
    for (let seed = 0; seed < 20_000; seed++) {
      const text = randomText(seed);
      const parsed = parsedOrRefused(text);
      // Text behind the last closing marker is said to be no turn's; a turn behind it makes it one.
      if (!parsed || parsed.format === 'plain' || parsed.turns.at(-1)?.role === 'assistant' || parsed.notes?.some((note) => note.includes('behind its last closing marker'))) continue;
      const finished = generateInto({ name: 'a.txt', text, format: parsed.format }, ['It', ' is.']);
      // A line break before a marker such as <|assistant|> is the marker's once it stands there.
      const lines = (transcript: ParsedTranscript, document: string) => linesOf(transcript, document).map((line) => line.replace(/\n$/, ''));
      assert.deepEqual(lines(parseTranscript(finished), finished.text), [...lines(parsed, text), 'assistant', '  text:It is.'], `${seed} ${parsed.format}: ${JSON.stringify(text)} ${JSON.stringify(finished.text)}`);
    }
  });

  // A step that is repeated from every place of such a text would take hours.
  it('of 200,000 characters is read in one go', () => {
    const LENGTH = 200_000;
    for (const piece of [...PIECES, '<|end|><|start|>assistant', '<|start|>a.', '. USER: ', 'user ', '\t', '#', '<｜tool▁output▁end｜> ', 'Receive: obj=GenerateReqInput(']) {
      const text = piece.repeat(Math.ceil(LENGTH / piece.length));
      parsedOrRefused(text);
      parsedOrRefused(`<|im_start|>user\n${text}`);
    }
  });

  it('holds as many turns as it has markers', () => {
    for (const conversation of CONVERSATIONS) {
      const text = withTexts(conversation, { S: '1.', Q: '2.', A: '3.', R: '4.', B: '5.' });
      const behind = text.slice(0, text.lastIndexOf('5.'));
      const asked = behind.slice(behind.lastIndexOf('3.') + 2);
      for (const times of [100, 200]) {
        const long = `${behind}${`5.${asked}`.repeat(times)}5.`;
        assert.equal(parseTranscript({ name: 'a.txt', text: long }).turns.length, (conversation.noSystem ? 4 : 5) + 2 * times, conversation.family);
      }
    }
  });
});
