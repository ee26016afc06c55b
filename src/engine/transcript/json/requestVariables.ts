import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../base/errors';
import type { TemplateData } from '../turns/templateData';
import type { JsonDocument } from './conversation';
import { field, stringSource, textOf, type JsonText } from './jsonTree';
import { readJson } from './readJson';
import { describedValue, templateValue, wordedValue } from './templateJson';

type ReadValue = (json: JsonText, node: Node) => TemplateData;

/** What a request says beside its messages, by the names that templates know: tools, documents, the effort of reasoning, `chat_template_kwargs`. @throws TranscriptError for values of another kind */
export function requestVariables(document: JsonDocument, request: Node): Record<string, TemplateData> {
  const { name } = document;
  const valueOf = (key: string, value: ReadValue): TemplateData => {
    const node = field(request, key);
    // An empty text stands for none in data sets of fine-tuning.
    return node && node.type !== 'null' && node.value !== '' ? valueIn(document, node, value) : null;
  };
  const [tools, documents, more] = [valueOf('tools', describedValue), valueOf('documents', wordedValue), valueOf('chat_template_kwargs', ({ text }, node) => templateValue(text, node))];
  for (const [key, value] of Object.entries({ tools, documents })) {
    if (value !== null && !Array.isArray(value)) throw new TranscriptError(`"${key}" of ${name} is no list; it must be one, as in a request.`);
  }
  if (more !== null && !(more instanceof Map)) throw new TranscriptError(`"chat_template_kwargs" of ${name} is no object; it must be one, as in a request.`);
  // vLLM hands it to the template under its own name.
  const effort = textOf(request, 'reasoning_effort');
  return { ...(effort !== undefined && { reasoning_effort: effort }), ...(more && Object.fromEntries(more as Map<string, TemplateData>)), ...(tools !== null && { tools: (tools as TemplateData[]).map(openAiTool) }), ...(documents !== null && { documents }) };
}

/** The variables with functions for their only tools. What runs at a maker's server has no place in a chat template. @param notes takes what is to be said of tools that are left out */
export function withFunctionsOnly({ tools, ...others }: Readonly<Record<string, TemplateData>>, notes: string[]): Record<string, TemplateData> {
  if (!Array.isArray(tools)) return others;
  const functions = tools.filter((tool) => tool instanceof Map && tool.has('function'));
  if (functions.length < tools.length) notes.push(SERVER_TOOLS);
  return functions.length === 0 ? others : { ...others, tools: functions };
}

export const SERVER_TOOLS = 'Tools that run at the maker\'s server are left out, since chat templates know functions only.';

/** What a node holds, JSON in a string parsed first: data sets of fine-tuning have their tools so. */
function valueIn(document: JsonDocument, node: Node, value: ReadValue): TemplateData {
  if (node.type !== 'string') return value(document, node);
  const within = stringSource(document, node);
  const { root } = readJson(within.text);
  return root ? value({ text: within.text, within }, root) : within.text;
}

/** Tools of other makers' requests in the form that chat templates know. */
export function openAiTool(tool: TemplateData): TemplateData {
  if (!(tool instanceof Map)) return tool;
  const [name, parameters] = [tool.get('name'), tool.get('input_schema') ?? tool.get('parameters')];
  if (name === undefined || (parameters === undefined && tool.get('type') !== 'function') || tool.has('function')) return tool;
  const description = tool.get('description');
  return new Map<string, TemplateData>([
    ['type', 'function'],
    ['function', new Map<string, TemplateData>([['name', name], ...(description === undefined ? [] : [['description', description] as const]), ...(parameters === undefined ? [] : [['parameters', parameters] as const])])],
  ]);
}
