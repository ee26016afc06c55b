import { parseTree, type Node, type ParseError, type ParseOptions } from 'jsonc-parser';

/** No format nests its objects this deep, and whoever walks a tree by calling itself would run out of stack. */
const DEEPEST = 200;

/** The tree of a JSON text, or where it is none; nesting beyond all formats is no tree either (`tooDeep`). */
export function readJson(text: string, options: ParseOptions = {}): { readonly root: Node } | { readonly root: null; readonly error: ParseError | null; readonly tooDeep: boolean } {
  const errors: ParseError[] = [];
  try {
    const root = parseTree(text, errors, options);
    if (root && isTooDeep(root)) return { root: null, error: null, tooDeep: true };
    return root && errors.length === 0 ? { root } : { root: null, error: errors.at(0) ?? null, tooDeep: false };
  } catch (error) {
    // The parser calls itself for every level.
    if (error instanceof RangeError) return { root: null, error: null, tooDeep: true };
    throw error;
  }
}

/** Whether more brackets than that stand around one another; level by level, since walking down is what could fail. */
function isTooDeep(root: Node): boolean {
  let level: readonly Node[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    const brackets = level.filter(({ type }) => type === 'object' || type === 'array');
    if (brackets.length > 0 && depth === DEEPEST) return true;
    level = brackets.flatMap(({ children }) => children!.map((child) => (child.type === 'property' ? child.children!.at(-1)! : child)));
  }
  return false;
}
