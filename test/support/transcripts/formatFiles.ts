import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DATA } from '../folders';
import { EXPORT, CONVERSATION } from './chatSamples';
import { OLLAMA_GENERATE, SAMPLES } from './apiSamples';
import { EXPORTS, exportFile } from './exportFiles';
import { CONVERSATIONS, withTexts } from './markedConversations';

/** A file as people have it. */
export interface FormatFile {
  readonly name: string;
  readonly text: string;
  /** What the sentence says where nothing can be generated into it. */
  readonly refuses?: string;
  /** Name of a picture that is taken of it. */
  readonly picture?: string;
}

/** Texts of the turns in marked conversations. */
const WORDS = { S: 'Answer in one word.', Q: 'Facts: Halcyon is based in Oslo. Question: Where is Halcyon based?', R: 'And Redstone?', A: 'Oslo.', B: 'I do not know.' };
const TRANSCRIPTS = join(DATA, 'cases', 'transcripts');
/** But those that are refused. */
const CASES = readdirSync(TRANSCRIPTS).sort().filter((name) => !readFileSync(join(TRANSCRIPTS, name, 'expected.json'), 'utf8').includes('"refused"') || name === 'tool-call-null-content');
const caseFile = (name: string): string => readdirSync(join(TRANSCRIPTS, name)).find((entry) => entry.startsWith('transcript.'))!;
/** Records of runs have no place for an answer. */
const SPANS = 'which a new answer has no place in';
const REFUSING: Readonly<Record<string, string>> = {
  'notebook.ipynb': 'has no place in an output', 'openinference-spans.jsonl': SPANS, 'otel-genai.json': SPANS, 'otel-openllmetry.json': SPANS, 'otel-messages.json': SPANS, 'promptfooconfig.yaml': 'configures an evaluation', 'promptfoo-output.json': 'holds the results of an evaluation',
};
const PICTURED: Readonly<Record<string, string>> = { 'lm-studio.conversation.json': 'lm-studio', 'anthropic.json': 'anthropic', 'where.prompt': 'dotprompt', 'where.prompt.yml': 'github-prompt' };

/** Prompts in files of their own, with sample values. */
const PROMPTS: Readonly<Record<string, string>> = {
  'where.prompt.yml': `name: Where a firm is
model: openai/gpt-4o-mini
modelParameters:
  temperature: 0
messages:
  - role: system
    content: >-
      Answer in one word,
      and only from the facts.
  - role: user
    content: |
      Facts: {{firm}} is based in {{city}}.
      Question: Where is {{firm}} based?
testData:
  - firm: Halcyon
    city: Oslo
    expected: Oslo
`,
  'where.prompt': `---
model: local/model
input:
  schema:
    firm: string
    cities?(array): string
  default:
    firm: Halcyon
    cities: [Oslo, Lima]
---
{{role "system"}}
Answer in one word.
{{role "user"}}
{{#each cities}}
- {{../firm}} has an office in {{this}}.
{{/each}}
Question: Where is {{firm}} based?
`,
  'review.prompt.md': `---
mode: ask
description: Looks over a change
---
Facts: Halcyon is based in Oslo.
Question: Where is Halcyon based?
`,
  'promptfooconfig.yaml': `description: Where firms are
prompts:
  - |
    Facts: {{firm}} is based in {{city}}.
    Question: Where is {{firm}} based?
providers: [openai:gpt-4o-mini]
tests:
  - vars: { firm: Halcyon, city: Oslo }
    assert: [{ type: contains, value: Oslo }]
`,
  'promptfoo-output.json': JSON.stringify({ evalId: 'eval-1', results: { version: 3, results: [{ prompt: { raw: 'Facts: Halcyon is based in Oslo. Question: Where is Halcyon based?', label: 'where' }, vars: { firm: 'Halcyon' }, response: { output: 'Halcyon is based in Oslo.' }, success: true }] } }, null, 2),
};

/** A realistic file of every format. */
export const FORMAT_FILES: readonly FormatFile[] = [
  ...EXPORTS.map((name) => exportFile(name)),
  ...Object.entries({ ...SAMPLES, 'llamacpp': EXPORT, 'sharegpt': CONVERSATION, 'ollama-generate': OLLAMA_GENERATE }).map(([name, value]) => ({ name: `${name}.json`, text: JSON.stringify(value, null, 2) })),
  ...CONVERSATIONS.map((marked, index) => ({ name: `${index}-${marked.family.replace(/\W+/g, '-')}.txt`, text: withTexts(marked, WORDS) })),
  ...Object.entries(PROMPTS).map(([name, text]) => ({ name, text })),
  ...CASES.map((name) => ({ name: `${name}.${caseFile(name).split('.').slice(1).join('.')}`, text: readFileSync(join(TRANSCRIPTS, name, caseFile(name)), 'utf8') })),
].map((file) => ({ ...file, ...(file.name in REFUSING && { refuses: REFUSING[file.name] }), ...(file.name in PICTURED && { picture: PICTURED[file.name] }) }));
