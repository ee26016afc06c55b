import { createScanner, parseTree, type Node, type ParseError, type ParseOptions } from 'jsonc-parser';

/** No format nests its objects this deep, and the parser, which calls itself for every level, would run out of stack. */
const DEEPEST = 200;

/** The tree of a JSON text, or where it is none; nesting beyond all formats is no tree either (`tooDeep`). */
export function readJson(text: string, options: ParseOptions = {}): { readonly root: Node } | { readonly root: null; readonly error: ParseError | null; readonly tooDeep: boolean } {
  if (isTooDeep(text)) return { root: null, error: null, tooDeep: true };
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, options);
  return root && errors.length === 0 ? { root } : { root: null, error: errors.at(0) ?? null, tooDeep: false };
}

/** The scanner's kinds of tokens: the package declares them as a const enum, which compilers of single files cannot read. */
const OPENING: readonly number[] = [1, 3];
const CLOSING: readonly number[] = [2, 4];
const END = 17;

/** Whether more brackets are open at once; as the parser reads them, so that no quotation mark in a comment hides any. */
function isTooDeep(text: string): boolean {
  const scanner = createScanner(text, true);
  let open = 0;
  for (let kind: number = scanner.scan(); kind !== END; kind = scanner.scan()) {
    if (OPENING.includes(kind)) open++;
    else if (CLOSING.includes(kind)) open = Math.max(0, open - 1);
    if (open > DEEPEST) return true;
  }
  return false;
}
