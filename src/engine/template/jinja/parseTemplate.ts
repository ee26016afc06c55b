import { parse, tokenize } from '@huggingface/jinja';
import { withPlainStrings } from './literals';
import { withinTemplateTime } from './python/limits';
import { readTags, type Tag } from './tags';

type Token = ReturnType<typeof tokenize>[number];

export type Program = ReturnType<typeof parse>;

/** Statements that open a block of their own: the function that the block is called with. */
export const WITH = 'flashtrace_with';
/** Tuples that the parser cannot read: `()`, `(1,)`. */
export const TUPLE = 'flashtrace_tuple';

/**
 * Parses a chat template by `@huggingface/jinja`'s parser, with what it does not know written in what it does: text as text whatever stands in it, tuples, `with` blocks as
 * `call` blocks of a function that gives their text, tests with arguments as filters, transformers' `generation` tags left out.
 * @throws Error for a template that does not parse
 */
export function parseTemplate(template: string): Program {
  return withinTemplateTime(() => parsed(template));
}

function parsed(template: string): Program {
  // As Jinja2 reads a template: LF for every line break, and none at the end.
  const source = template.replace(/\r\n?/g, '\n').replace(/\n$/, '');
  const { texts, tags } = readTags(source, { blockLines: true });
  const tokens = texts.flatMap(({ start, end }, i): Token[] => {
    const text: Token[] = end > start ? [{ type: 'Text', value: source.slice(start, end) }] : [];
    return i < tags.length ? [...text, ...tagTokens(tags[i])] : text;
  });
  return parse(tokens.length === 0 ? [{ type: 'Text', value: '' }] : tokens);
}

function tagTokens({ kind, inner }: Tag): Token[] {
  if (kind === 'nothing') return [];
  if (kind === 'output') return tokensOf(`{{ ${withPlainStrings(inner)} }}`);
  switch (/^\s*(\w+)/.exec(inner)?.[1]) {
    case 'generation': case 'endgeneration': return [];
    case 'with': return withBlock(inner);
    case 'endwith': return tokensOf('{% endcall %}');
    default: return tokensOf(`{% ${withPlainStrings(inner)} %}`);
  }
}

/** The lexer takes one line break off the end. */
function tokensOf(code: string): Token[] {
  return testCalls(withTuples(tokenize(`${code}\n`).filter(({ type }) => type !== 'Text')));
}

/** Empty tuples and those that end in a comma as calls of the function that makes them. */
function withTuples(tokens: readonly Token[]): Token[] {
  return tokens.flatMap((token, at): Token[] => {
    if (token.type !== 'OpenParen') return [token];
    const end = closed(tokens, at) - 1;
    const before = tokens[at - 1];
    const isCall = ['CloseParen', 'CloseSquareBracket'].includes(before.type) || (before.type === 'Identifier' && !OPERATORS.includes(before.value));
    return !isCall && (end === at + 1 || tokens[end - 1].type === 'Comma') ? [{ type: 'Identifier', value: TUPLE }, token] : [token];
  });
}

/** `{% with a = x, b = y %}`: all values are those of outside. */
function withBlock(content: string): Token[] {
  const opening = tokensOf(`{% call ${WITH}() %}`);
  const tokens = tokensOf(`{% ${withPlainStrings(content)} %}`).slice(2, -1);
  if (tokens.length === 0) return opening;
  const assignments = splitAtCommas(tokens);
  const between = (parts: Token[][]) => parts.flatMap((part, i) => (i === 0 ? part : [{ type: 'Comma', value: ',' } as Token, ...part]));
  const [open, close] = [{ type: 'OpenStatement', value: '{%' }, { type: 'CloseStatement', value: '%}' }] as [Token, Token];
  const [set, equals] = [{ type: 'Identifier', value: 'set' }, { type: 'Equals', value: '=' }] as [Token, Token];
  return [...opening, open, set, ...between(assignments.map((part) => [part[0]])), equals, ...between(assignments.map((part) => part.slice(2))), close];
}

function splitAtCommas(tokens: readonly Token[]): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (/^Open/.test(token.type)) depth++;
    if (/^Close/.test(token.type)) depth--;
    if (depth === 0 && token.type === 'Comma') parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts;
}

const OPERATORS = ['and', 'or', 'else', 'if', 'is', 'in', 'not'];

/** `x is [not] test(y)` and `x is [not] test y` as a filter: the parser reads tests without arguments only. */
function testCalls(tokens: readonly Token[]): Token[] {
  const written: Token[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const isWord = (at: number, word: string) => tokens[at]?.type === 'Identifier' && tokens[at].value === word;
    const negates = isWord(i + 1, 'not');
    const name = i + (negates ? 2 : 1);
    const end = isWord(i, 'is') && tokens[name]?.type === 'Identifier' ? argumentEnd(tokens, name + 1) : name + 1;
    if (!isWord(i, 'is') || end === name + 1) {
      written.push(tokens[i]);
      continue;
    }
    const args = tokens.slice(name + 1, end);
    const isCall = args[0].type === 'OpenParen';
    written.push(
      { type: 'Pipe', value: '|' }, { type: 'Identifier', value: `flashtrace_is${negates ? '_not' : ''}_${tokens[name].value}` },
      ...(isCall ? args : [{ type: 'OpenParen', value: '(' } as Token, ...args, { type: 'CloseParen', value: ')' } as Token]));
    i = end - 1;
  }
  return written;
}

/** Behind the argument of a test that begins at `start`; `start` where there is none. */
function argumentEnd(tokens: readonly Token[], start: number): number {
  const first = tokens[start] as Token | undefined;
  const isName = first?.type === 'Identifier' && !OPERATORS.includes(first.value);
  const isLiteral = first?.type === 'StringLiteral' || first?.type === 'NumericLiteral';
  if (!first || (!isName && !isLiteral && !/^Open(?:Paren|SquareBracket|CurlyBracket)$/.test(first.type))) return start;
  let end = isName || isLiteral ? start + 1 : closed(tokens, start);
  if (first.type === 'OpenParen') return end;
  while (end < tokens.length && ['Dot', 'OpenSquareBracket', 'OpenParen'].includes(tokens[end].type)) end = tokens[end].type === 'Dot' ? end + 2 : closed(tokens, end);
  return end;
}

/** Behind the bracket that closes the one at `start`. */
function closed(tokens: readonly Token[], start: number): number {
  let depth = 0;
  for (let i = start; i < tokens.length; i++) {
    if (/^Open(?:Paren|SquareBracket|CurlyBracket)$/.test(tokens[i].type)) depth++;
    if (/^Close(?:Paren|SquareBracket|CurlyBracket)$/.test(tokens[i].type) && --depth === 0) return i + 1;
  }
  return tokens.length;
}

