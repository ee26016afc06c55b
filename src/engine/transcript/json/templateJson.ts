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

/** The same with the place of every text, key and literal in the document. */
export function placedValue(json: JsonText, node: Node): TemplateData {
  switch (node.type) {
    case 'object': return new Map(node.children!.map(({ children }) => [new PlacedText(stringSource(json, children![0])), placedValue(json, children![1])])) satisfies TemplateObject;
    case 'array': return node.children!.map((item) => placedValue(json, item));
    case 'string': return new PlacedText(stringSource(json, node));
    default: return new PlacedText(literalSource(json, node), true);
  }
}
