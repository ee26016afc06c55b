import type { Node } from 'jsonc-parser';
import type { Role } from '../../../../../concepts/transcript';
import { TranscriptError } from '../../../../base/errors';
import { compactJson } from '../../../json/compactJson';
import type { JsonDocument, JsonMessage, JsonPart } from '../../../json/conversation';
import { field, fieldsOf, textOf } from '../../../json/jsonTree';
import { noText } from '../../../json/openAiMessages';
import { toolCall } from '../../../json/toolCalls';
import type { TemplateObject } from '../../../turns/templateData';

/** Who speaks; the results of calls are turns of the tool, whoever sends them. */
const ROLES: Readonly<Record<string, Role>> = { user: 'user', model: 'assistant', assistant: 'assistant', system: 'system', function: 'tool', tool: 'tool' };

export function partsOf(content: Node): readonly Node[] {
  return field(content, 'parts')?.children ?? [];
}

/** A content as chat templates know it: results of functions as turns of their own, in front of the text that stands with them. @param unnamed the role where none is named @throws TranscriptError for parts that are no text */
export function geminiMessages(document: JsonDocument, content: Node, which: string, unnamed: 'user' | 'model' = 'user'): JsonMessage[] {
  const name: unknown = field(content, 'role')?.value ?? unnamed;
  const role = typeof name === 'string' && Object.hasOwn(ROLES, name) ? ROLES[name] : undefined;
  if (!role) throw new TranscriptError(`${which} has the role ${JSON.stringify(name)}; use one of user, model, function.`);
  const results: JsonMessage[] = [];
  const parts: JsonPart[] = [];
  const calls: TemplateObject[] = [];
  for (const part of partsOf(content)) {
    const [call, response, text] = [field(part, 'functionCall') ?? field(part, 'function_call'), field(part, 'functionResponse') ?? field(part, 'function_response'), field(part, 'text')];
    if (call && call.type !== 'null') calls.push(callOf(document, call, which));
    else if (response && response.type !== 'null') results.push(resultOf(document, response, which));
    else if (text?.type === 'string') parts.push({ kind: field(part, 'thought')?.value === true ? 'reasoning' : 'text', node: text });
    else if (!isSignature(part)) throw noText(which, fieldsOf(part).find(([, { type }]) => type !== 'null')?.[0] ?? part.type);
  }
  if (results.length > 0 && parts.length === 0 && calls.length === 0) return results;
  // The pieces of a streamed answer are parts, and the library's own text of it has nothing between them.
  return [...results, { role: results.length > 0 ? 'user' : role, parts, between: '', ...(calls.length > 0 && { toolCalls: calls }) }];
}

/** Encrypted thought in a part of its own. */
function isSignature(part: Node): boolean {
  return part.type === 'object' && fieldsOf(part).every(([key, { type }]) => /^thought(?:_?signature)?$/i.test(key) || type === 'null');
}

function callOf(document: JsonDocument, call: Node, which: string): TemplateObject {
  const name = field(call, 'name');
  if (name?.type !== 'string') throw new TranscriptError(`${which} has a functionCall without a "name"; give it the name of the function.`);
  return toolCall(document, { name, args: field(call, 'args'), id: textOf(call, 'id') }, which);
}

function resultOf(document: JsonDocument, result: Node, which: string): JsonMessage {
  const [name, response, id] = [textOf(result, 'name'), field(result, 'response'), textOf(result, 'id')];
  if (name === undefined) throw new TranscriptError(`${which} has a functionResponse without a "name"; give it the name of the function.`);
  const parts: JsonPart[] = !response || response.type === 'null' ? [] : [{ kind: 'text', node: response.type === 'string' ? response : compactJson(document, response) }];
  return { role: 'tool', parts, extra: { name, ...(id !== undefined && { tool_call_id: id }) } };
}
