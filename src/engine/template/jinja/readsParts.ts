interface Tree {
  readonly type?: string;
  readonly value?: unknown;
  readonly property?: Tree;
  readonly iterable?: Tree;
  readonly lhs?: Tree;
  readonly assignee?: Tree;
}

/**
 * Whether a parsed template goes through the parts of a message's content, so that servers and transformers hand it the list as it is given; any other one gets the
 * parts' texts, joined. It does where a loop is over `message.content`, over a variable of that name, or over one that was set to it (as vLLM tells, entrypoints/chat_utils.py).
 */
export function readsParts(program: unknown): boolean {
  const nodes = nodesIn(program);
  const names = new Set(['content', ...nodes.flatMap(({ type, assignee, value }) => (type === 'Set' && assignee?.type === 'Identifier' && isContent(value as Tree) ? [assignee.value] : []))]);
  return nodes.some(({ type, iterable }) => {
    const over = iterable?.type === 'SelectExpression' ? iterable.lhs : iterable;
    return type === 'For' && (isContent(over) || (over?.type === 'Identifier' && names.has(over.value)));
  });
}

function isContent(node: Tree | undefined): boolean {
  return node?.type === 'MemberExpression' && node.property?.value === 'content';
}

/** Every node; without recursion, since a long chain of operators nests as deep as it is long. */
function nodesIn(program: unknown): Tree[] {
  const found: Tree[] = [];
  const open = [program];
  while (open.length > 0) {
    const tree = open.pop();
    if (typeof tree !== 'object' || tree === null) continue;
    found.push(tree);
    for (const child of tree instanceof Map ? [...tree.keys(), ...tree.values()] : Object.values(tree)) open.push(child);
  }
  return found;
}
