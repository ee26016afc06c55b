import type { Node } from 'jsonc-parser';
import { JsonLiteral, PlacedText, type TemplateData, type TemplateObject } from '../turns/templateData';
import { literalSource, stringSource } from './jsonTree';
import type { JsonText } from './jsonTree';

/** What a node holds, for a chat template: numbers as they are written, keys in their order. */
export function templateValue(text: string, node: Node): TemplateData {
  switch (node.type) {
    case 'object': return new Map(node.children!.map((property) => [property.children![0].value as string, templateValue(text, property.children![1])]));
    case 'array': return node.children!.map((item) => templateValue(text, item));
    case 'number': return new JsonLiteral(text.slice(node.offset, node.offset + node.length));
    default: return node.value as string | boolean | null;
  }
}

/** Fields of tools that hold words for the model: what it writes a call from. */
const WORDS = ['description', 'name'];

/** The same with the place of a tool's names and descriptions. Its types and the like are left alone: templates look at them. */
export function describedValue(json: JsonText, node: Node): TemplateData {
  if (node.type === 'array') return node.children!.map((item) => describedValue(json, item));
  if (node.type !== 'object') return templateValue(json.text, node);
  return new Map(node.children!.map(({ children }): [string, TemplateData] => {
    const [key, value] = [String(children![0].value), children![1]];
    return [key, value.type === 'string' && WORDS.includes(key) ? new PlacedText(stringSource(json, value)) : describedValue(json, value)];
  }));
}

/** The same with the place of every text, keys aside: documents. */
export function wordedValue(json: JsonText, node: Node): TemplateData {
  switch (node.type) {
    case 'object': return new Map(node.children!.map(({ children }) => [String(children![0].value), wordedValue(json, children![1])]));
    case 'array': return node.children!.map((item) => wordedValue(json, item));
    case 'string': return new PlacedText(stringSource(json, node));
    default: return templateValue(json.text, node);
  }
}

/** The same with the place of every text, key and literal in the document. */
export function placedValue(json: JsonText, node: Node): TemplateData {
  switch (node.type) {
    case 'object': return new Map(node.children!.map(({ children }) => [new PlacedText(stringSource(json, children![0])), placedValue(json, children![1])])) satisfies TemplateObject;
    case 'array': return node.children!.map((item) => placedValue(json, item));
    case 'string': return new PlacedText(stringSource(json, node));
    default: return new PlacedText(literalSource(json, node), true);
  }
}
