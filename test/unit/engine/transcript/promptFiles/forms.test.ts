import assert from 'node:assert/strict';
import { TranscriptError } from '../../../../../src/engine/base/errors';
import { detectFormat } from '../../../../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../../../../src/engine/transcript/formats/parseTranscript';
import { generateInto } from '../../../../support/transcripts/generateInto';

function read(name: string, text: string): { turns: string[]; notes: readonly string[] } {
  const { turns, notes = [] } = parseTranscript({ name, text });
  return { turns: turns.map(({ role, content }) => `${role}: ${content.map(({ source }) => source.text).join('')}`), notes };
}

const turnsOf = (name: string, text: string) => read(name, text).turns;
const rejects = (name: string, text: string, message: RegExp) => assert.throws(() => parseTranscript({ name, text }), (error: Error) => error instanceof TranscriptError && message.test(error.message) && !error.message.includes('\n'));
const detect = (text: string, name = 'Untitled-1') => detectFormat({ name, text });
const written = (name: string, text: string, pieces = ['A\n', 'B']) => generateInto({ name, text }, pieces).text;
const closing = (name: string, text: string, message: RegExp) => assert.throws(() => written(name, text), (error: Error) => error instanceof TranscriptError && message.test(error.message));

describe('GitHub prompt files, their forms', () => {
  const MESSAGES = 'messages:\n  - role: user\n    content: Q\n';

  it('are told by their name, or by a first field and a list of messages', () => {
    for (const name of ['a.prompt.yml', 'a.prompt.yaml', 'x/b.PROMPT.YAML']) assert.equal(detect('', name), 'github-prompt', name);
    for (const text of [MESSAGES, `name: x\n${MESSAGES}`, `description: x\n${MESSAGES}`, `model: x\n${MESSAGES}`, `modelParameters: {}\n${MESSAGES}`, `testData: []\n${MESSAGES}`, `---\nname: x\n${MESSAGES}`, `\n\nname : x\n${MESSAGES}`, 'messages:\n- content: Q\n  role: user\n', 'messages: \r\n  -  role: user\r\n    content: Q\r\n']) {
      assert.equal(detect(text), 'github-prompt', text);
    }
    for (const text of [`title: x\n${MESSAGES}`, 'name: x\nmessages: []\n', 'name: x\nmessages:\n  - text: Q\n', 'name: x\n messages:\n  - role: user\n', `x\n${MESSAGES}`, 'messages:\n  -role: user\n', 'messages:\n\n  - role: user\n']) assert.notEqual(detect(text), 'github-prompt', text);
  });

  it('have rows of values, the first of which counts', () => {
    const file = (rest: string) => `messages:\n  - role: user\n    content: "{{a}} {{b}}"\n${rest}`;
    assert.deepEqual(read('a.prompt.yml', file('')), { turns: ['user: {{a}} {{b}}'], notes: ['The inputs a, b have no value and stand as written.'] });
    assert.deepEqual(read('a.prompt.yml', file('testData:\n  - {a: 1, b: x}\n')), { turns: ['user: 1 x'], notes: ['Filled in from testData: a, b.'] });
    assert.deepEqual(read('a.prompt.yml', file('testData:\n  - {a: 1}\n  - {b: 2}\n  - {}\n')), { turns: ['user: 1 {{b}}'], notes: ['Filled in from the first of 3 rows of testData: a.', 'The input b has no value and stands as written.'] });
    for (const rows of ['testData: {a: 1}\n', 'testData: []\n', 'testData: [x]\n', 'testData:\n']) assert.deepEqual(turnsOf('a.prompt.yml', file(rows)), ['user: {{a}} {{b}}'], rows);
    assert.deepEqual(turnsOf('a.prompt.yml', 'messages:\n  - role: assistant\n    content: "{{a}}"\n  - role: user\n    content: Q\n  - role: assistant\n    content: "{{a}}"\ntestData:\n  - {a: 1}\n'), ['assistant: 1', 'user: Q', 'assistant: {{a}}']);
  });

  it('have an answer that is complete with its text', () => {
    const last = (content: string) => {
      const turn = parseTranscript({ name: 'a.prompt.yml', text: `${MESSAGES}  - role: assistant\n${content}` }).turns.at(-1)!;
      return [turn.content.map(({ source }) => source.text).join(''), turn.complete];
    };
    assert.deepEqual([last('    content: A\n'), last('    content: ""\n'), last('    content:\n'), last(''), last('    content: <think>R\n'), last('    content: |\n      A\n'), last('    content: |+\n      A\n\n')], [['A', true], ['', false], ['', false], ['', false], ['<think>R', false], ['A', true], ['A\n', true]]);
    assert.deepEqual(turnsOf('a.prompt.yml', 'messages:\n  - role: user\n  - role: user\n    content: Q\n'), ['user: ', 'user: Q']);
    rejects('a.prompt.yml', 'messages: x\n', /^a\.prompt\.yml holds no chat: it needs "messages:" with a list of "- role: user" and "content: \.\.\." below\.$/);
    rejects('a.prompt.yml', 'messages: {role: user}\n', /holds no chat/);
  });
});

describe('dotprompt, its forms', () => {
  it('is told by its name or by front matter with markers', () => {
    for (const text of ['---\na: 1\n---\n{{role "user"}}Q', '---\na: 1\n---\n{{~ role \'user\'}}Q', '---\na: 1\n---\n{{history}}Q', '---\na: 1\n---\n{{ history ~}}Q', '---\na: 1\n---\n{{  role   "user"}}Q']) assert.equal(detect(text), 'dotprompt', text);
    for (const text of ['{{role "user"}}Q', '---\na: 1\n---\n{{role user}}Q', '---\na: 1\n---\n{{history x}}Q', '---\na: 1\n---\n{{ user }}Q', '---\na: 1\n---\n{{x role "user"}}']) assert.notEqual(detect(text), 'dotprompt', text);
    for (const text of ['', 'Q', '---\na: 1\n---\nuser:\nQ', 'user:\n{{role "user"}}Q', '# user\nQ']) assert.equal(detect(text, 'a.prompt'), 'dotprompt', text);
    assert.equal(detect('user:\nQ', 'a.prompt'), 'plain');
    assert.equal(detect('Q', 'a.prompts'), 'plain');
  });

  it('has turns between its markers', () => {
    for (const [text, turns] of [
      ['Q', ['user: Q']], ['{{role "system"}}S{{role "user"}}Q', ['system: S', 'user: Q']], ['{{role "tool"}}T', ['tool: T']], ['{{role "system"}} \n {{role "user"}}Q', ['user: Q']], ['a{{role "user"}}b', ['user: a', 'user: b']], ['{{role "user"}}Q{{role "model"}}A{{role "user"}}R', ['user: Q', 'assistant: A', 'user: R']],
      ['a{{history}}b', ['user: a', 'assistant: b']],
    ] as const) assert.deepEqual(turnsOf('a.prompt', text), turns, text);
    assert.deepEqual(read('a.prompt', 'a{{section "x"}}b').notes, ['The text that {{section}} stands for is not in the file; it is left empty.']);
    assert.deepEqual(turnsOf('a.prompt', 'a{{section "x"}}b'), ['user: ab']);
    assert.deepEqual(read('a.prompt', 'a{{history}}').notes, ['The conversation that {{history}} stands for is not in the file; it is left empty.']);
    assert.deepEqual(read('a.prompt', 'a').notes, []);
    rejects('a.prompt', 'a{{role "assistant"}}b', /^a\.prompt has a turn of the role "assistant"; use one of user, model, system, tool\.$/);
    rejects('a.prompt', '{{#if}}', /^The body of a\.prompt cannot be rendered as a Handlebars template/);
  });

  it('trims what stands behind front matter, and that alone', () => {
    assert.deepEqual(turnsOf('a.prompt', '---\na: 1\n---\n\n  Q \n\n'), ['user: Q']);
    assert.deepEqual(turnsOf('a.prompt', '\n  Q \n\n'), ['user: \n  Q \n\n']);
    assert.deepEqual(turnsOf('a.prompt', '---\ninput:\n  default: {a: x}\n---\n{{a}} {{role "model"}}\n B \n'), ['user: x ', 'assistant:  B ']);
    assert.deepEqual(turnsOf('a.prompt', '---\ninput: {default: {a: x}}\n---\n\n\n {{a}} \n {{~role "model"}}B'), ['user: x', 'assistant: B']);
    assert.deepEqual(turnsOf('a.prompt', ' Q \n{{~role "model"~}}\r\nB\r\n\r\n'), ['user:  Q', 'assistant: B\r\n']);
  });

  it('a model\'s last text is no template, unless a block goes on behind it', () => {
    assert.deepEqual(turnsOf('a.prompt', 'Q{{role "model"}}{{x}} <think>'), ['user: Q', 'assistant: {{x}} <think>']);
    assert.deepEqual(turnsOf('a.prompt', 'Q{{#if true}}{{role "model"}}A{{/if}}'), ['user: Q', 'assistant: A']);
    assert.deepEqual(turnsOf('a.prompt', 'Q{{role "model"}}A{{role "user"}}R{{missing}}'), ['user: Q', 'assistant: A', 'user: R']);
    const complete = (text: string) => parseTranscript({ name: 'a.prompt', text: `Q{{role "model"}}${text}` }).turns[1].complete;
    assert.deepEqual([complete('A'), complete(''), complete('\n'), complete('<think>R'), complete('<think>R</think>A')], [true, false, false, false, true]);
  });

  it('takes an answer behind its last marker, or behind a new one', () => {
    for (const [text, right] of [
      ['Q', 'Q{{role "model"}}\nA\nB\n'], ['Q\n', 'Q\n{{role "model"}}\nA\nB\n'], ['---\na: 1\n---\nQ', '---\na: 1\n---\nQ\n{{~role "model"}}\nA\nB\n'], ['---\na: 1\n---\nQ\n', '---\na: 1\n---\nQ\n{{~role "model"}}\nA\nB\n'], ['---\r\na: 1\r\n---\r\nQ', '---\r\na: 1\r\n---\r\nQ\r\n{{~role "model"}}\r\nA\r\nB\r\n'],
      ['Q{{role "model"}}', 'Q{{role "model"}}\nA\nB\n'], ['Q{{role "model"}}\n', 'Q{{role "model"}}\nA\nB\n'], ['Q{{role "model"}}\nSo', 'Q{{role "model"}}\nSoA\nB\n'], ['Q{{role "model"}}So\n', 'Q{{role "model"}}SoA\nB\n'], ['Q\r\n{{role "model"}}\r\nSo\r\n', 'Q\r\n{{role "model"}}\r\nSoA\r\nB\r\n'],
    ]) assert.equal(written('a.prompt', text), right, text);
    closing('a.prompt', 'Q{{#if true}}{{role "model"}}A{{/if}}', /^The last turn of a\.prompt is the model's and written by its template; write \{\{role "user"\}\} with a question behind it, or \{\{role "model"\}\} to generate there\.$/);
  });
});

describe('Prompty, its forms', () => {
  const file = (matter: string, body = 'user:\n{{a}}|{{b}}\n') => `---\n${matter}\n---\n${body}`;

  it('is told by its name or by front matter with role lines', () => {
    assert.deepEqual([detect('', 'a.prompty'), detect('---\na: 1\n---\nuser:\nQ'), detect('---\na: 1\n---\nQ'), detect('user:\nQ')], ['prompty', 'prompty', 'plain', 'plain']);
  });

  it('has inputs of values, of descriptions, and in lists', () => {
    for (const [matter, turn, ...notes] of [
      ['inputs: {a: 1, b: {default: 2}}', 'user: 1|2', 'Filled in from the sample: a.', 'Filled in from the default values: b.'], ['inputs: {a: {default: 1, sample: 3}, b: {sample: 2, example: 4}}', 'user: 1|2', 'Filled in from the default values: a.', 'Filled in from the sample: b.'],
      ['inputs: {a: {default: null, sample: 3}, b: ~}', 'user: 3|', 'Filled in from the sample: a.', 'The input b has no value and is left empty, as Prompty does.'], ['inputs: [{name: a, default: 1}, {name: b, example: 2}, {default: 3}, x]', 'user: 1|2', 'Filled in from the default values: a.', 'Filled in from the sample: b.'],
      ['inputSchema: {properties: {a: {default: 1}}, examples: [{a: 2, b: 3}, {b: 4}]}', 'user: 1|3', 'Filled in from the default values: a.', 'Filled in from the sample: b.'], ['inputs: {examples: {a: 1}, a: {default: 2}}', 'user: 2|', 'Filled in from the default values: a.', 'The input b has no value and is left empty, as Prompty does.'],
      ['sample: {a: 1}\ninputs: {a: 2, b: 3}\ninputSchema: {b: 4}', 'user: 1|3', 'Filled in from the sample: a, b.'], ['sample: [1]\ninputs: 7', 'user: |', 'The inputs a, b have no value and are left empty, as Prompty does.'], ['sample: {a: 1.0, b: yes}', 'user: 1.0|True', 'Filled in from the sample: a, b.'],
      ['inputs: {a: [1, "x"], b: {kind: string}}', 'user: |', 'The inputs a, b have no value and are left empty, as Prompty does.'],
    ] as const) assert.deepEqual(read('a.prompty', file(matter)), { turns: [turn], notes }, matter);
  });

  it('tells which values are elsewhere, those that are asked for', () => {
    const told = (place: string) => [`Values of the inputs are elsewhere (${place}) and are not read, so that the placeholders stand as they are; write the values under "sample" to fill them in.`];
    const notes = (matter: string, body?: string) => read('a.prompty', file(matter, body)).notes;
    assert.deepEqual(notes('sample: {a: "${env:X}", b: "${FILE:y.txt}"}'), told('${env:X}, ${FILE:y.txt}'));
    assert.deepEqual(notes('sample: {a: "${env:X}", b: "${env:X}"}'), told('${env:X}'));
    assert.deepEqual(notes('sample: x.json\ninputs: {a: 1}'), told('x.json'));
    assert.deepEqual(notes('sample: x.json\ninputs: {a: 1, b: 2}'), ['Filled in from the sample: a, b.']);
    assert.deepEqual(notes('sample: {a: 1, b: 2, c: "${file:x}"}'), ['Filled in from the sample: a, b.']);
    assert.deepEqual(read('a.prompty', file('sample: {a: "${env:X:Y}", b: "x ${env:X}"}')), { turns: ['user: Y|x ${env:X}'], notes: ['Filled in from the sample: a, b.'] });
    assert.deepEqual(read('a.prompty', file('sample: {a: "${env:X:}", b: "${file:x:y}"}')).notes, told('${env:X:}, ${file:x:y}'));
    assert.deepEqual(notes('sample: {a: "${file:x}"}\ninputs: {a: 1, b: 2}'), told('${file:x}'));
    assert.deepEqual(notes('sample: {a: "${file:x}"}\ntemplate: mustache', 'user:\n{{#a}}{{/a}}'), told('${file:x}'));
    assert.deepEqual(turnsOf('a.prompty', file('sample: {a: "${file:x}"}\ntemplate: none')), ['user: {{a}}|{{b}}']);
  });

  it('a last line of the assistant begins what a model wrote, unless a block goes on behind it', () => {
    assert.deepEqual(turnsOf('a.prompty', file('sample: {a: 1}', 'S{{a}}\nuser:\nQ{{a}}\nassistant:\n{{a}}\n')), ['system: S1', 'user: Q1', 'assistant: {{a}}']);
    assert.deepEqual(turnsOf('a.prompty', file('sample: {a: 1}', 'user:\nQ\n{% if a %}\nassistant:\n{{a}}\n{% endif %}')), ['user: Q', 'assistant: 1']);
    assert.deepEqual(turnsOf('a.prompty', file('sample: {a: 1}', 'user:\nQ\nassistant:\n{{a}}\nuser:\nR')), ['user: Q', 'assistant: 1', 'user: R']);
    assert.deepEqual(turnsOf('a.prompty', file('sample: {a: 1}\ntemplate: mustache', 'user:\nQ\nassistant:\n{{#a')), ['user: Q', 'assistant: {{#a']);
    rejects('a.prompty', file('sample: {a: 1}', 'user:\n{% if a %}\nassistant:\nA'), /^The body of a\.prompty cannot be rendered as a Jinja2 template/);
    closing('a.prompty', file('sample: {a: 1}', 'user:\nQ\n{% if a %}\nassistant:\n{{a}}\n{% endif %}'), /^The last assistant turn of a\.prompty is written by its template; write a line "user:" with a question behind it, or a line "assistant:" to generate there\.$/);
    assert.equal(written('a.prompty', file('template: none', 'user:\nQ\n{% if a %}\nassistant:\nSo\n')), file('template: none', 'user:\nQ\n{% if a %}\nassistant:\nSoA\nB\n'));
    assert.equal(written('a.prompty', 'user:\nQ\n'), 'user:\nQ\n\nassistant:\nA\nB\n');
  });
});

describe('VS Code\'s prompt files, their forms', () => {
  it('name at most twelve variables, each once', () => {
    const notes = (text: string) => read('a.prompt.md', text).notes;
    assert.deepEqual(notes('Do ${input:what} in ${file} and ${file}.'), ['VS Code fills in ${input:what}, ${file} when it runs the prompt; here they stand as written.']);
    assert.deepEqual(notes('Do ${selection}.'), ['VS Code fills in ${selection} when it runs the prompt; here it stands as written.']);
    assert.deepEqual([notes('Do ${}, ${1a}, $file, {file}, ${a b} and ${input:x\n}.'), notes('Do it.\nassistant:\n${file}')], [[], []]);
    const names = Array.from({ length: 13 }, (_, i) => `\${v${i}}`);
    assert.deepEqual(notes(names.join('')), [`VS Code fills in ${names.slice(0, 12).join(', ')} when it runs the prompt; here they stand as written.`]);
  });

  it('are one user turn but for a last answer', () => {
    assert.deepEqual(turnsOf('a.prompt.md', 'assistant:\nx\nuser:\ny\n'), ['user: assistant:\nx\nuser:\ny']);
    assert.deepEqual(turnsOf('a.prompt.md', '---\na: 1\n---\nuser:\nassistant:\nx\n'), ['user: user:', 'assistant: x']);
    assert.equal(written('a.prompt.md', 'Q'), 'Q\n\nassistant:\nA\nB\n');
  });
});
