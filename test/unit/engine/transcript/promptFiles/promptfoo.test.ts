import assert from 'node:assert/strict';
import { TranscriptError } from '../../../../../src/engine/base/errors';
import { detectFormat, formatReader } from '../../../../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../../../../src/engine/transcript/formats/parseTranscript';

const NAME = 'promptfooconfig.yaml';

function read(text: string, name = NAME): { turns: string[]; notes: readonly string[] } {
  const { turns, notes = [] } = parseTranscript({ name, text });
  return { turns: turns.map(({ role, content }) => `${role}: ${content.map(({ source }) => source.text).join('')}`), notes };
}

const turnsOf = (text: string) => read(text).turns;
const rejects = (text: string, message: RegExp, name = NAME) =>
  assert.throws(() => parseTranscript({ name, text, ...(name === 'results.json' && { format: 'promptfoo-results' as const }) }), (error: Error) => error instanceof TranscriptError && message.test(error.message) && !error.message.includes('\n'));

describe('configurations of promptfoo', () => {
  it('are told by their name, or by prompts with providers, targets or tests', () => {
    for (const name of ['promptfooconfig.yaml', 'promptfooconfig.yml', 'promptfooconfig.json', 'a/promptfooconfig.dev.yaml', 'x-promptfooconfig.yaml']) assert.equal(detectFormat({ name, text: '' }), 'promptfoo', name);
    for (const text of [
      'prompts:\n  - Q\nproviders: [x]\n', 'prompts : [Q]\ntargets:\n  - x\n', 'prompts: "Q"\ntests: []\n', 'prompts: \'Q\'\ntests : x\n', 'prompts: |\n  Q\ntests: []\n', 'prompts: >-\n  Q\ntests: []\n', 'prompts: file://x\ntests: []\n', 'prompts:\n- Q\ntests: []\n',
      '# why\n\n---\ndescription: d\nprompts: [Q]\ntests: []\n', '$schema: x\nprompts: [Q]\ntests: []\n', 'defaultTest: {}\nprompts: [Q]\ntests: []\n', 'env: {}\nprompts: [Q]\ntests: []\n', 'tags: {}\nprompts: [Q]\ntests: []\n', 'providers: [x]\nprompts: [Q]\n', 'targets: [x]\nprompts: [Q]\n', 'tests: []\nprompts:\r\n  - Q\r\n',
    ]) assert.equal(detectFormat({ name: 'Untitled-1', text }), 'promptfoo', text);
    for (const text of ['prompts: [Q]\n', 'prompts:\n  - Q\n', 'prompts: Q\ntests: []\n', 'x: y\nprompts: [Q]\ntests: []\n', 'Look:\nprompts: [Q]\ntests: []\n', 'prompts: [Q]\n tests: []\n', 'prompts: [Q]\nmy tests: []\n', 'description: d\n prompts: [Q]\ntests: []\n', 'tests: []\nproviders: [x]\n', 'prompts:\n  x: y\ntests: []\n']) {
      assert.notEqual(detectFormat({ name: 'Untitled-1', text }), 'promptfoo', text);
    }
  });

  it('have their first prompt in a list, a mapping or a text, under one of three names', () => {
    for (const prompts of ['[Q, R]', 'Q', '{Q: label, R: other}', '[{raw: Q, id: x, label: y}]', '[{id: Q, label: y}]', '[{label: Q}]', '[&x Q, *x]', '["Q"]', '\n  - |-\n    Q\n']) assert.deepEqual(turnsOf(`prompts: ${prompts}\ntests: []\n`), ['user: Q'], prompts);
    for (const [prompts, note] of [['[Q, R]', ['The first of 2 prompts was taken.']], ['{Q: a, R: b, S: c}', ['The first of 3 prompts was taken.']], ['[Q]', []], ['Q', []]] as const) assert.deepEqual(read(`prompts: ${prompts}\n`).notes, note, prompts);
    for (const prompts of ['[]', '{}', '7', '[7]', '[[Q]]', '[{x: Q}]', '', '[{raw: [Q]}]', '[~]']) rejects(`prompts: ${prompts}\n`, /^promptfooconfig\.yaml has no prompt that is a text; write one in a list under "prompts:"\.$/);
  });

  it('say so where the prompt is in another file', () => {
    for (const prompt of ['file://a', 'https://x/y', 'http://x', 'langfuse://a', 'portkey://a', 'helicone://a', 'exec:a.sh', 'vault:x', 'a.txt', 'b/c.md', 'a.json', 'a.jsonl', 'a.yaml', 'a.yml', 'a.csv', 'a.j2', 'a.py', 'a.js', 'a.cjs', 'a.mjs', 'a.ts', 'a.mts', 'a.py:make_it', ' a.TXT ']) {
      rejects(`prompts: [${JSON.stringify(prompt)}]\n`, new RegExp(`^The first prompt of promptfooconfig\\.yaml is in another file \\(${prompt.trim().replace(/[.?*]/g, '\\$&')}\\); open that file\\.$`));
    }
    for (const prompt of ['Read a.txt', 'a.txt is short', 'profile: x', 'a.exe', 'a.py:make it', 'files://a']) assert.deepEqual(turnsOf(`prompts: [${JSON.stringify(prompt)}]\n`), [`user: ${prompt}`]);
    assert.deepEqual(turnsOf('prompts: ["a.txt\\nb"]\n'), ['user: a.txt\nb']);
  });

  it('fill in the variables of the first test before those of all', () => {
    const config = (rest: string) => `prompts: ["{{a}}|{{b}}|{{c}}"]\n${rest}`;
    assert.deepEqual(read(config('defaultTest:\n  vars: {a: 1, b: 2}\ntests:\n  - vars: {b: 3, c: [4, 5]}\n')), { turns: ['user: 1|3|4'], notes: ['Filled in from the test: a, b, c.'] });
    assert.deepEqual(read(config('tests:\n  - vars: {a: x, b: [], c: true}\n  - vars: {}\n  - {}\n')), { turns: ['user: x||true'], notes: ['Filled in from the first of 3 tests: a, b, c.'] });
    assert.deepEqual(read(config('tests:\n  - &t {vars: {a: x}}\n  - *t\n')).notes, ['Filled in from the first of 2 tests: a.', 'The inputs b, c have no value and are left empty, as promptfoo does.']);
    assert.deepEqual(read(config('')).notes, ['The inputs a, b, c have no value and are left empty, as promptfoo does.']);
    assert.deepEqual(turnsOf('prompts: ["Q{{toString}}"]\n'), ['user: Q']);
  });

  it('fill in values that name others, and leave those of other files as they are named', () => {
    assert.deepEqual(turnsOf('prompts: ["{{a}}"]\ntests:\n  - vars: {a: "{{b}}!", b: "{{c}}", c: C}\n'), ['user: {{c}}!']);
    assert.deepEqual(turnsOf('prompts: ["{{a}}"]\ntests:\n  - vars: {b: "{{c}}", a: "{{b}}!", c: C}\n'), ['user: C!']);
    assert.deepEqual(read('prompts: ["{{a}} {{b}}"]\ntests:\n  - vars: {a: "file://x.txt", b: [file://y.txt], c: file://z}\n'), { turns: ['user: {{a}} {{b}}'], notes: ['The value of a is elsewhere (file://x.txt) and is not read; its placeholder stands as {{a}}.', 'The value of b is elsewhere (file://y.txt) and is not read; its placeholder stands as {{b}}.'] });
    assert.deepEqual(turnsOf('prompts: ["{{a}}"]\ntests:\n  - vars: {a: "x file://y"}\n'), ['user: x file://y']);
    rejects('prompts: ["{{a}}"]\ntests:\n  - vars: {a: "{{b"}\n', /^The variable a of promptfooconfig\.yaml cannot be rendered as a Nunjucks template/);
    rejects('prompts: ["{{a"]\n', /^A text in the first prompt of promptfooconfig\.yaml cannot be rendered as a Nunjucks template/);
  });

  it('say where tests are that are not read', () => {
    const told = (place: string) => [`The tests are in another file (${place}), which is not read.`];
    assert.deepEqual(read('prompts: [Q]\ntests: file://t.csv\n').notes, told('file://t.csv'));
    assert.deepEqual(read('prompts: [Q]\ntests: [file://a.yaml, file://b.yaml]\n').notes, told('file://a.yaml'));
    assert.deepEqual(read('prompts: [Q]\ntests:\n  - vars: vars.yaml\n').notes, told('vars.yaml'));
    assert.deepEqual(read('prompts: [Q]\ntests:\n  - vars: {a: b}\n').notes, []);
  });

  it('hold chats as YAML or JSON, else one user turn', () => {
    const chat = (prompt: string) => turnsOf(`prompts: [${JSON.stringify(prompt)}]\n`);
    for (const prompt of ['- role: system\n  content: S\n- role: user\n  content: Q', '\n  - role: system\n    content: S\n  - role: user\n    content: Q', '[{"role":"system","content":"S"},{"role":"user","content":"Q"}]', ' [ {"role" : "system", "content": "S"}, {"role": "user", "content": "Q"}] ', '{"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "Q"}]}', '{ "messages":[{"role": "system", "content": "S"}, {"role": "user", "content": "Q"}]}']) {
      assert.deepEqual(chat(prompt), ['system: S', 'user: Q'], prompt);
    }
    for (const prompt of ['- rule: x', 'a\n- role: user', '-role: x', '[{"role": "user"', '[{"content": "Q"}]', '[{ "a": "role" }]', '{"message": [{"role": "user"}]}', 'x [{"role": "user", "content": "Q"}]', '["role"]', '{"role": "user"}']) assert.deepEqual(chat(prompt), [`user: ${prompt}`], prompt);
    assert.deepEqual(chat('- role: user\n  content: Q\n- role: assistant'), ['user: Q', 'assistant: ']);
    assert.deepEqual(chat('[{"role": "user", "content": "Q"}, {"role": "assistant", "content": ""}]'), ['user: Q', 'assistant: ']);
    rejects('prompts: [\'{"messages": {"role": "user"}}\']\n', /^The chat in the first prompt of promptfooconfig\.yaml is no list of messages; write each as \{"role": "user", "content": "\.\.\."\}\.$/);
    rejects('prompts: ["- role: user\\n  content: [x"]\n', /^The chat in the first prompt of promptfooconfig\.yaml is not readable YAML/);
    rejects('prompts: ["- role: critic"]\n', /^Message 1 of the first prompt of promptfooconfig\.yaml has the role "critic"/);
  });

  it('have no place for an answer', () => {
    const document = { name: NAME, text: 'prompts: [Q]\n' };
    assert.throws(() => formatReader('promptfoo').insertion(document, parseTranscript(document), { insertsLeadingSpace: false }), /^TranscriptError: promptfooconfig\.yaml configures an evaluation and has no place for an answer; copy the prompt into a file of its own to generate there\.$/);
  });
});

describe('results of promptfoo', () => {
  const result = (raw: unknown = 'Q', output?: unknown) => ({ prompt: { raw }, response: { output } });
  const json = (results: unknown, more: object = {}) => JSON.stringify({ results: { version: 3, results }, ...more });

  it('are told by their fields, before all other JSON', () => {
    for (const text of [json([result()]), JSON.stringify({ evalId: 'x', results: { results: [result()] } }, null, 2), `\n ${json([result()])}`]) assert.equal(detectFormat({ name: 'x.json', text }), 'promptfoo-results', text);
    for (const text of ['{"results": [{"raw": "x"}], "messages": [{"role": "user", "content": "Q"}]}', '{"results": {"raw": "x"}, "messages": [{"role": "user", "content": "Q"}]}', '{"results": {"results": [{"raw": 7}]}, "messages": [{"role": "user", "content": "Q"}]}', '[{"role": "user", "content": "Q", "x": {"results": {"results": [{"raw": "x"}]}}}]']) {
      assert.notEqual(detectFormat({ name: 'x.json', text }), 'promptfoo-results', text);
    }
  });

  it('are the first one, with its answer and its reasoning', () => {
    const of = (results: unknown) => read(json(results), 'x.json');
    assert.deepEqual(of([result('Q', 'A')]), { turns: ['user: Q', 'assistant: A'], notes: [] });
    assert.deepEqual(of([result('Q', 'A'), result('R', 'B'), {}]), { turns: ['user: Q', 'assistant: A'], notes: ['The first of 3 results was taken.'] });
    for (const output of [undefined, '', null]) assert.deepEqual(of([result('Q', output)]), { turns: ['user: Q'], notes: [] }, String(output));
    for (const output of [7, true, {}, []]) assert.deepEqual(of([result('Q', output)]).notes, ['The output of the result is data and no text; it is left out.']);
    assert.deepEqual(of([{ prompt: { raw: '{{Q}}' } }]), { turns: ['user: {{Q}}'], notes: [] });
    const complete = (output: string) => parseTranscript({ name: 'x.json', text: json([result('Q', output)]) }).turns[1].complete;
    assert.deepEqual([complete('A'), complete('<think>R</think>A'), complete('<think>R')], [true, true, false]);
  });

  it('are refused where none has a prompt', () => {
    const none = /^results\.json holds no result with a "prompt" that has its "raw" text; evaluate at least one test\.$/;
    for (const text of [json([]), json([{}]), json([{ prompt: {} }]), json([{ prompt: { raw: 7 } }]), json({}), json('x'), '{"results": []}', '{"results": {}}', '{}', '[]', '"x"', json([7])]) rejects(text, none, 'results.json');
    for (const text of ['{"results": ', '', 'x', '['.repeat(100_000)]) rejects(text, /^results\.json is not readable JSON; let promptfoo write it again\.$/, 'results.json');
  });

  it('have no place for an answer', () => {
    const document = { name: 'r.json', text: json([result()]) };
    assert.throws(() => formatReader('promptfoo-results').insertion(document, parseTranscript(document), { insertsLeadingSpace: false }), /^TranscriptError: r\.json holds the results of an evaluation, which were written by the models that are named there; copy the prompt into a file of its own to generate there\.$/);
  });
});
