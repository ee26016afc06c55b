import type { Node } from 'jsonc-parser';
import { TranscriptError } from '../../base/errors';
import { PlacedText, type TemplateData, type TemplateObject } from '../turns/templateData';
import { field, fieldsOf, stringSource, type JsonText } from './jsonTree';
import { readJson } from './readJson';
import { placedValue, templateValue } from './templateJson';

/** A call of a tool in the form that chat templates know, its name and its arguments with their places. */
export function toolCall(json: JsonText, { name, args, id }: { readonly name: Node; readonly args: Node | undefined; readonly id?: string }, which: string): TemplateObject {
  return new Map<string, TemplateData>([
    ...(id === undefined ? [] : [['id', id] as const]),
    ['type', 'function'],
    ['function', new Map<string, TemplateData>([['name', new PlacedText(stringSource(json, name))], ['arguments', argumentsOf(json, args, which)]])],
  ]);
}

/**
 * A message's `tool_calls` as they stand, but for arguments that are given as a JSON string: these are parsed first, as servers do before they render (vLLM, SGLang).
 * @throws TranscriptError for calls without a name and for arguments that are no JSON object
 */
export function openAiToolCalls(json: JsonText, calls: Node, which: string): TemplateData {
  if (calls.type !== 'array') throw new TranscriptError(`${which} has "tool_calls" of type ${calls.type}; they must be a list.`);
  return calls.children!.map((call) => {
    if (call.type !== 'object') throw new TranscriptError(`${which} has a tool call of type ${call.type}; it must be an object with a "function".`);
    return withPlaces(json, call, which);
  });
}

/** A function call of a message, older than `tool_calls`. */
export function openAiFunctionCall(json: JsonText, call: Node, which: string): TemplateData {
  return withPlaces(json, call, which);
}

function withPlaces(json: JsonText, node: Node, which: string): TemplateData {
  if (node.type !== 'object') return templateValue(json.text, node);
  return new Map(fieldsOf(node).map(([key, value]): [string, TemplateData] => {
    if (key === 'function') return [key, withPlaces(json, value, which)];
    if (key === 'name' && value.type === 'string') return [key, new PlacedText(stringSource(json, value))];
    return [key, key === 'arguments' ? argumentsOf(json, value, which) : templateValue(json.text, value)];
  }));
}

function argumentsOf(json: JsonText, node: Node | undefined, which: string): TemplateData {
  if (!node || node.type === 'null') return new Map();
  if (node.type !== 'string') return placedValue(json, node);
  const source = stringSource(json, node);
  if (source.text === '') return new Map();
  const { root } = readJson(source.text, { disallowComments: true });
  if (root?.type !== 'object') throw new TranscriptError(`${which} has a tool call whose arguments are no JSON object (${JSON.stringify(source.text.slice(0, 60))}); correct them.`);
  return placedValue({ text: source.text, within: source }, root);
}

/** Calls that a text holds as JSON: one object with `name` and `arguments`, or a list of them. @throws TranscriptError for any other text */
export function calledTools(json: JsonText, which: string): TemplateData {
  const { root } = readJson(json.text);
  if (root?.type !== 'object' && root?.type !== 'array') throw new TranscriptError(`${which} calls tools by a text that is no JSON (${JSON.stringify(json.text.slice(0, 60))}); correct it.`);
  const calls = root.type === 'array' ? root.children! : [root];
  return calls.map((call) => {
    const name = field(call, 'name');
    if (name?.type !== 'string') throw new TranscriptError(`${which} calls a tool without a "name"; its text must be JSON such as {"name": "...", "arguments": {}}.`);
    return toolCall(json, { name, args: field(call, 'arguments') ?? field(call, 'parameters') }, which);
  });
}
