import assert from 'node:assert/strict';
import { TranscriptError } from '../../../../src/engine/base/errors';
import { tokenizeTranscript } from '../../../../src/engine/prompt/tokenizeTranscript';
import { chatModel, withTemplate } from '../../../support/tokenizers/chatModels';

const STEP = { role: 'assistant', content: null, tool_calls: [{ id: 'c1', type: 'function', function: { name: 'stock_level', arguments: '{"item": "desk lamp \\"Oslo\\"", "floor": 2}' } }] };
const CALL = { id: 'c2', type: 'function', function: { name: 'order_goods', arguments: { item: 'desk lamp', count: 20, rush: true, tags: ['été', 'b'], note: 'line\nbreak' } } };
const START = [{ role: 'system', content: 'You keep a store.' }, { role: 'user', content: 'Order lamps if fewer than 10 are left.' }, STEP, { role: 'tool', tool_call_id: 'c1', content: '7' }];
const TOOLS = [{ type: 'function', function: { name: 'stock_level', parameters: { type: 'object', properties: {} } } }];
const DATE = new Date(2026, 6, 4);

describe('calls of tools', () => {
  for (const [name, written] of [
    ['Qwen3', '<tool_call>\n{"name": "order_goods", "arguments": {"item": "desk lamp", "count": 20, "rush": true, "tags": ["été", "b"], "note": "line\\nbreak"}}\n</tool_call>'],
    ['Qwen2.5', '<tool_call>\n{"name": "order_goods", "arguments": {"item": "desk lamp", "count": 20, "rush": true, "tags": ["été", "b"], "note": "line\\nbreak"}}\n</tool_call>'],
    ['Llama 3.2', '{"name": "order_goods", "parameters": {"item": "desk lamp", "count": 20, "rush": true, "tags": ["été", "b"], "note": "line\\nbreak"}}'],
  ] as const) {
    it(`of the last message are what the model wrote, as ${name}'s template writes them, each text with its place`, async () => {
      const tokenizer = await chatModel(name);
      // Qwen3's template of its first days wants a content, as Jinja2 says.
      const messages = [...START, { role: 'assistant', content: null, tool_calls: [CALL] }].map((message) => (name === 'Qwen3' ? { ...message, content: message.content ?? '' } : message));
      for (const text of [JSON.stringify({ tools: TOOLS, messages }, null, 2), JSON.stringify({ tools: TOOLS, messages })]) {
        const { tokens, promptLength, answer, reasoning } = tokenizeTranscript({ name: 'a.json', text }, tokenizer, { date: DATE });
        const generation = tokens.slice(promptLength);
        assert.equal(generation.at(-1)!.region, 'template');
        assert.equal(generation.slice(0, -1).map((token) => token.text).join(''), written);
        assert.equal(reasoning, null);
        const spoken = tokens.slice(answer!.start, answer!.end).map((token) => token.text).join('');
        assert.match(spoken.trim(), /^"?order_goods"[^]*break"*\}*$/);
        for (const word of ['order_goods', 'desk lamp', 'été', '20', 'true', 'count', String.raw`line\nbreak`]) {
          const at = text.lastIndexOf(word);
          const own = generation.filter(({ range }) => range && range.start < at + word.length && range.end > at);
          assert.ok(own.map((token) => token.text).join('').includes(word), `${word} is found in the document: ${JSON.stringify(own.map((token) => token.text))}`);
          assert.ok(own.every(({ region }) => region === 'answer'));
        }
      }
    });
  }

  it('of earlier messages have their places in the prompt, through a string of JSON, too', async () => {
    const tokenizer = await chatModel('Qwen2.5');
    const text = JSON.stringify({ tools: TOOLS, messages: [...START, { role: 'assistant', content: 'Ordered.' }] });
    const { tokens, promptLength } = tokenizeTranscript({ name: 'a.json', text }, tokenizer, { date: DATE });
    const prompt = tokens.slice(0, promptLength);
    assert.ok(prompt.map((token) => token.text).join('').includes('{"name": "stock_level", "arguments": {"item": "desk lamp \\"Oslo\\"", "floor": 2}}'));
    for (const word of ['stock_level', 'Oslo', 'floor']) {
      const at = text.lastIndexOf(word);
      const own = prompt.filter(({ range }) => range && range.start < at + word.length && range.end > at);
      assert.ok(own.length > 0 && own.map((token) => token.text).join('').includes(word), word);
      assert.ok(own.every(({ region }) => region === 'prompt'));
    }
  });

  it('know what their tools are for: names and descriptions have their places in the prompt, and documents have', async () => {
    const tools = [{ type: 'function', function: { name: 'stock_level', description: 'Counts what is left of a "thing".', parameters: { type: 'object', properties: { item: { type: 'string', description: 'its plain name' } } } } }];
    for (const [name, request] of [['Qwen3', { tools }], ['Llama 3.2', { tools }], ['Qwen2.5', { tools: JSON.stringify(tools) }]] as const) {
      const text = JSON.stringify({ ...request, messages: [{ role: 'user', content: 'How many lamps?' }, { role: 'assistant', content: 'Seven.' }] });
      const { tokens, promptLength, notes } = tokenizeTranscript({ name: 'a.json', text }, await chatModel(name), { date: DATE });
      for (const words of ['stock_level', 'Counts what is left', 'its plain name']) {
        const at = text.indexOf(words);
        const own = tokens.slice(0, promptLength).filter(({ range }) => range && range.start < at + words.length && range.end > at);
        assert.ok(own.map((token) => token.text).join('').includes(words) && own.every(({ region }) => region === 'prompt'), `${name}: ${words}`);
      }
      assert.deepEqual(notes, []);
    }
  });

  it('that the template does not write are refused', async () => {
    const tokenizer = withTemplate(await chatModel('tracelet'), "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}");
    const text = JSON.stringify([{ role: 'user', content: 'Q' }, { role: 'assistant', content: '', tool_calls: [CALL] }]);
    assert.throws(() => tokenizeTranscript({ name: 'a.json', text }, tokenizer), (error: Error) => error instanceof TranscriptError && /^The last message calls tools, and the chat template/.test(error.message));
  });

  it('stand behind the text and the reasoning of their message', async () => {
    const tokenizer = await chatModel('Qwen3');
    const text = JSON.stringify({ messages: [{ role: 'user', content: 'Q' }, { role: 'assistant', reasoning_content: 'I look.', content: 'Wait.', tool_calls: [CALL] }] });
    const { tokens, promptLength, answer, reasoning } = tokenizeTranscript({ name: 'a.json', text }, tokenizer);
    assert.match(tokens.slice(promptLength).map((token) => token.text).join(''), /^<think>\nI look\.\n<\/think>\n\nWait\.\n<tool_call>\n\{"name": "order_goods"/);
    assert.equal(tokens.slice(reasoning!.start, reasoning!.end).map((token) => token.text).join('').trim(), 'I look.');
    assert.ok(tokens.slice(answer!.start, answer!.end).map((token) => token.text).join('').startsWith('Wait.'));
  });
});

describe('reasoning by every name', () => {
  it('reaches a template that looks for it by that name, with its place', async () => {
    const template = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.reasoning }}/{{ m.thinking }}/{{ m.reasoning_content }}/{{ m.content }}<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
    const tokenizer = withTemplate(await chatModel('tracelet'), template);
    // As transformers 5.24 has it: the first of three names under two of them, every other as it is given.
    for (const [fields, seen] of [
      [{ reasoning_content: 'I see.' }, '/I see./I see./A'],
      [{ reasoning: 'I see.' }, 'I see./I see./I see./A'],
      [{ thinking: 'I see.', reasoning: 'I hear.' }, 'I hear./I see./I see./A'],
      [{ reasoning: 'I see.', reasoning_content: 'I see.', thinking: '' }, 'I see./I see./I see./A'],
      [{ reasoning_content: 'I see.', thinking: 'I hear.' }, '/I hear./I see./A'],
    ] as const) {
      const text = JSON.stringify([{ role: 'user', content: 'Q' }, { role: 'assistant', ...fields, content: 'A' }, { role: 'user', content: 'Q' }]);
      const { tokens } = tokenizeTranscript({ name: 'a.json', text }, tokenizer);
      assert.ok(tokens.map((token) => token.text).join('').includes(`assistant\n${seen}<|im_end|>`), JSON.stringify([fields, tokens.map((token) => token.text).join('')]));
      assert.ok(tokens.some(({ range, region }) => region === 'prompt' && range && text.slice(range.start, range.end) === 'ee'));
    }
  });
});

describe('contents that are lists of parts', () => {
  const TEMPLATE = "{% for m in messages %}<|im_start|>{{ m.role }}\n{% if m.content is string %}{{ m.content }}{% else %}{% for part in m.content %}{% if part.type == 'thinking' %}[THINK]{% for inner in part.thinking %}{{ inner.text }}{% endfor %}[/THINK]{% else %}{{ part.text }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n{% endfor %}";
  const THOUGHT = { role: 'assistant', content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'I see.' }] }, { type: 'text', text: 'Yes, ' }, { type: 'text', text: 'seven.' }] };

  it('reach a template that reads parts as they are, each text with its place; the last one is what the model wrote', async () => {
    const tokenizer = withTemplate(await chatModel('tracelet'), TEMPLATE);
    const text = JSON.stringify([{ role: 'user', content: [{ type: 'text', text: 'How' }, { type: 'text', text: ' many?' }] }, THOUGHT, { role: 'user', content: 'Sure?' }, THOUGHT]);
    const { tokens, promptLength, reasoning, answer } = tokenizeTranscript({ name: 'a.json', text }, tokenizer);
    const seen = (from: number, to: number) => tokens.slice(from, to).map((token) => token.text).join('');
    assert.equal(seen(0, promptLength), '<|im_start|>user\nHow many?<|im_end|>\n<|im_start|>assistant\n[THINK]I see.[/THINK]Yes, seven.<|im_end|>\n<|im_start|>user\nSure?<|im_end|>\n');
    for (const word of ['many', 'see', 'seven']) {
      const at = text.indexOf(word);
      assert.ok(tokens.slice(0, promptLength).some(({ range, region }) => region === 'prompt' && range && range.start < at + word.length && range.end > at), word);
    }
    assert.equal(seen(reasoning!.start, reasoning!.end).trim(), 'I see.');
    assert.match(seen(answer!.start, answer!.end), /^Yes, \s*seven\.$/);
  });
});

describe('raw text of another model', () => {
  it('is said', async () => {
    const notes = async (model: 'Qwen3' | 'Llama 3.2', text: string) => tokenizeTranscript({ name: 'a.txt', text }, await chatModel(model)).notes;
    const text = '<|im_start|>user\nWhat is <|this|>?<|im_end|>\n<|im_start|>assistant\n';
    assert.deepEqual(await notes('Qwen3', text), []);
    assert.deepEqual(await notes('Llama 3.2', text), ['This model has no token for <|im_start|>, and reads it as plain characters; choose the model that the text was written for.']);
  });
});

describe('what a template does not know', () => {
  const notes = async (template: string, request: object) => {
    const tokenizer = withTemplate(await chatModel('tracelet'), template);
    return tokenizeTranscript({ name: 'a.json', text: JSON.stringify(request) }, tokenizer).notes;
  };
  const PLAIN = '{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}';
  const ASK = { role: 'user', content: 'Q' };

  it('is said: tools, arguments, calls, texts', async () => {
    assert.deepEqual(await notes(PLAIN, { messages: [ASK] }), []);
    assert.deepEqual(await notes(PLAIN, { tools: TOOLS, chat_template_kwargs: { enable_thinking: false }, messages: [ASK] }), ['The chat template of this model does not know enable_thinking and tools: the model never saw them.']);
    assert.deepEqual(await notes(`{{ tools }}${PLAIN}`, { tools: TOOLS, messages: [ASK, { ...STEP, content: '' }, { role: 'tool', content: '7' }] }), ['The chat template of this model does not know tool_calls: the model never saw that part of the file.']);
    const deaf = "{% for m in messages if m.role != 'tool' %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}";
    assert.deepEqual(await notes(deaf, { messages: [ASK, { role: 'assistant', content: 'I look.' }, { role: 'tool', content: 'Seven lamps\nare left.' }] }),
      ['The chat template of this model leaves out or rewrites a text of the tool turn: “Seven lamps are left.”.']);
  });
});
