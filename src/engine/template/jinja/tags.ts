interface Range {
  readonly start: number;
  readonly end: number;
}

/** A tag of a template, or the opening or closing one of a `raw` block, which is `nothing` as a comment is. */
export interface Tag extends Range {
  readonly kind: 'output' | 'statement' | 'nothing';
  /** What stands between the brackets, signs of white space control left out. */
  readonly inner: string;
}

/** A template cut at its tags: `texts[i]` stands before `tags[i]`, the last one behind all; the white space that tags take away is in none. */
export interface Tags {
  readonly texts: readonly Range[];
  readonly tags: readonly Tag[];
}

const OPEN = /\{[{%#]/g;
const RAW = /\{%[-+]?\s*raw\s*(-?)%\}/y;
const END_RAW = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g;
const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/**
 * Cuts a template as Jinja2's lexer does (its lexer.py): strings and brackets inside a tag do not close it, `-` and `+` beside the brackets, `raw` blocks.
 * @param blockLines `lstrip_blocks` and `trim_blocks`, as transformers sets them: a statement alone in its line takes the line with it
 * @throws SyntaxError for a tag without an end
 */
export function readTags(source: string, { blockLines }: { readonly blockLines: boolean }): Tags {
  const texts: Range[] = [];
  const tags: Tag[] = [];
  let from = 0;
  const close = (tag: Tag, sign: string, endSign: string, takesBreak = tag.kind !== 'output') => {
    texts.push({ start: from, end: from + keptBefore(source, from, tag, sign, blockLines) });
    tags.push(tag);
    from = tag.end;
    if (endSign === '-') from = source.length - source.slice(from).trimStart().length;
    else if (endSign !== '+' && blockLines && takesBreak && source[from] === '\n') from++;
  };
  for (let at = nextTag(source, 0); at >= 0; at = nextTag(source, from)) {
    RAW.lastIndex = at;
    const raw = RAW.exec(source);
    if (raw) {
      const start = END_RAW.lastIndex = RAW.lastIndex;
      const end = END_RAW.exec(source);
      if (!end) throw new SyntaxError('raw without endraw');
      close({ kind: 'nothing', inner: '', start: at, end: start }, signAt(source, at + 2), raw[1], false);
      close({ kind: 'nothing', inner: '', start: end.index, end: end.index + end[0].length }, end[1], end[2]);
      continue;
    }
    const kind = source[at + 1] === '{' ? 'output' : source[at + 1] === '%' ? 'statement' : 'nothing';
    const end = kind === 'nothing' ? commentEnd(source, at + 2) : tagEnd(source, at + 2, kind === 'output' ? '}}' : '%}');
    const sign = signAt(source, at + 2);
    const start = at + 2 + sign.length;
    const last = end - 3 >= start ? signAt(source, end - 3) : '';
    // A plus before the brackets of an output is an operator.
    const endSign = kind === 'output' && last === '+' ? '' : last;
    close({ kind, inner: source.slice(start, end - 2 - endSign.length), start: at, end }, sign, endSign);
  }
  texts.push({ start: from, end: source.length });
  return { texts, tags };
}

function nextTag(source: string, from: number): number {
  OPEN.lastIndex = from;
  return OPEN.exec(source)?.index ?? -1;
}

function signAt(source: string, at: number): string {
  return source[at] === '-' || source[at] === '+' ? source[at] : '';
}

/** How much of the text from `from` on stays before a tag. */
function keptBefore(source: string, from: number, tag: Tag, sign: string, blockLines: boolean): number {
  const text = source.slice(from, tag.start);
  if (sign === '-') return text.trimEnd().length;
  const lineStart = text.lastIndexOf('\n') + 1;
  const startsLine = lineStart > 0 || from === 0 || source[from - 1] === '\n';
  return blockLines && sign !== '+' && tag.kind !== 'output' && startsLine && text.slice(lineStart).trim() === '' ? lineStart : text.length;
}

function commentEnd(source: string, from: number): number {
  const end = source.indexOf('#}', from);
  if (end < 0) throw new SyntaxError('a comment without an end');
  return end + 2;
}

/** Behind the tag's closing brackets: those in strings and in brackets of its own do not close it. */
function tagEnd(source: string, from: number, closing: string): number {
  const open: string[] = [];
  for (let at = from; at < source.length; at++) {
    const unit = source[at];
    if (open.length === 0 && source.startsWith(closing, at)) return at + 2;
    if (unit === '"' || unit === "'") at = stringEnd(source, at);
    else if (CLOSING[unit] !== undefined) open.push(CLOSING[unit]);
    else if (unit === open.at(-1)) open.pop();
  }
  throw new SyntaxError(`a tag without "${closing}"`);
}

function stringEnd(source: string, from: number): number {
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === source[from]) return at;
  }
  throw new SyntaxError('a string without an end');
}
