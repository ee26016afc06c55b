import type { Node } from 'jsonc-parser';
import type { JsonFormat } from '../conversation';
import { isPiece } from '../exchange';
import { field } from '../jsonTree';

/** Lists in lists in exports (batches of batches) are looked into that far. */
const DEEPEST = 4;

/** The conversations that a value holds: what a format finds inside (spans, outputs), the items of a list, the rows of an export of a data set, or itself. */
export function conversationsUnder(root: Node, formats: readonly JsonFormat[], depth = 0): readonly Node[] {
  const isKnown = (node: Node) => formats.some(({ matches }) => matches(node));
  for (const { inside, matches } of formats) {
    const nodes = inside?.(root).filter(matches) ?? [];
    if (nodes.length > 0) return nodes;
  }
  const items = root.type === 'array' ? root.children! : rowsOf(root);
  // What a server streamed is one answer in pieces.
  const found = depth === DEEPEST || items.some(isPiece) ? [] : items.flatMap((item) => conversationsUnder(item, formats, depth + 1));
  // An empty list is a chat that is begun where it is the whole document only.
  const isEmptyItem = depth > 0 && root.type === 'array' && root.children!.length === 0;
  return found.length > 0 ? found : isKnown(root) && !isEmptyItem ? [root] : [];
}

function rowsOf(root: Node): readonly Node[] {
  const rows = field(root, 'rows');
  return rows?.type === 'array' ? rows.children!.map((row) => field(row, 'row') ?? row) : [];
}
