import type { CharRange } from '../../../concepts/ranges';

export interface JinjaTag extends CharRange {
  readonly kind: 'output' | 'statement' | 'nothing';
  /** What stands between the brackets, white space control left out. */
  readonly inner: string;
}

/** A template cut at its tags: `texts[i]` stands before `tags[i]`, the last one behind all; the white space that tags take away is in none. */
export interface JinjaTags {
  readonly texts: readonly CharRange[];
  readonly tags: readonly JinjaTag[];
}

/** The engine's own lexer takes quadratic time on the blanks in a tag. */
const MAX_TAG = 10_000;
const OPEN = /\{[{%#]/g;
const RAW = /^\{%[-+]?\s*raw\s*(-?)%\}/;
const END_RAW = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g;
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * Cuts a template as Jinja2's lexer does without `trim_blocks` and `lstrip_blocks` (its lexer.py).
 * @throws Error for a tag without an end
 */
export function readJinjaTags(template: string): JinjaTags {
  const texts: CharRange[] = [];
  const tags: JinjaTag[] = [];
  let from = 0;
  const close = (tag: JinjaTag, before: boolean, behind: boolean) => {
    const end = before ? from + template.slice(from, tag.start).trimEnd().length : tag.start;
    texts.push({ start: from, end: Math.max(from, end) });
    tags.push(tag);
    from = behind ? template.length - template.slice(tag.end).trimStart().length : tag.end;
  };
  for (let at = nextTag(template, 0); at >= 0; at = nextTag(template, from)) {
    const raw = RAW.exec(template.slice(at, at + 200));
    if (raw) {
      const start = at + raw[0].length;
      END_RAW.lastIndex = start;
      const end = END_RAW.exec(template);
      if (!end) throw new Error('raw without endraw');
      close({ kind: 'nothing', inner: '', start: at, end: start }, template[at + 2] === '-', raw[1] === '-');
      close({ kind: 'nothing', inner: '', start: end.index, end: end.index + end[0].length }, end[1] === '-', end[2] === '-');
      continue;
    }
    const end = template[at + 1] === '#' ? commentEnd(template, at + 2) : tagEnd(template, at + 2, template[at + 1] === '{' ? '}}' : '%}');
    if (end - at > MAX_TAG) throw new Error(`a tag of more than ${MAX_TAG} characters`);
    const inner = template.slice(at + 2, end - 2);
    const [before, behind] = [inner.startsWith('-'), inner.length > 1 && inner.endsWith('-')];
    const plain = inner.slice(before || inner.startsWith('+') ? 1 : 0, behind || (inner.length > 1 && inner.endsWith('+')) ? -1 : undefined);
    close({ kind: template[at + 1] === '{' ? 'output' : template[at + 1] === '%' ? 'statement' : 'nothing', inner: plain, start: at, end }, before, behind);
  }
  texts.push({ start: from, end: template.length });
  return { texts, tags };
}

function nextTag(template: string, from: number): number {
  OPEN.lastIndex = from;
  return OPEN.exec(template)?.index ?? -1;
}

function commentEnd(template: string, from: number): number {
  const end = template.indexOf('#}', from);
  if (end < 0) throw new Error('a comment without an end');
  return end + 2;
}

/** Behind the tag's closing brackets: those in strings and in brackets of its own do not close it. */
function tagEnd(template: string, from: number, closing: string): number {
  const open: string[] = [];
  for (let at = from; at < template.length; at++) {
    const unit = template[at];
    if (open.length === 0 && template.startsWith(closing, at)) return at + 2;
    if (unit === '"' || unit === "'") at = stringEnd(template, at);
    else if (CLOSING[unit] !== undefined) open.push(CLOSING[unit]);
    else if (unit === open.at(-1)) open.pop();
  }
  throw new Error(`a tag without "${closing}"`);
}

function stringEnd(template: string, from: number): number {
  for (let at = from + 1; at < template.length; at++) {
    if (template[at] === '\\') at++;
    else if (template[at] === template[from]) return at;
  }
  throw new Error('a string without an end');
}

const WORDS = /(["'])(?:\\.|(?!\1)[^\\])*\1|(\.\s*)?\b([A-Za-z_]\w*)\b(?!\s*\()/g;
const OWN = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else', 'elif', 'true', 'false', 'none', 'True', 'False', 'None', 'loop', 'for', 'recursive', 'set', 'namespace', 'range', 'endif', 'endfor', 'endset',
  'defined', 'undefined', 'filter', 'endfilter', 'macro', 'endmacro', 'call', 'endcall', 'with', 'endwith', 'break', 'continue', 'caller']);
/** Names that a statement brings along itself. */
const BOUND = /^\s*(?:for\s+([^]*?)\s+in\b|set\s+([\w\s,.]+?)\s*(?:=|$)|macro\s+(\w+\s*\([^]*)|with\s+([^]*))/;

/** Of a longer tag, what stands behind is not looked at: the patterns take quadratic time on blanks. */
const LONGEST = 2000;

/** The names that the tags ask for and that none of them brings along. */
export function namesIn(all: readonly JinjaTag[]): string[] {
  const tags = all.map(({ kind, inner }) => ({ kind, inner: inner.slice(0, LONGEST) }));
  const bound = new Set(tags.flatMap(({ kind, inner }) => {
    const names = kind === 'statement' ? BOUND.exec(inner)?.slice(1).join(' ') : undefined;
    return names?.match(/[A-Za-z_]\w*/g) ?? [];
  }));
  const found = new Set<string>();
  for (const { kind, inner } of tags) {
    if (kind === 'nothing') continue;
    // Filters, tests and keyword arguments are no inputs.
    for (const match of inner.replace(/\|\s*\w+|\bis\s+(?:not\s+)?\w+|\b\w+\s*=(?!=)/g, (part) => (/=$/.test(part) ? '' : ' | ')).matchAll(WORDS)) {
      if (match[3] && !match[2] && !OWN.has(match[3]) && !bound.has(match[3])) found.add(match[3]);
    }
  }
  return [...found];
}
