import type { Node } from 'jsonc-parser';
import { isPiece } from './exchange';
import { field } from './jsonTree';
import { isMessageList } from './openAiMessages';
import { readJson } from './readJson';

/** A file that is typed, traced and typed on is parsed again and again; the one before is as far back as it goes. */
let latest: { readonly text: string; readonly roots: readonly Node[] | null } | null = null;

/**
 * The roots of the conversations that a JSON text holds: the document itself, the lines of JSON Lines, the items of a list, the rows of an export of a data set.
 * Null for a text that is no JSON.
 * @param isConversation whether some format reads a node
 */
export function conversationRoots(text: string, isConversation: (root: Node) => boolean): readonly Node[] | null {
  if (latest?.text !== text) latest = { text, roots: rootsIn(text, isConversation) };
  return latest.roots;
}

function rootsIn(text: string, isConversation: (root: Node) => boolean): readonly Node[] | null {
  const lines = jsonLines(text);
  if (lines) return isMessageList(asList(lines)) || lines.some(isPiece) ? [asList(lines)] : lines.some(isConversation) ? lines.filter(isConversation) : lines;
  const { root } = readJson(text, { allowTrailingComma: true });
  if (!root) return null;
  const rows = field(root, 'rows');
  const items = root.type === 'array' ? root.children! : rows?.type === 'array' ? rows.children!.map((row) => field(row, 'row') ?? row) : [];
  // A list of conversations may look like one of messages.
  const found = (isConversation(root) && root.type !== 'array') || items.some(isPiece) ? [] : items.filter(isConversation);
  return found.length > 0 ? found : [root];
}

/** The values of a text with one on every line, null for any other text. */
function jsonLines(text: string): Node[] | null {
  const nodes: Node[] = [];
  let offset = 0;
  for (const line of text.split('\n')) {
    if (line.trim() !== '') {
      const node = /^\s*\{/.test(line) ? readJson(line).root : null;
      if (!node) return null;
      move(node, offset);
      nodes.push(node);
    }
    offset += line.length + 1;
  }
  return nodes.length > 1 ? nodes : null;
}

function move(node: Node, by: number): void {
  (node as { offset: number }).offset += by;
  node.children?.forEach((child) => { move(child, by); });
}

/** Messages on lines of their own are one conversation. */
function asList(lines: Node[]): Node {
  const last = lines[lines.length - 1];
  return { type: 'array', offset: lines[0].offset, length: last.offset + last.length - lines[0].offset, children: lines };
}
