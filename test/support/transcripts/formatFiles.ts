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
  'notebook.ipynb': 'has no place in an output', 'openinference-spans.jsonl': SPANS, 'otel-genai.json': SPANS, 'otel-openllmetry.json': SPANS, 'otel-messages.json': SPANS,
};
const PICTURED: Readonly<Record<string, string>> = { 'lm-studio.conversation.json': 'lm-studio', 'anthropic.json': 'anthropic' };

/** A realistic file of every format. */
export const FORMAT_FILES: readonly FormatFile[] = [
  ...EXPORTS.map((name) => exportFile(name)),
  ...Object.entries({ ...SAMPLES, 'llamacpp': EXPORT, 'sharegpt': CONVERSATION, 'ollama-generate': OLLAMA_GENERATE }).map(([name, value]) => ({ name: `${name}.json`, text: JSON.stringify(value, null, 2) })),
  ...CONVERSATIONS.map((marked, index) => ({ name: `${index}-${marked.family.replace(/\W+/g, '-')}.txt`, text: withTexts(marked, WORDS) })),
  ...CASES.map((name) => ({ name: `${name}.${caseFile(name).split('.').slice(1).join('.')}`, text: readFileSync(join(TRANSCRIPTS, name, caseFile(name)), 'utf8') })),
].map((file) => ({ ...file, ...(file.name in REFUSING && { refuses: REFUSING[file.name] }), ...(file.name in PICTURED && { picture: PICTURED[file.name] }) }));
