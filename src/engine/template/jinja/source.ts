/** A piece of a template as Jinja2's lexer cuts it, its white space already taken off. */
export interface Piece {
  readonly kind: 'text' | 'statement' | 'expression';
  /** Text as it is written, else what stands between the braces. */
  readonly content: string;
}

const OPENING = /\{%|\{\{|\{#/g;
const RAW = /\{%([-+]?)\s*raw\s*(-?)%\}/y;
const END_RAW = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g;
const STRING = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y;

/**
 * Cuts a template as Jinja2's lexer does with transformers' settings: LF for every line break and none at the end, `lstrip_blocks`, `trim_blocks`, `-` and `+` beside
 * the braces, `raw` blocks. The package's own lexer does this by patterns over the whole text, which also match inside strings and text.
 * @throws SyntaxError for a piece without an end
 */
export function cutTemplate(template: string): Piece[] {
  const source = template.replace(/\r\n?/g, '\n').replace(/\n$/, '');
  const pieces: Piece[] = [];
  let at = 0;
  let startsLine = true;
  /** Text up to a piece that begins with `sign`. */
  const before = (end: number, sign: string, isExpression: boolean) => {
    let content = source.slice(at, end);
    if (sign === '-') content = content.trimEnd();
    else if (sign !== '+' && !isExpression) {
      const lineStart = content.lastIndexOf('\n') + 1;
      if ((lineStart > 0 || startsLine) && /^\s+$/.test(content.slice(lineStart))) content = content.slice(0, lineStart);
    }
    if (content !== '') pieces.push({ kind: 'text', content });
  };
  /** Behind a piece that ends at `end` with `sign`: a line break behind a block goes with it. */
  const behind = (end: number, sign: string, trims: boolean) => {
    at = end;
    if (sign === '-') while (at < source.length && /\s/.test(source[at])) at++;
    else if (sign !== '+' && trims && source[at] === '\n') at++;
    startsLine = source[at - 1] === '\n';
  };
  while (at < source.length) {
    OPENING.lastIndex = at;
    const opening = OPENING.exec(source);
    if (!opening) break;
    const [start, brace] = [opening.index, opening[0]];
    RAW.lastIndex = start;
    const raw = RAW.exec(source);
    if (raw) {
      before(start, raw[1], false);
      behind(RAW.lastIndex, raw[2], false);
      END_RAW.lastIndex = at;
      const end = END_RAW.exec(source);
      if (!end) throw new SyntaxError('Missing end of raw directive');
      before(end.index, end[1], false);
      behind(END_RAW.lastIndex, end[2], true);
      continue;
    }
    const sign = /[-+]/.test(source[start + 2] ?? '') ? source[start + 2] : '';
    const from = start + 2 + sign.length;
    const close = brace === '{%' ? '%}' : brace === '{{' ? '}}' : '#}';
    const end = brace === '{#' ? source.indexOf(close, from) : closing(source, from, close);
    if (end < 0) throw new SyntaxError(`Missing end of ${brace}`);
    const endSign = /[-+]/.test(source[end - 1]) && end > from && (brace !== '{{' || source[end - 1] === '-') ? source[end - 1] : '';
    before(start, sign, brace === '{{');
    if (brace !== '{#') pieces.push({ kind: brace === '{%' ? 'statement' : 'expression', content: source.slice(from, end - endSign.length) });
    behind(end + 2, endSign, brace !== '{{');
  }
  if (at < source.length) pieces.push({ kind: 'text', content: source.slice(at) });
  return pieces;
}

/** Place of the closing brace that stands in no string and closes no dict, -1 without one. */
function closing(source: string, from: number, close: string): number {
  let depth = 0;
  for (let i = from; i < source.length; i++) {
    if (depth === 0 && source.startsWith(close, i)) return i;
    STRING.lastIndex = i;
    const string = STRING.exec(source);
    if (string) i = STRING.lastIndex - 1;
    else if ('{[('.includes(source[i])) depth++;
    else if ('}])'.includes(source[i])) depth--;
  }
  return -1;
}

const NUMBER = /\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][-+]?\d+)?/y;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', a: '\x07', '\n': '', "'": "'", '"': '"', '\\': '\\' };

/** What a string literal of a template stands for: Python's escapes, those it does not know as they are written. @param literal with its quotes */
export function stringLiteral(literal: string): string {
  return literal.slice(1, -1).replace(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g, (found, x?: string, u?: string, long?: string, octal?: string, other?: string) => {
    const code = x ?? u ?? long;
    if (code !== undefined) return String.fromCodePoint(parseInt(code, 16));
    return octal !== undefined ? String.fromCharCode(parseInt(octal, 8)) : ESCAPES[other!] ?? found;
  });
}

/** A string literal that the package's lexer reads as `text`. */
export function quotedLiteral(text: string): string {
  return `"${text.replace(/[\\"\0-\x1f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;
}

/** `1_000` and `1e3` as the package's lexer takes them. */
function plainNumber(number: string): string {
  const plain = number.replaceAll('_', '');
  if (!/e/i.test(plain)) return plain;
  const decimals = Number(plain).toFixed(20).replace(/0+$/, '');
  return decimals.endsWith('.') ? `${decimals}0` : decimals;
}

/** What stands between braces, its string literals as the package's lexer takes them. */
export function withPlainStrings(code: string): string {
  let written = '';
  for (let i = 0; i < code.length;) {
    STRING.lastIndex = i;
    NUMBER.lastIndex = i;
    const string = STRING.exec(code);
    const number = string || /\w/.test(code[i - 1] ?? '') ? null : NUMBER.exec(code);
    written += string ? quotedLiteral(stringLiteral(string[0])) : number ? plainNumber(number[0]) : code[i];
    i = string ? STRING.lastIndex : i + (number?.[0].length ?? 1);
  }
  return written;
}
