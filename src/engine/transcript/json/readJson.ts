import { parseTree, type Node, type ParseError, type ParseOptions } from 'jsonc-parser';

/** No format nests its objects this deep, and the parser, which calls itself for every level, would run out of stack. */
const DEEPEST = 200;

/** The tree of a JSON text, or where it is none; nesting beyond all formats is no tree either (`tooDeep`). */
export function readJson(text: string, options: ParseOptions = {}): { readonly root: Node } | { readonly root: null; readonly error: ParseError | null; readonly tooDeep: boolean } {
  if (depth(text) > DEEPEST) return { root: null, error: null, tooDeep: true };
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, options);
  return root && errors.length === 0 ? { root } : { root: null, error: errors.at(0) ?? null, tooDeep: false };
}

/** Most brackets that are open at once, strings left out. */
function depth(text: string): number {
  let open = 0;
  let most = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0x5c) i += inString ? 1 : 0;
    else if (unit === 0x22) inString = !inString;
    else if (inString) {
      // A string ends with its line: what is no JSON must not hide its brackets behind a quotation mark.
      if (unit === 0x0a) inString = false;
    } else if (unit === 0x5b || unit === 0x7b) most = Math.max(most, ++open);
    else if (unit === 0x5d || unit === 0x7d) open--;
  }
  return most;
}
