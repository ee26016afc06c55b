import type { Node } from 'jsonc-parser';
import { SourceText } from '../turns/sourceText';
import type { JsonDocument, JsonMessage } from './conversation';
import { stringSource } from './jsonTree';
import { whichMessage } from './openAiMessages';
import { readJson } from './readJson';

/** JSON with the document that it stands in. */
export interface NestedJson {
  readonly json: JsonDocument;
  readonly root: Node;
}

/** An object or a list: the node itself, or what its string holds as JSON; null for everything else. */
export function nestedJson(document: JsonDocument, node: Node | undefined): NestedJson | null {
  if (node?.type === 'object' || node?.type === 'array') return { json: document, root: node };
  if (node?.type !== 'string' || !/^\s*[[{]/.test(String(node.value))) return null;
  const within = stringSource(document, node);
  const { root } = readJson(within.text, { disallowComments: true });
  return root?.type === 'object' || root?.type === 'array' ? { json: { name: document.name, text: within.text, within }, root } : null;
}

/** How sentences begin that are about message `index`, which stands in JSON inside `document`. */
export function whichNested(document: JsonDocument, { within }: JsonDocument, message: Node, index: number): string {
  return whichMessage(document, within ? { ...message, offset: within.startOf(message.offset) } : message, index);
}

/** The message with its texts in offsets of the document, not of the JSON that it was read from. */
export function placedMessage(json: JsonDocument, message: JsonMessage): JsonMessage {
  if (!json.within) return message;
  return { ...message, parts: message.parts.map((part) => ({ ...part, node: part.node instanceof SourceText ? part.node : stringSource(json, part.node) })) };
}
