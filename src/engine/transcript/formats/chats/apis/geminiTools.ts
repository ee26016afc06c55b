import type { Node } from 'jsonc-parser';
import type { JsonDocument } from '../../../json/conversation';
import { field, stringSource } from '../../../json/jsonTree';
import { SERVER_TOOLS } from '../../../json/requestVariables';
import { describedValue } from '../../../json/templateJson';
import { PlacedText, type TemplateData } from '../../../turns/templateData';

/**
 * The function declarations of a request in the form that chat templates know. Types stay in capitals ("STRING") where they are: they are what the request says, templates write them as
 * they get them, and which ones a server between would have changed is not in the file.
 */
export function geminiTools(document: JsonDocument, request: Node): { readonly tools: TemplateData[]; readonly notes: readonly string[] } {
  const given = field(request, 'tools') ?? field(field(request, 'config'), 'tools');
  const tools: TemplateData[] = [];
  let isWhole = true;
  for (const tool of given?.type === 'array' ? given.children! : given?.type === 'object' ? [given] : []) {
    const declarations = field(tool, 'functionDeclarations') ?? field(tool, 'function_declarations');
    if (declarations?.type === 'array') tools.push(...declarations.children!.map((declaration) => declared(document, declaration)));
    else isWhole = false;
  }
  return { tools, notes: isWhole ? [] : [SERVER_TOOLS] };
}

function declared(document: JsonDocument, declaration: Node): TemplateData {
  const value = (key: string): TemplateData => {
    const node = field(declaration, key);
    return node && (node.type === 'string' ? new PlacedText(stringSource(document, node)) : describedValue(document, node));
  };
  const parameters = value('parameters') ?? value('parametersJsonSchema') ?? value('parameters_json_schema') ?? new Map<string, TemplateData>([['type', 'object'], ['properties', new Map()]]);
  const description = value('description');
  return new Map<string, TemplateData>([
    ['type', 'function'],
    ['function', new Map<string, TemplateData>([['name', value('name')], ...(description === undefined ? [] : [['description', description] as const]), ['parameters', parameters]])],
  ]);
}
