import assert from 'node:assert/strict';
import type { TranscriptDocument } from '../../../../../src/concepts/transcript';
import { TranscriptError } from '../../../../../src/engine/base/errors';
import { formatReader } from '../../../../../src/engine/transcript/formats/formatRegistry';
import { parseTranscript } from '../../../../../src/engine/transcript/formats/parseTranscript';
import { generationTurn } from '../../../../../src/engine/transcript/turns/parsedTranscript';
import { seededUniform } from '../../../../support/seededRandom';

const literal = (turns: ReturnType<typeof parseTranscript>['turns']) => turns.map(({ role, content }) => [role, content.map(({ source }) => source.text).join('')]);

/** Writes the pieces as a generation into the document. */
function generate(document: TranscriptDocument, pieces: readonly string[]): string {
  const parsed = parseTranscript(document);
  const { point: { offset, head, tail }, encodePiece } = formatReader(parsed.format).insertion(document, parsed, { insertsLeadingSpace: false });
  return document.text.slice(0, offset) + head + pieces.map(encodePiece).join('') + tail + document.text.slice(offset);
}

/** The turns are those before and the generation, to the letter, each unit of it where the document has it. */
function assertWritten(document: TranscriptDocument, pieces: readonly string[]): void {
  const before = parseTranscript(document).turns;
  const begun = generationTurn(before);
  const text = generate(document, pieces);
  const after = parseTranscript({ ...document, text }).turns;
  const written = (begun ? literal([begun])[0][1] : '') + pieces.join('');
  assert.deepEqual(literal(after), [...literal(begun ? before.slice(0, -1) : before), ['assistant', written]], JSON.stringify({ before: document.text, text }));
  for (const { source } of after.at(-1)!.content) {
    for (let i = 0; i < source.text.length; i++) {
      const standing = text.slice(source.startOf(i), source.endOf(i));
      if (!/\s/.test(source.text[i])) assert.ok(standing.startsWith(source.text[i]) || /^\\/.test(standing), JSON.stringify({ text, unit: source.text[i], standing }));
    }
  }
}

const GENERATIONS: readonly (readonly string[])[] = [
  ['Oslo.'], [''], [' ', ' leading', ', trailing '], ['\n', '\n', 'Two breaks before, three behind\n', '\n\n'], ['<think>\nHm, "so".\n</think>', '\n\nOslo'], ['   '], [' \n  \n   '], ['\n'], ['\n\n\n'],
  ['a {"b": [1]}', ' {{x}} {% y %} {{#if z}} #no\n---\n- c: d\n...\n'], ['\\n "quoted" \'single\' \\'], ['\ttab\n\t\n\ttab'], ['naïve 漢字 𠮷 👩‍👩‍👧'], ['# heading\n', '# heading\n'], ['key: value\nkey: |2+\n'],
];
const PIECES = ['a', 'The ', 'lamp', ' ', '  ', '\n', '\n\n', '\n   ', '"', "'", '\\', ':', ' #', '- ', '{{x}}', '{%', '}}', '\t', '漢', '|', '---', '…'];

const YAML = 'messages:\n  - role: user\n    content: Q\n';
const DOCUMENTS: Readonly<Record<string, readonly string[]>> = {
  'a.prompty': ['---\nname: x\nsample:\n  q: Why?\n---\nsystem:\nS\n\nuser:\n{{q}}\n', 'user:\n{% if x %}A{% else %}B{% endif %}', 'user:\nQ\nassistant:', 'user:\nQ {{x}}\nassistant:\nThe town ', '---\ntemplate: mustache\n---\nuser:\n{{#a}}b{{/a}}Q'],
  'a.prompt.yml': [
    YAML, YAML.trimEnd(), `${YAML}\n\n`, `${YAML}testData:\n  - input: a\n`, `${YAML}\n\n# rows\ntestData:\n  - input: a\n`, 'messages:\n- role: user\n  content: |\n    Q\n\nmodel: x\n', 'messages:\n- role: user\n  content: |+\n    Q\n\nmodel: x\n',
    'messages:\n  - content: >-\n      Q\n      R\n    role: user', 'messages: [{role: user, content: Q}]\n', '{"messages": [{"role": "user", "content": "Q"}], "model": "m"}', 'messages:\n    -   role: user\n        content: "Q" # why\n    # note\nmodel: x\n',
    `${YAML}  - role: assistant\n    content: ""\n`, `${YAML}  - role: assistant\n    content: "The town is"\nmodel: x\n`, `${YAML}  - role: assistant\n    content:\n`, `${YAML}  - role: assistant\n    content:`, `${YAML}  - role: assistant\n    content:\n\nmodel: x\n`,
    `${YAML}  - role: assistant\n    content: |+\n      The town is\n`, `${YAML}  - role: assistant\n    content: |+\n      The town is`, `${YAML}  - role: assistant\n    content: |+\n      The town\n\n\nmodel: x\n`, `${YAML}  - content: |2+\n       The town\n    role: assistant\n`,
    `${YAML}  - role: assistant\n    content: |+2\n      \n`, `${YAML}  - role: assistant\n    content: |2+\n`, `${YAML}  - role: assistant\n    content: |2+`, `${YAML}  - role: assistant\n    content: \n`,
  ],
  'a.prompt.md': ['---\nmode: agent\n---\n# Task\n\nuser:\nDo ${input:what}.\n', 'Do it.', 'Do it.\n\nassistant:\nI '],
  'a.prompt': [
    '---\nmodel: x\ninput:\n  default:\n    q: Why?\n---\n{{role "system"}}\nS\n{{role "user"}}\n{{q}}\n', '---\nmodel: x\n---\nQ {{#if a}}b{{else}}c{{/if}}', '{{role "user"}}\nQ\n', '{{role "user"}}\nQ', 'Q {{a}}\n{{~role "model"}}\nThe town ', 'Q\n{{role "model"}}',
    '---\nmodel: x\n---\n{{role "user"}}Q {{role "model"}}\n',
  ],
};

describe('a generation in a prompt file', () => {
  for (const [name, texts] of Object.entries(DOCUMENTS)) {
    for (const lf of texts) {
      for (const text of lf.includes('\n') ? [lf, lf.replaceAll('\n', '\r\n')] : [lf]) {
        it(`is read again to the letter: ${name} ${JSON.stringify(text)}`, () => {
          for (const pieces of GENERATIONS) assertWritten({ name, text }, pieces);
        });
      }
    }

    it(`is read again to the letter, whatever it is: ${name}`, () => {
      const random = seededUniform(3);
      for (const lf of texts) {
        for (const text of lf.includes('\n') ? [lf, lf.replaceAll('\n', '\r\n')] : [lf]) {
          for (let round = 0; round < 60; round++) assertWritten({ name, text }, Array.from({ length: Math.floor(random() * 14) }, () => PIECES[Math.floor(random() * PIECES.length)]));
        }
      }
    });
  }

  it('is a literal block in a new message', () => {
    assert.equal(generate({ name: 'a.prompt.yml', text: `${YAML}testData: []\n` }, ['Oslo', '.\n', 'Why?']), `${YAML}  - role: assistant\n    content: |2+\n      Oslo.\n      Why?\ntestData: []\n`);
    assert.equal(generate({ name: 'a.prompt.yml', text: `${YAML}  - role: assistant\n    content: "Oslo"\n` }, ['.\n', 'Why?']), `${YAML}  - role: assistant\n    content: "Oslo.\\\n      \\nWhy?"\n`);
  });

  it('is refused in one sentence where nothing can be written', () => {
    const refuses = (name: string, text: string, words: RegExp) => assert.throws(() => generate({ name, text }, ['x']), (error: Error) => error instanceof TranscriptError && words.test(error.message));
    for (const content of ['|-\n      Oslo', '|\n      Oslo', '>-\n      Oslo', "'Oslo'", 'Oslo']) refuses('a.prompt.yml', `${YAML}  - role: assistant\n    content: ${content}\n`, /^The last message of a\.prompt\.yml is the assistant's, and its content is not written so that every text can follow; write it in double quotes or as a block with "\|\+"\.$/);
    refuses('promptfooconfig.yaml', 'prompts: [Hi]\nproviders: [x]\n', /^promptfooconfig\.yaml configures an evaluation and has no place for an answer/);
    refuses('a.prompty', '---\nsample: {l: [1]}\n---\n{% for x in l %}\nuser:\nQ\nassistant:\nA\n{% endfor %}\n', /^The last assistant turn of a\.prompty is written by its template; write a line/);
    refuses('a.prompt', 'Q{{#if true}}{{role "model"}}A{{/if}}', /^The last turn of a\.prompt is the model's and written by its template/);
  });
});
