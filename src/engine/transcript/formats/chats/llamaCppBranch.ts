import type { Node } from 'jsonc-parser';
import { field } from '../../json/jsonTree';

/** The messages of one branch in their order, and how many there are beside it. */
export interface Branch {
  readonly branch: readonly Node[];
  readonly others: number;
}

/**
 * The branch that a tree of messages is shown in: through the current one down to the latest of its descendants, as the web UI goes there; without one, the branch of the last message.
 * Messages without parents are a list.
 * @param current id of the current message
 */
export function branchOf(nodes: readonly Node[], current: unknown): Branch {
  const listed = nodes.filter((node) => !isRoot(node));
  if (!listed.some((node) => isId(parentOf(node)))) return { branch: listed, others: 0 };
  // Exports hold messages in the order of their ids, which are random.
  const messages = listed.sort((a, b) => (timeOf(a) === timeOf(b) ? 0 : timeOf(a) - timeOf(b)));
  const byId = new Map(nodes.map((node) => [idOf(node), node]));
  const children = new Map<unknown, Node>();
  for (const node of messages) children.set(parentOf(node), node);

  const branch: Node[] = [];
  const seen = new Set<Node>();
  for (let node = byId.get(current) ?? messages.at(-1); node && !seen.has(node); node = byId.get(parentOf(node))) {
    seen.add(node);
    branch.unshift(node);
  }
  for (let node = children.get(idOf(branch.at(-1)!)); node && !seen.has(node); node = children.get(idOf(node))) {
    seen.add(node);
    branch.push(node);
  }
  const shown = branch.filter((node) => !isRoot(node));
  return { branch: shown, others: messages.length - shown.length };
}

/** What a conversation hangs on; it says nothing. */
function isRoot(node: Node): boolean {
  return field(node, 'type')?.value === 'root';
}

/** A message without a time is the latest: it was written by hand, or generated. */
function timeOf(node: Node): number {
  const time: unknown = field(node, 'timestamp')?.value;
  return typeof time === 'number' ? time : Infinity;
}

export const idOf = (node: Node): unknown => field(node, 'id')?.value;
const parentOf = (node: Node): unknown => field(node, 'parent')?.value;

function isId(value: unknown): boolean {
  return typeof value === 'string' || (typeof value === 'number' && value >= 0);
}
