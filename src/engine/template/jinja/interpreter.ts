import { Interpreter, type Environment } from '@huggingface/jinja';
import { Arguments } from './python/arguments';
import { failUndefined, RenderError } from './python/errors';
import { FILTERS, iterate } from './filters';
import { LONGEST_OUTPUT, Steps, withinTemplateTime } from './python/limits';
import { attributeOf, itemOf, sliceOf } from './members';
import { operate } from './operators';
import { str } from './python/builtins';
import { TESTS } from './tests';
import { boolean, dict, FunctionValue, integer, isCallable, isInteger, isNone, isUndefined, keyOf, KeywordArgumentsValue, none, text, typeName, undefinedValue, type Value } from './python/values';

/** Nodes of a parsed template, as the interpreter reads them. */
export interface Node {
  readonly type: string;
  readonly value?: unknown;
  readonly body?: readonly Node[];
  readonly defaultBlock?: readonly Node[];
  readonly operator?: { readonly value: string };
  readonly left?: Node;
  readonly right?: Node;
  readonly filter?: Node;
  readonly test?: Node;
  readonly negate?: boolean;
  readonly operand?: Node;
  readonly callee?: Node;
  readonly args?: readonly Node[];
  readonly object?: Node;
  readonly property?: Node;
  readonly computed?: boolean;
  readonly name?: Node;
  readonly loopvar?: Node;
  readonly iterable?: Node;
  readonly lhs?: Node;
  readonly start?: Node;
  readonly stop?: Node;
  readonly step?: Node;
}

type Scope = Environment & { readonly variables: Map<string, Value> };

/** The package's interpreter with what it keeps to itself in sight. */
interface OpenInterpreter {
  evaluate(node: Node | undefined, scope: Environment): Value;
  evaluateArguments(args: readonly Node[], scope: Environment): [Value[], Map<string, Value>];
  evaluateMacro(node: Node, scope: Environment): Value;
}
const Open = Interpreter as unknown as new (global: Environment) => OpenInterpreter & { run(program: unknown): Value };
const innerScope = (scope: Environment): Scope => new (scope.constructor as new (parent: Environment) => Scope)(scope);

/** `break` and `continue`, with what the loop's body wrote before it. */
class LoopControl extends Error {
  written = '';
  constructor(readonly leaves: boolean) {
    super(`'${leaves ? 'break' : 'continue'}' outside a loop`);
  }
}

/** Besides, a filter of a filter (`map`) is a step for each item. */
const WEIGHT_OF_FILTER = 4;

/** Statements that write nothing; an expression writes `None`. */
const SILENT = ['Set', 'Macro', 'Comment'];

/**
 * `@huggingface/jinja`'s interpreter where it does as Jinja2 does (its parser, calls, macros, assignments), overridden where Jinja2 does otherwise and the model would
 * get another prompt: equality, None and True in text, undefined values, scopes of loops and macros, what a loop wrote before `break`, attributes before keys,
 * characters instead of UTF-16 units, filters and tests.
 */
export class JinjaInterpreter extends Open {
  private readonly steps = new Steps();

  /** @throws TimeLimitError */
  override run(program: unknown): Value {
    return withinTemplateTime(() => super.run(program));
  }

  override evaluate(node: Node | undefined, scope: Environment): Value {
    this.steps.take();
    if (node?.type === 'ObjectLiteral') return this.dictOf(node.value as ReadonlyMap<Node, Node>, scope);
    if (node?.type === 'Break' || node?.type === 'Continue') throw new LoopControl(node.type === 'Break');
    return super.evaluate(node, scope);
  }

  private dictOf(entries: ReadonlyMap<Node, Node>, scope: Environment): Value {
    return dict([...entries].map(([key, item]) => {
      const name = keyOf(this.evaluate(key, scope));
      if (name === null) throw new RenderError('the key of a dict is neither a text nor a whole number');
      return [name, this.evaluate(item, scope)] as const;
    }));
  }

  protected evaluateBlock(statements: readonly Node[], scope: Environment): Value {
    let written = '';
    for (const statement of statements) {
      try {
        const value = this.evaluate(statement, scope);
        if (!SILENT.includes(statement.type)) written += str(value);
      } catch (error) {
        if (error instanceof LoopControl) error.written = written + error.written;
        throw error;
      }
      if (written.length > LONGEST_OUTPUT) throw new RenderError('it writes more text than any context holds');
    }
    return text(written);
  }

  protected evaluateIdentifier({ value }: Node, scope: Environment): Value {
    const found = scope.lookupVariable(String(value)) as unknown as Value;
    return isUndefined(found) && !('why' in found) ? undefinedValue(`'${String(value)}' is undefined`) : found;
  }

  protected evaluateBinaryExpression({ operator, left, right }: Node, scope: Environment): Value {
    const first = this.evaluate(left, scope);
    if (operator!.value === 'and') return first.__bool__().value ? this.evaluate(right, scope) : first;
    if (operator!.value === 'or') return first.__bool__().value ? first : this.evaluate(right, scope);
    return operate(operator!.value, first, this.evaluate(right, scope));
  }

  protected evaluateTestExpression({ operand, test, negate }: Node, scope: Environment): Value {
    return boolean(this.holds(String(test!.value), this.evaluate(operand, scope), []) !== negate);
  }

  private holds(name: string, value: Value, args: readonly Value[]): boolean {
    if (!Object.hasOwn(TESTS, name)) throw new RenderError(`No test named '${name}'.`);
    return TESTS[name](value, ...args);
  }

  protected applyFilter(operand: Value, filter: Node, scope: Environment): Value {
    if (filter.type !== 'CallExpression') return this.filtered(String(filter.value), operand, []);
    return this.filtered(String(filter.callee!.value), operand, this.given(filter.args!, scope));
  }

  private filtered(name: string, operand: Value, args: readonly Value[]): Value {
    this.steps.take(WEIGHT_OF_FILTER);
    const test = TEST_CALL.exec(name);
    if (test) return boolean(this.holds(test[2], operand, args) === (test[1] === undefined));
    if (!Object.hasOwn(FILTERS, name)) throw new RenderError(`No filter named '${name}'.`);
    return FILTERS[name](operand, new Arguments(name, args), (other, item, rest) => this.filtered(other, item, rest));
  }

  private given(args: readonly Node[], scope: Environment): Value[] {
    const [positional, named] = this.evaluateArguments(args, scope);
    return named.size > 0 ? [...positional, new KeywordArgumentsValue(named)] : positional;
  }

  protected evaluateMemberExpression({ object, property, computed }: Node, scope: Environment): Value {
    const of = this.evaluate(object, scope);
    if (!computed) return property!.type === 'IntegerLiteral' ? itemOf(of, integer(Number(property!.value))) : attributeOf(of, String(property!.value));
    if (property!.type !== 'SliceExpression') return itemOf(of, this.evaluate(property, scope));
    return sliceOf(of, [property!.start, property!.stop, property!.step].map((bound) => {
      const value = this.evaluate(bound, scope);
      if (isUndefined(value) || isNone(value)) return null;
      if (!isInteger(value)) throw new RenderError('slice indices must be integers or None');
      return value.value;
    }));
  }

  protected evaluateCallExpression({ callee, args }: Node, scope: Environment): Value {
    const called = this.evaluate(callee, scope);
    if (isUndefined(called)) failUndefined(called);
    if (!isCallable(called)) throw new RenderError(`'${typeName(called)}' object is not callable`);
    return called.value(this.given(args!, scope), scope);
  }

  /** Every round has variables of its own; what a round sets, the next one does not see. */
  protected evaluateFor({ loopvar, iterable, body, defaultBlock }: Node, scope: Environment): Value {
    const selects = iterable!.type === 'SelectExpression';
    const all = iterate(this.evaluate(selects ? iterable!.lhs : iterable, scope));
    const items = selects ? all.filter((item) => this.evaluate(iterable!.test, bound(loopvar!, item, scope)).__bool__().value) : all;
    let written = '';
    let isComplete = false;
    for (let i = 0; i < items.length; i++) {
      const round = bound(loopvar!, items[i], scope);
      round.setVariable('loop', loopFacts(items, i) as never);
      try {
        written += str(this.evaluateBlock(body!, round));
        isComplete = true;
      } catch (error) {
        if (!(error instanceof LoopControl)) throw error;
        written += error.written;
        if (error.leaves) break;
      }
    }
    // Jinja2 takes its else branch, too, where no round came to its end.
    return text(isComplete ? written : written + str(this.evaluateBlock(defaultBlock!, scope)));
  }

  /** A macro sees where it was defined, not where it is called. */
  override evaluateMacro(node: Node, scope: Environment): Value {
    const done = super.evaluateMacro(node, scope);
    const name = String(node.name!.value);
    const macro = scope.lookupVariable(name) as unknown as Value;
    if (isCallable(macro)) {
      scope.setVariable(name, new FunctionValue((args, caller) => {
        const inside = innerScope(scope);
        const block = (caller as Scope).variables.get('caller');
        if (block) inside.setVariable('caller', block as never);
        return macro.value(args, inside);
      }) as never);
    }
    return done;
  }
}

/** A test with arguments, which the parser cannot read, made a filter by `parseTemplate`. */
const TEST_CALL = /^flashtrace_is(_not)?_(.+)$/;

function bound(target: Node, item: Value, scope: Environment): Scope {
  const inside = innerScope(scope);
  if (target.type === 'Identifier') {
    inside.setVariable(String(target.value), item as never);
    return inside;
  }
  const names = target.value as readonly Node[];
  const values = iterate(item);
  if (values.length !== names.length) throw new RenderError(`${values.length > names.length ? 'too many' : 'not enough'} values to unpack (expected ${names.length})`);
  names.forEach((name, i) => inside.setVariable(String(name.value), values[i] as never));
  return inside;
}

/** What `loop` is in round `i`. */
function loopFacts(items: readonly Value[], i: number): Value {
  const n = items.length;
  return dict(Object.entries({
    index: integer(i + 1), index0: integer(i), revindex: integer(n - i), revindex0: integer(n - i - 1), first: boolean(i === 0), last: boolean(i === n - 1),
    length: integer(n), depth: integer(1), depth0: integer(0),
    previtem: items[i - 1] ?? undefinedValue('there is no previous item'), nextitem: items[i + 1] ?? undefinedValue('there is no next item'),
    cycle: new FunctionValue((args) => args[i % args.length] ?? none()),
  }));
}
