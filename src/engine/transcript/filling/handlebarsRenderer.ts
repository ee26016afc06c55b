import type { Values } from '../yaml/yamlValue';
import { MAX_OUTPUT, MAX_STEPS, type Run } from './filledBody';
import { isEmpty, property, textOfValue } from './handlebarsValues';

/** What dotprompt's helpers make of a template, beside text: a turn begins, the conversation so far or a section would stand here. */
export interface Mark {
  readonly mark: 'role' | 'history' | 'section';
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Where a template stands in the values: the current one, those around it (`../`), `@index` and its like, block parameters. */
export interface Scope {
  readonly context: unknown;
  readonly parents: readonly unknown[];
  readonly data: Readonly<Record<string, unknown>>;
  readonly parentData?: Scope['data'];
  readonly locals: Readonly<Record<string, unknown>>;
}

type Block = hbs.AST.BlockStatement;

/** Renders Handlebars' syntax tree as its runtime does with dotprompt's options: no escaping, helpers that are known. */
export class HandlebarsRenderer {
  readonly pieces: (Run | Mark)[] = [];
  readonly names = new Set<string>();
  private steps = 0;
  private length = 0;
  private readonly lineStarts: readonly number[];

  constructor(private readonly template: string, private readonly values: Values) {
    this.lineStarts = [0, ...[...template.matchAll(/\r\n?|\n/g)].map((match) => match.index + match[0].length)];
  }

  program(program: hbs.AST.Program | undefined, scope: Scope): void {
    for (const statement of program?.body ?? []) this.statement(statement, scope);
  }

  private statement(statement: hbs.AST.Statement, scope: Scope): void {
    if (++this.steps > MAX_STEPS) throw new Error(`more than ${MAX_STEPS} steps`);
    switch (statement.type) {
      case 'ContentStatement': return this.content(statement as hbs.AST.ContentStatement);
      case 'MustacheStatement': return this.mustache(statement as hbs.AST.MustacheStatement, scope);
      case 'BlockStatement': return this.block(statement as Block, scope);
      case 'CommentStatement': return;
      case 'PartialStatement':
      case 'PartialBlockStatement': throw new Error('a partial is in another file, which is not read');
      default: throw new Error(`${statement.type} is no part of dotprompt`);
    }
  }

  /** White space control takes away from a text's ends, a backslash before brackets from its end. */
  private content({ value, original, loc }: hbs.AST.ContentStatement): void {
    const start = this.offset(loc.start) + Math.max(0, (original as unknown as string).indexOf(value));
    const literal = this.template.startsWith(value, start);
    this.write(value, literal ? start : this.offset(loc.start), literal ? start + value.length : this.offset(loc.end), literal);
  }

  private mustache({ path, params, hash, loc }: hbs.AST.MustacheStatement, scope: Scope): void {
    const [start, end] = [this.offset(loc.start), this.offset(loc.end)];
    const name = helperName(path);
    if (name === 'role' || name === 'section') this.pieces.push({ mark: name, name: textOfValue(this.argument(params, 0, scope)), start, end });
    else if (name === 'history') this.pieces.push({ mark: 'history', name: '', start, end });
    else this.write(textOfValue(this.value(path, params, hash, scope)), start, end, false);
  }

  private block({ path, params, hash, program, inverse }: Block, scope: Scope): void {
    const name = helperName(path);
    const inside = (context: unknown, data: Scope['data'] = scope.data, locals: readonly unknown[] = []): Scope => ({
      context,
      parents: context === scope.context ? scope.parents : [scope.context, ...scope.parents],
      data,
      parentData: data === scope.data ? scope.parentData : scope.data,
      locals: { ...scope.locals, ...Object.fromEntries((program?.blockParams ?? []).map((local, i) => [local, locals[i]])) },
    });
    const either = (condition: boolean) => { this.program(condition ? program : inverse, scope); };
    const first = () => this.argument(params, 0, scope);
    switch (name) {
      case 'if':
      case 'unless': {
        const value = first();
        const zero = value === 0 && !this.hashValue(hash, 'includeZero', scope);
        return either((isEmpty(value) || zero) === (name === 'unless'));
      }
      case 'ifEquals': return either(first() === this.argument(params, 1, scope));
      case 'unlessEquals': return either(first() !== this.argument(params, 1, scope));
      case 'with': {
        const value = first();
        return isEmpty(value) ? this.program(inverse, scope) : this.program(program, inside(value, scope.data, [value]));
      }
      case 'each': return this.each(first(), (...given) => { this.program(program, inside(...given)); }, () => { this.program(inverse, scope); }, scope);
      default: {
        if (params.length > 0) throw new Error(`"${name}" is no helper of dotprompt`);
        const value = this.value(path, params, hash, scope);
        if (Array.isArray(value) && value.length > 0) return this.each(value, (...given) => { this.program(program, inside(...given)); }, () => undefined, scope);
        if (value === true) return this.program(program, scope);
        const nothing = value === false || value === null || value === undefined || Array.isArray(value);
        return nothing ? this.program(inverse, scope) : this.program(program, inside(value));
      }
    }
  }

  private each(value: unknown, inside: (context: unknown, data: Scope['data'], locals: readonly unknown[]) => void, otherwise: () => void, { data }: Scope): void {
    const entries: [string | number, unknown][] = Array.isArray(value) ? value.map((item, index) => [index, item]) : typeof value === 'object' && value !== null ? Object.entries(value) : [];
    if (entries.length === 0) return otherwise();
    entries.forEach(([key, item], index) => {
      if (++this.steps > MAX_STEPS) throw new Error(`more than ${MAX_STEPS} steps`);
      inside(item, { ...data, key, index, first: index === 0, last: index === entries.length - 1 }, [item, key]);
    });
  }

  /** What a path or a helper's call stands for. */
  private value(path: hbs.AST.Expression, params: readonly hbs.AST.Expression[], hash: hbs.AST.Hash | undefined, scope: Scope): unknown {
    const name = helperName(path);
    switch (name) {
      case 'json': return String(JSON.stringify(this.argument(params, 0, scope), null, Number(this.hashValue(hash, 'indent', scope)) || 0));
      case 'lookup': return property(this.argument(params, 0, scope), this.argument(params, 1, scope));
      case 'log': return undefined;
      case 'media': throw new Error('it holds media, and only text can be traced: take that part out');
      case 'role':
      case 'history':
      case 'section': throw new Error(`"${name}" stands inside another helper`);
      default:
        if (params.length > 0) throw new Error(`"${name ?? 'this'}" is no helper of dotprompt`);
        // A literal in a path's place is a name.
        return path.type.endsWith('Literal') ? property(scope.context, String((path as hbs.AST.StringLiteral).original)) : this.expression(path, scope);
    }
  }

  private expression(node: hbs.AST.Expression, scope: Scope): unknown {
    switch (node.type) {
      case 'PathExpression': return this.path(node as hbs.AST.PathExpression, scope);
      case 'SubExpression': {
        const { path, params, hash } = node as hbs.AST.SubExpression;
        return this.value(path, params, hash, scope);
      }
      default: return (node as hbs.AST.StringLiteral).value;
    }
  }

  private path({ data, depth, parts, original }: hbs.AST.PathExpression, scope: Scope): unknown {
    if (data) return parts.reduce<unknown>(property, depth > 0 ? scope.parentData : scope.data);
    const [root] = parts;
    if (depth === 0 && root in scope.locals) return parts.slice(1).reduce<unknown>(property, scope.locals[root]);
    const context = depth === 0 ? scope.context : scope.parents[depth - 1];
    if (context === this.values && root !== undefined && !original.startsWith('@')) this.names.add(root);
    return parts.reduce<unknown>(property, context);
  }

  private argument(params: readonly hbs.AST.Expression[], index: number, scope: Scope): unknown {
    if (params.length <= index) throw new Error('a helper lacks what it is about');
    return this.expression(params[index], scope);
  }

  private hashValue(hash: hbs.AST.Hash | undefined, key: string, scope: Scope): unknown {
    const pair = hash?.pairs.find((candidate) => candidate.key === key);
    return pair && this.expression(pair.value, scope);
  }

  private write(text: string, start: number, end: number, literal: boolean): void {
    this.length += text.length;
    if (this.length > MAX_OUTPUT) throw new Error(`more than ${MAX_OUTPUT} characters`);
    if (text !== '') this.pieces.push({ text, start, end, literal });
  }

  private offset({ line, column }: hbs.AST.Position): number {
    return this.lineStarts[line - 1] + column;
  }
}

/** The name of a helper, if a path can be one. */
function helperName(path: hbs.AST.Expression): string | null {
  const { type, data, depth, parts, original } = path as hbs.AST.PathExpression;
  return type === 'PathExpression' && !data && depth === 0 && parts.length === 1 && original === parts[0] ? parts[0] : null;
}
