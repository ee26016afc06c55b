const STRING = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y;
const NUMBER = /\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][-+]?\d+)?/y;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', a: '\x07', '\n': '', "'": "'", '"': '"', '\\': '\\' };

/** What a string literal of a template stands for: Python's escapes, those it does not know as they are written. @param literal with its quotes */
function stringLiteral(literal: string): string {
  return literal.slice(1, -1).replace(/\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g, (found, x?: string, u?: string, long?: string, octal?: string, other?: string) => {
    const code = x ?? u ?? long;
    if (code !== undefined) return String.fromCodePoint(parseInt(code, 16));
    return octal !== undefined ? String.fromCharCode(parseInt(octal, 8)) : ESCAPES[other!] ?? found;
  });
}

/** A string literal that the package's lexer reads as `text`. */
function quotedLiteral(text: string): string {
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
