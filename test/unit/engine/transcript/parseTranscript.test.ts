import assert from 'node:assert/strict';
import type { TranscriptDocument } from '../../../../src/concepts/transcript';
import { TranscriptError } from '../../../../src/engine/base/errors';
import { detectFormat } from '../../../../src/engine/transcript/formats/formatRegistry';
import { ChatTemplate } from '../../../../src/engine/template/chatTemplate';
import { JsonLiteral, PlacedText, withTexts } from '../../../../src/engine/transcript/turns/templateData';
import { parseTranscript } from '../../../../src/engine/transcript/formats/parseTranscript';
import * as readers from '../../../../src/engine/transcript/formats/readers';
import { turnsOf as turns } from '../../../support/transcripts/turnsOf';

const rejects = (document: TranscriptDocument, message: RegExp) =>
  assert.throws(() => parseTranscript(document), (error: Error) => error instanceof TranscriptError && message.test(error.message));

describe('parseTranscript', () => {
  describe('prompty', () => {
    it('reads roles, reasoning, and text before the first role as the system\'s', () => {
      const text = '---\nname: x\n---\nBe brief.\n\n# User [name="a"]:\n\nWhy?\n\nassistant:\n<think>\nBecause.\nSo.\n</think>\n\nThus.\n';
      assert.deepEqual(turns({ name: 'a.prompty', text }), [
        'system', '  text:Be brief.', 'user', '  text:Why?', 'assistant', '  reasoning:Because.\nSo.', '  text:Thus.']);
    });

    it('keeps the final assistant turn to the letter, but for one line break', () => {
      assert.deepEqual(turns({ name: 'a.prompty', text: 'user:\nx\nassistant:\n\n  y \n\n' }), ['user', '  text:x', 'assistant', '  text:\n  y \n']);
    });

    it('trims earlier turns', () => {
      assert.deepEqual(turns({ name: 'a.prompty', text: 'user:\n\n x\n\nassistant:\n\ny\n\nuser:\n\nz\n' }), ['user', '  text:x', 'assistant', '  text:y', 'user', '  text:z']);
    });

    it('reads CRLF as LF, with the places of the CRLF', () => {
      const text = '---\r\nname: x\r\n---\r\nuser:\r\na\r\nb\r\nassistant:\r\n<think>\r\nc\r\n</think>\r\nd\r\n';
      const document = { name: 'a.prompty', text };
      assert.deepEqual(turns(document), ['user', '  text:a\nb', 'assistant', '  reasoning:c', '  text:d']);
      const { offsets } = parseTranscript(document).turns[0].parts[0];
      const a = text.indexOf('a\r\nb');
      assert.deepEqual([...offsets!], [a, a + 1, a + 3, a + 4]);
    });

    it('takes text before a lone closing tag as reasoning', () => {
      assert.deepEqual(turns({ name: 'a.prompty', text: 'user:\nx\nassistant:\nhm\n</think>\n\ny' }), ['user', '  text:x', 'assistant', '  reasoning:hm', '  text:y']);
    });

    it('takes unfinished reasoning as such', () => {
      const [, turn] = parseTranscript({ name: 'a.prompty', text: 'user:\nx\nassistant:\n<think>\nhm' }).turns;
      assert.deepEqual([turn.parts[0].kind, turn.parts[0].text, turn.complete], ['reasoning', 'hm', false]);
    });

    for (const [what, matter] of [['behind blank lines', '\n \n---\nname: Stock\n---\n'], ['empty', '---\n---\n'], ['between plus signs', '+++\nname: Stock\n+++\n'], ['with CRLF', '\r\n---\r\nname: x\r\n---\r\n']]) {
      it(`front matter ${what} is none of the text`, () => {
        assert.deepEqual(turns({ name: 'a.prompty', text: `${matter}system:\nBe short.\nuser:\nHi\n` }), ['system', '  text:Be short.', 'user', '  text:Hi']);
      });
    }

    it('a heading of more than one number sign is text, and the answer goes where the last role line is', () => {
      const text = 'user:\n## User:\nMy lamp is broken.\n\n## Assistant:\nSorry.\n\n# Assistant:\nThe lamp.\n';
      assert.deepEqual(turns({ name: 'a.prompty', text }), ['user', '  text:## User:\nMy lamp is broken.\n\n## Assistant:\nSorry.', 'assistant', '  text:The lamp.']);
      assert.deepEqual(turns({ name: 'a.md', text: text.replace('user:\n', '') }), ['user', '  text:My lamp is broken.', 'assistant', '  text:Sorry.', 'assistant', '  text:The lamp.']);
    });

    it('a rule further down is no front matter', () => {
      assert.deepEqual(turns({ name: 'a.prompty', text: 'user:\na\n---\nb\n---\n' }), ['user', '  text:a\n---\nb\n---']);
    });

    it('says where front matter begins that has no end', () => {
      rejects({ name: 'a.prompty', text: '\n---\na: 1\nuser:\nx' }, /^The front matter of a\.prompty begins in line 2 and has no end; add a line "---" behind it\.$/);
    });

    it('says where the front matter is broken', () => {
      rejects({ name: 'a.prompty', text: '\n\n---\na: 1\nb: [\n---\nuser:\nx' }, /^The front matter of a\.prompty is not readable YAML \(line [56]: .+\); correct it\.$/);
      rejects({ name: 'a.prompty', text: '---\na: 1\nb: [\n---\nuser:\nx' }, /^The front matter of a\.prompty is not readable YAML \(line \d+: .+\); correct it\.$/);
    });

    it('wants a prompt', () => {
      rejects({ name: 'a.prompty', text: ' \n' }, /^a\.prompty is empty; write a prompt first\.$/);
      rejects({ name: 'a.prompty', text: 'user:\n \nassistant:\nhello' }, /^a\.prompty has no prompt: nothing but white space stands before the answer/);
    });
  });

  describe('plain text', () => {
    it('is one user turn', () => {
      assert.deepEqual(turns({ name: 'notes.md', text: '# Title\n\nWhat is this?\n' }), ['user', '  text:# Title\n\nWhat is this?']);
    });

    it('takes role lines with text behind them', () => {
      assert.deepEqual(turns({ name: 'a.txt', text: 'Why?\n\nAssistant:\nSo.\n' }), ['user', '  text:Why?', 'assistant', '  text:So.']);
      assert.deepEqual(turns({ name: 'a.txt', text: 'Why?\nassistant:' }), ['user', '  text:Why?', 'assistant']);
    });

    it('takes no role line where nothing follows', () => {
      assert.deepEqual(turns({ name: 'a.txt', text: 'The form has a line\nuser:\n' }), ['user', '  text:The form has a line\nuser:']);
    });
  });

  describe('OpenAI chat JSON', () => {
    const json = (value: unknown) => ({ name: 'a.json', text: JSON.stringify(value, null, 2) });
    /** Values that were read have no prototype. */
    /** Data for a template as JSON has it. */
    const plain = (value: unknown): unknown => {
      if (value instanceof Map || (typeof value === 'object' && value !== null && value.constructor === Object)) {
        const entries = [...(value instanceof Map ? (withTexts(value, ({ source }) => source.text) as Map<string, unknown>) : new Map(Object.entries(value)))];
        return Object.fromEntries(entries.map(([key, item]) => [key, plain(item)]));
      }
      if (value instanceof JsonLiteral) return JSON.parse(value.text);
      return Array.isArray(value) ? value.map(plain) : value instanceof PlacedText ? plain(withTexts(value, ({ source }) => source.text)) : value;
    };

    it('reads messages, an array alone, content parts and reasoning of all names', () => {
      for (const key of ['reasoning_content', 'reasoning', 'thinking']) {
        assert.deepEqual(turns(json({ model: 'm', messages: [{ role: 'user', content: 'q' }, { role: 'assistant', [key]: 'r', content: 'a' }] })),
          ['user', '  text:q', 'assistant', '  reasoning:r', '  text:a']);
      }
      assert.deepEqual(turns(json([{ role: 'developer', content: [{ type: 'text', text: 'p1' }, { type: 'text', text: 'p2' }] }, { role: 'user', content: 'q' }])),
        ['developer', '  text:p1', '  text:p2', 'user', '  text:q']);
      assert.deepEqual(turns(json([{ role: 'user', content: 'q' }, { role: 'assistant', content: '<think>r</think>a' }])), ['user', '  text:q', 'assistant', '  reasoning:r', '  text:a']);
      assert.deepEqual(turns(json([{ role: 'user', content: 'q' }, { role: 'assistant', reasoning_content: null, content: [{ type: 'thinking', thinking: 'r' }, { type: 'text', text: 'a' }] }])),
        ['user', '  text:q', 'assistant', '  reasoning:r', '  text:a']);
    });

    it('reads a ShareGPT conversation', () => {
      assert.deepEqual(turns(json([{ conversations: [{ from: 'human', value: 'q' }, { from: 'gpt', value: 'a' }] }])), ['user', '  text:q', 'assistant', '  text:a']);
    });

    it('finds every character through the escapes', () => {
      const text = String.raw`[{"role": "user", "content": "a\n\"\u00e9\ud83d\ude42\\\/\tz"}]`;
      const [part] = parseTranscript({ name: 'a.json', text }).turns[0].parts;
      assert.equal(part.text, 'a\n"é🙂\\/\tz');
      const escapes = Array.from({ length: part.text.length }, (_, i) => text.slice(part.offsets![i], part.offsets![i + 1]));
      assert.deepEqual(escapes, ['a', '\\n', '\\"', '\\u00e9', '\\ud83d', '\\ude42', '\\\\', '\\/', '\\t', 'z']);
    });

    it('an empty reasoning field is none', () => {
      assert.deepEqual(turns(json([{ role: 'user', content: 'q' }, { role: 'assistant', reasoning_content: '', reasoning: 'r', content: 'a' }])), ['user', '  text:q', 'assistant', '  reasoning:r', '  text:a']);
      assert.deepEqual(turns(json([{ role: 'user', content: 'q' }, { role: 'assistant', reasoning_content: '', content: '<think>\nr\n</think>\n\na' }])), ['user', '  text:q', 'assistant', '  reasoning:r', '  text:a']);
    });

    it('takes what a request says beside its messages', () => {
      const messages = [{ role: 'user', content: 'q' }];
      const variables = (request: object) => plain(parseTranscript(json({ ...request, messages })).variables);
      assert.deepEqual(variables({ model: 'm', temperature: 0.5, tools: null, documents: '' }), {});
      assert.deepEqual(turns(json({ system: '', messages })), ['user', '  text:q']);
      assert.deepEqual(variables({ tools: [{ name: 'f', description: 'd', input_schema: { type: 'object' } }] }), { tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' } } }] });
      assert.deepEqual(variables({ documents: [{ title: 't' }], chat_template_kwargs: { enable_thinking: false, depth: 0.25 } }), { documents: [{ title: 't' }], enable_thinking: false, depth: 0.25 });
      assert.deepEqual(turns(json({ system: [{ type: 'text', text: 's1' }, { type: 'text', text: 's2' }], messages })), ['system', '  text:s1', '  text:s2', 'user', '  text:q']);
    });

    it('gives templates numbers, keys and arguments as they are written', () => {
      const request = (tools: string) => ({ name: 'a.json', text: `{"tools": ${tools}, "messages": [{"role": "user", "content": "q"}]}` });
      const template = new ChatTemplate('{{ tools | tojson }}', {}, 'M');
      const written = (tools: string) => template.render([], { addGenerationPrompt: false, date: new Date(0), variables: parseTranscript(request(tools)).variables });
      // As json.dumps(json.loads(...)) of Python 3.11 writes them.
      for (const [number, python] of [['20.0', '20.0'], ['1e5', '100000.0'], ['12345678901234567890', '12345678901234567890'], ['0.00001', '1e-05'], ['-0', '0'], ['1.50', '1.5'], ['0.7', '0.7'], ['-3', '-3'], ['1E400', 'Infinity']]) {
        assert.equal(written(`[{"default": ${number}}]`), `[{"default": ${python}}]`);
      }
      assert.equal(written('[{"b": 1, "7": 2, "a": null, "c": [true, "é\\u00e9\\n"]}]'), '[{"b": 1, "7": 2, "a": null, "c": [true, "éé\\n"]}]');
      rejects(request('"f"'), /^"tools" of a\.json is no list; it must be one/);
      rejects(json({ chat_template_kwargs: [], messages: [] }), /^"chat_template_kwargs" of a\.json is no object/);
      const call = (value: unknown) => json([{ role: 'user', content: 'q' }, { role: 'assistant', content: 'a', tool_calls: [{ function: { name: 'f', arguments: value } }] }]);
      rejects(call('{"a": '), /^Message 2 of a\.json .* has a tool call whose arguments are no JSON object \("\{\\"a\\": "\); correct them\.$/);
      rejects(call('[1]'), /whose arguments are no JSON object/);
      assert.deepEqual(plain(parseTranscript(call('{"a": 2.0}')).turns[1].extra), { tool_calls: [{ function: { name: 'f', arguments: { a: 2 } } }] });
      assert.deepEqual(plain(parseTranscript(call('')).turns[1].extra), { tool_calls: [{ function: { name: 'f', arguments: {} } }] });
    });

    it('says what is wrong, and where', () => {
      rejects({ name: 'a.json', text: '{"messages": [{"role": "user" "content": ""}]}' }, /^a\.json is not readable JSON \(CommaExpected at line 1, column 31\); correct it there\.$/);
      rejects({ name: 'a.json', text: '{\n"messages": [\n' }, /^a\.json is not readable JSON \(.* at line 3, column 1\)/);
      rejects(json({ prompt: 'x' }), /^a\.json holds no chat: it needs \{"messages"/);
      rejects(json([{ role: 'critic', content: 'x' }]), /^Message 1 of a\.json \(line 2, column 3\) has the role "critic"; use one of/);
      rejects(json([{ content: 'x' }]), /has no "role"; use one of/);
      rejects(json([{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }]), /holds a content part of type "image_url"; only text can be traced/);
      rejects(json([{ role: 'user', content: 3 }]), /has a content of type number; it must be a string/);
      rejects(json([{ role: 'user', content: 'q' }, { role: 'assistant', tool_calls: 'f()' }]), /has "tool_calls" of type string; they must be a list/);
      rejects({ name: 'a.jsonl', text: '{"messages": []}\n{"messages": []}\n' }, /^a\.jsonl holds 2 conversations; choose one of them \(in the terminal with --conversation\), from 1 \(.*\) to 2\.$/);
      rejects(json([]), /has no prompt/);
    });
  });

  describe('raw template text', () => {
    const CASES: Readonly<Record<string, string>> = {
      'ChatML': '<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nQ<|im_end|>\n<|im_start|>assistant\n<think>\nR\n</think>\n\nA<|im_end|>\n',
      'Llama 3': '<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nS<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nQ<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n<think>R</think>A<|eot_id|>',
      'DeepSeek': '<｜begin▁of▁sentence｜>S<｜User｜>Q<｜Assistant｜><think>\nR\n</think>\n\nA<｜end▁of▁sentence｜>',
      'Llama 2': '<s>[INST] <<SYS>>\nS\n<</SYS>>\n\nQ [/INST]<think>R</think>A</s>',
      'Phi': '<|system|>\nS<|end|>\n<|user|>\nQ<|end|>\n<|assistant|>\n<think>R</think>A<|end|>\n',
    };
    for (const [family, text] of Object.entries(CASES)) {
      it(`is cut into turns: ${family}`, () => {
        assert.deepEqual(turns({ name: 'a.txt', text }), ['system', '  text:S', 'user', '  text:Q', 'assistant', '  reasoning:R', '  text:A']);
      });
    }

    it('knows the model\'s turn of Gemma, and a turn that is still open', () => {
      const parsed = parseTranscript({ name: 'a.txt', text: '<bos><start_of_turn>user\nQ<end_of_turn>\n<start_of_turn>model\nA\n' });
      assert.deepEqual(parsed.turns.map(({ role, complete, parts }) => [role, complete, parts[0].text]), [['user', true, 'Q'], ['assistant', false, 'A']]);
    });

    it('needs a known marker', () => rejects({ name: 'a.txt', text: 'x', format: 'raw' }, /holds no turn markers of a known chat template/));
  });

  it('detects the format from the name, then from the text', () => {
    const detect = (name: string, text: string) => detectFormat({ name, text });
    assert.equal(detect('file:///A.PROMPTY', '<|im_start|>user\n'), 'prompty');
    assert.equal(detect('x.chat.json', '[]'), 'openai');
    assert.equal(detect('Untitled-1', '{"model": "m", "messages": []}'), 'openai');
    for (const text of [' { "messages": [', '[{"role": "user"']) rejects({ name: 'Untitled-1', text }, /^Untitled-1 is not readable JSON/);
    assert.equal(detect('Untitled-1', '{"some": "data"}'), 'plain');
    assert.equal(detect('a.md', 'x <|im_start|>user\n'), 'raw');
    assert.equal(detect('a.md', 'The marker [INST] opens a turn.'), 'plain');
    assert.equal(detect('Untitled-1', '---\nname: x\n---\nuser:\nq'), 'prompty');
    assert.equal(detect('Untitled-1', 'q'), 'plain');
    assert.equal(detectFormat({ name: 'a.json', text: '', format: 'plain' }), 'plain');
    rejects({ name: 'a.txt', text: 'q', format: 'constructor' as never }, /^There is no transcript format "constructor"; leave it out, or give one of notebook, /);
  });
});

describe('what the extension host asks', () => {
  it('is answered with a value, or with an error as data', () => {
    const document = { name: 'a.txt', text: 'user:\nQ\nassistant:\nA\n' };
    assert.deepEqual(readers.parseTranscript(document), { value: parseTranscript(document) });
    assert.deepEqual(readers.conversationsIn(document), { value: [] });
    const answer = readers.parseTranscript({ name: 'a.txt', text: '' });
    assert.ok('error' in answer);
    assert.deepEqual([answer.error.code, answer.error.message], ['transcript', 'a.txt is empty; write a prompt first.']);
  });

  it('a document is refused without a prompt, and in a format that there is not', () => {
    const refuses = (document: Parameters<typeof parseTranscript>[0], message: string) => assert.throws(() => parseTranscript(document), (error: Error) => error instanceof TranscriptError && error.message === message);
    for (const text of ['', ' \n']) refuses({ name: 'a.txt', text }, 'a.txt is empty; write a prompt first.');
    for (const text of ['assistant:\nA', 'user:\n \nassistant:\nA']) refuses({ name: 'a.txt', text }, 'a.txt has no prompt: nothing but white space stands before the answer; write a user turn first.');
    assert.throws(() => parseTranscript({ name: 'a.txt', text: 'Q', format: 'word' as 'plain' }), /^TranscriptError: There is no transcript format "word"; leave it out, or give one of .+, plain\.$/);
    assert.deepEqual(readers.conversationsIn({ name: 'a.json', text: '[[{"role": "user", "content": "q"}], [{"role": "user", "content": "r"}]]', format: 'openai' }), { value: [] });
  });
});
