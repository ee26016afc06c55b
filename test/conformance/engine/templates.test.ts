import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTree, type Node } from 'jsonc-parser';
import { TemplateError } from '../../../src/engine/base/errors';
import { ChatTemplate, type ChatMessage } from '../../../src/engine/template/chatTemplate';
import { templateValue } from '../../../src/engine/transcript/json/templateJson';
import { DATA, ROOT } from '../../support/folders';

/** What tools/cases/template_renderings.py recorded: SHA-256 and length in UTF-8, or the class of what Python raises. */
type Rendering = readonly [hash: string, length: number] | string;

const CONVERSATIONS = join(DATA, 'templates', 'conversations.json');
const TOKENS = { bos_token: '<s>', eos_token: '</s>', pad_token: '<pad>', unk_token: '<unk>' };
const DATE = new Date(2026, 6, 4, 13, 5, 9);
/** transformers gives the first of them under two names. */
const REASONING = ['reasoning_content', 'thinking', 'reasoning'];

interface Conversation {
  readonly messages: readonly ChatMessage[];
  readonly variables: Readonly<Record<string, unknown>>;
  readonly addGenerationPrompt: boolean;
}

function conversations(): Conversation[] {
  const text = readFileSync(CONVERSATIONS, 'utf8');
  return parseTree(text)!.children!.map((node: Node) => {
    const given = templateValue(text, node) as Map<string, unknown>;
    const kwargs = given.get('kwargs') as Map<string, unknown> | undefined;
    return {
      messages: (given.get('messages') as Map<string, unknown>[]).map((message) => {
        const fields = Object.fromEntries(message) as unknown as ChatMessage;
        const name = REASONING.find((key) => (fields[key] ?? null) !== null);
        return name === undefined ? fields : { ...fields, reasoning_content: fields[name] as string };
      }),
      variables: { ...Object.fromEntries(kwargs ?? []), ...Object.fromEntries([...given].filter(([key]) => key === 'tools' || key === 'documents')) },
      addGenerationPrompt: given.get('add_generation_prompt') === true,
    };
  });
}

function rendering(template: ChatTemplate, { messages, variables, addGenerationPrompt }: Conversation): Rendering {
  try {
    const text = template.render(messages, { addGenerationPrompt, date: DATE, variables });
    return [createHash('sha256').update(text, 'utf8').digest('hex'), Buffer.byteLength(text)];
  } catch (error) {
    if (error instanceof TemplateError) return 'refused';
    throw error;
  }
}

/** The template of a recorded file: `*.jinja`, or the field of a tokenizer_config.json. */
function source(folder: string, name: string): string {
  const text = readFileSync(join(folder, name), 'utf8');
  return name.endsWith('.jinja') ? text : (JSON.parse(text) as { chat_template: string }).chat_template;
}

function holds(folder: string, templates: string): void {
  const all = conversations();
  const recorded = JSON.parse(readFileSync(join(folder, 'renderings.json'), 'utf8')) as Record<string, Rendering[]>;
  for (const [name, right] of Object.entries(recorded)) {
    it(name, () => {
      assert.equal(right.length, all.length, 'was recorded with these conversations');
      let template: ChatTemplate | null = null;
      try {
        template = new ChatTemplate(source(templates, name), TOKENS, name);
      } catch (error) {
        if (!(error instanceof TemplateError)) throw error;
      }
      const found = all.map((conversation) => (template ? rendering(template, conversation) : 'refused'));
      assert.deepEqual(found, right.map((one) => (typeof one === 'string' ? 'refused' : one)));
    });
  }
}

describe('chat templates of real models, each with 40 conversations, as transformers 5.24 renders them or refuses to', () => {
  holds(join(DATA, 'templates'), ROOT);
});

const folder = process.env.FLASHTRACE_TEMPLATES;
if (folder !== undefined && existsSync(join(folder, 'renderings.json'))) {
  describe(`the templates of ${folder}`, () => { holds(folder, folder); });
}
