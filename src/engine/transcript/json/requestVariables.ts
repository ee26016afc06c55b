import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../base/errors';
import type { TemplateData } from '../turns/templateData';
import type { JsonDocument } from './conversation';
import { field } from './jsonTree';
import { templateValue } from './templateJson';

/** What a request says beside its messages, by the names that templates know: tools, documents, `chat_template_kwargs`. @throws TranscriptError for values of another kind */
export function requestVariables({ name, text }: JsonDocument, request: Node): Record<string, TemplateData> {
  const valueOf = (key: string): TemplateData => {
    const node = field(request, key);
    // An empty text stands for none in data sets of fine-tuning.
    return node && node.type !== 'null' && node.value !== '' ? templateValue(text, node) : null;
  };
  const [tools, documents, more] = [valueOf('tools'), valueOf('documents'), valueOf('chat_template_kwargs')];
  for (const [key, value] of Object.entries({ tools, documents })) {
    if (value !== null && !Array.isArray(value)) throw new TranscriptError(`"${key}" of ${name} is no list; it must be one, as in a request.`);
  }
  if (more !== null && !(more instanceof Map)) throw new TranscriptError(`"chat_template_kwargs" of ${name} is no object; it must be one, as in a request.`);
  return { ...(more && Object.fromEntries(more as Map<string, TemplateData>)), ...(tools !== null && { tools: (tools as TemplateData[]).map(openAiTool) }), ...(documents !== null && { documents }) };
}

/** Tools of other makers' requests in the form that chat templates know. */
export function openAiTool(tool: TemplateData): TemplateData {
  if (!(tool instanceof Map)) return tool;
  const [name, parameters] = [tool.get('name'), tool.get('input_schema') ?? tool.get('parameters')];
  if (name === undefined || parameters === undefined || tool.has('function')) return tool;
  const description = tool.get('description');
  return new Map<string, TemplateData>([
    ['type', 'function'],
    ['function', new Map<string, TemplateData>([['name', name], ...(description === undefined ? [] : [['description', description] as const]), ['parameters', parameters]])],
  ]);
}
