import assert from 'node:assert/strict';
import { TranscriptError } from '../../../../../src/engine/base/errors';
import { detectFormat } from '../../../../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../../../../src/engine/transcript/formats/parseTranscript';
import { generateInto } from '../../../../support/transcripts/generateInto';
import { turnsOf } from '../../../../support/transcripts/turnsOf';

const ESCAPED = String.raw`<|im_start|>user\nIt\'s "7\t\\ \x1b\u200b\U0001f511é"<|im_end|>\n<|im_start|>assistant\n`;
const SAID = 'It\'s "7\t\\ \x1b\u200b🔑é"';
const line = (literal: string) => `INFO 07-25 02:41:21 [logger.py:43] Received request chatcmpl-5: prompt: ${literal}, params: SamplingParams(n=1, stop=['x']), prompt_token_ids: None.\n`;
const document = (text: string) => ({ name: 'server.log', text });
const rejects = (text: string, sentence: string) =>
  assert.throws(() => parseTranscript(document(text)), (error: Error) => error instanceof TranscriptError && error.message === sentence, sentence);

describe('a server\'s log', () => {
  it('is read as the prompt in it, with the place of every character', () => {
    const text = line(`'${ESCAPED}'`);
    const parsed = parseTranscript(document(text));
    assert.deepEqual([parsed.format, parsed.notes], ['log', []]);
    assert.deepEqual(turnsOf(document(text)), ['user', `  text:${SAID}`, 'assistant']);
    const { text: said, offsets } = parsed.turns[0].parts[0];
    const standing = Array.from({ length: said.length }, (_, i) => text.slice(offsets![i], offsets![i + 1]));
    assert.deepEqual(standing, ['I', 't', '\\\'', 's', ' ', '"', '7', '\\t', '\\\\', ' ', '\\x1b', '\\u200b', '\\U0001f511', '', 'é', '"']);
    assert.equal(parsed.raw!.text.text, `<|im_start|>user\n${SAID}<|im_end|>\n<|im_start|>assistant\n`);
  });

  it('of other versions and servers, in either quote', () => {
    const prompt = String.raw`<start_of_turn>user\nIt's 7<end_of_turn>\n<start_of_turn>model\n`;
    for (const text of [
      line(`"${prompt}"`), line(`"${prompt}"`).replaceAll('\n', '\r\n'),
      `(APIServer pid=7) INFO 11-26 10:00:00 [api.py:1] started\n(APIServer pid=7) INFO 11-26 10:00:01 [logger.py:39] Received request cmpl-1: params: SamplingParams(n=1), lora_request: None.\n(APIServer pid=7) DEBUG 11-26 10:00:01 [logger.py:30] Request cmpl-1 details: prompt: "${prompt}", prompt_token_ids: [2, 105].\n`,
      `[2026-11-26 10:00:00] Receive: obj=GenerateReqInput(rid='a', text="${prompt}", input_ids=None, sampling_params={})\n`,
      `Received request chatcmpl-5: prompt: "${prompt}"`,
    ]) {
      assert.deepEqual([detectFormat(document(text)), ...turnsOf(document(text))], ['log', 'user', '  text:It\'s 7', 'assistant'], text);
    }
  });

  it('of several requests is the last one\'s that shows its prompt', () => {
    const ask = (q: string) => line(`'<|im_start|>user\\n${q}<|im_end|>\\n'`);
    const text = ask('first') + ask('second') + line('None');
    assert.deepEqual(turnsOf(document(text)), ['user', '  text:second']);
    assert.deepEqual(parseTranscript(document(text)).notes, ['server.log logs 2 requests with their prompts; the last one (line 2) was read: copy another one\'s line into a file of its own to read that.']);
  });

  it('takes a generation inside the quotes', () => {
    const pieces = ['It\'s "so",', '\n\tor \\n', '\x00🙂', 'é\r'];
    for (const quote of ['\'', '"']) {
      for (const begun of [`<|im_start|>user\\nQ<|im_end|>\\n`, `<|im_start|>user\\nQ<|im_end|>\\n<|im_start|>assistant\\n`, `<|im_start|>user\\nQ`]) {
        const text = line(quote + begun + quote);
        const finished = generateInto(document(text), pieces);
        assert.deepEqual(turnsOf(finished), ['user', '  text:Q', 'assistant', `  text:${pieces.join('')}`], finished.text);
        assert.equal(finished.text.split('\n').length, 2);
        assert.ok(finished.text.endsWith(text.slice(text.indexOf(`${quote}, params`))));
        assert.equal(parseTranscript(finished).turns[1].complete, true);
      }
    }
    const reasoning = line(String.raw`'<｜User｜>Q<｜Assistant｜><think>\n'`);
    assert.deepEqual(turnsOf(generateInto(document(reasoning), ['R\n</think>\n\nA'])), ['user', '  text:Q', 'assistant', '  reasoning:R', '  text:A']);
  });

  it('says why it cannot be read', () => {
    const wanted = 'have the server log prompts as text, or copy the prompt into a file of its own.';
    rejects(line('None'), `server.log logs a request without its prompt; ${wanted}`);
    rejects(line('None') + line('[1, 2]'), `server.log logs 2 requests without their prompts; ${wanted}`);
    rejects(line('\'<|im_start|>user').slice(0, 100), `server.log logs a prompt that its line cuts off; ${wanted}`);
    rejects(line('\'<|im_start|>user\\\n\''), `server.log logs a prompt that its line cuts off; ${wanted}`);
    rejects(line('\'Once upon\''), 'The prompt in line 1 of server.log holds no turn markers of a known chat template; copy it into a file of its own, as plain text.');
    assert.throws(() => parseTranscript({ name: 'a.txt', text: 'x', format: 'log' }), /^TranscriptError: a\.txt logs no request of vLLM or SGLang; /);
  });

  it('is one only from its first line on', () => {
    for (const text of [`Why is this logged?\n${line('\'<|im_start|>user\\nQ<|im_end|>\'')}`, 'INFO 07-25 Started.\nReceived a request\n', 'I received request 5: prompt: what?']) {
      assert.notEqual(detectFormat(document(text)), 'log', text);
    }
  });
});
