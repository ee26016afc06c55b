import { readTags, type Tag, type Tags } from '../../template/jinja/tags';

/** The package's lexer takes quadratic time on the blanks in a tag. */
const MAX_TAG = 10_000;

/** A body cut at its tags as Prompty's Jinja2 does it, which trims no lines. @throws Error for a tag without an end, and one beyond all measure */
export function bodyTags(template: string): Tags {
  const cut = readTags(template, { blockLines: false });
  if (cut.tags.some(({ start, end }) => end - start > MAX_TAG)) throw new Error(`a tag of more than ${MAX_TAG} characters`);
  return cut;
}

const WORDS = /(["'])(?:\\.|(?!\1)[^\\])*\1|(\.\s*)?\b([A-Za-z_]\w*)\b(?!\s*\()/g;
const OWN = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else', 'elif', 'true', 'false', 'none', 'True', 'False', 'None', 'loop', 'for', 'recursive', 'set', 'namespace', 'range', 'endif', 'endfor', 'endset',
  'defined', 'undefined', 'filter', 'endfilter', 'macro', 'endmacro', 'call', 'endcall', 'with', 'endwith', 'break', 'continue', 'caller']);
/** Names that a statement brings along itself. */
const BOUND = /^\s*(?:for\s+([^]*?)\s+in\b|set\s+([\w\s,.]+?)\s*(?:=|$)|macro\s+(\w+\s*\([^]*)|with\s+([^]*))/;

/** Of a longer tag, what stands behind is not looked at: the patterns take quadratic time on blanks. */
const LONGEST = 2000;

/** The names that the tags ask for and that none of them brings along. */
export function namesIn(all: readonly Tag[]): string[] {
  const tags = all.map(({ kind, inner }) => ({ kind, inner: inner.slice(0, LONGEST) }));
  const bound = new Set(tags.flatMap(({ kind, inner }) => {
    const names = kind === 'statement' ? BOUND.exec(inner)?.slice(1).join(' ') : undefined;
    return names?.match(/[A-Za-z_]\w*/g) ?? [];
  }));
  const found = new Set<string>();
  for (const { kind, inner } of tags) {
    if (kind === 'nothing') continue;
    // Filters, tests and keyword arguments are no inputs.
    for (const match of inner.replace(/\|\s*\w+|\bis\s+(?:not\s+)?\w+|(?:\.\s*)?\b\w+\s*=(?!=)/g, (part) => (/=$/.test(part) ? '' : ' | ')).matchAll(WORDS)) {
      if (match[3] && !match[2] && !OWN.has(match[3]) && !bound.has(match[3])) found.add(match[3]);
    }
  }
  return [...found];
}
