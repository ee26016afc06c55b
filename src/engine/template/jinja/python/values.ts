import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';

/** A value at the run time of a template. The package exports none of its classes: they are taken from values that it makes. */
export interface Value {
  readonly type: string;
  readonly value: unknown;
  /** Python's truth. */
  __bool__(): { readonly value: boolean };
}
export interface Text extends Value {
  readonly value: string;
  /** Jinja2's Markup, which `safe` and `escape` give: texts that are joined to it are escaped. */
  readonly isMarkup?: boolean;
}
export interface Numeric extends Value {
  readonly value: number;
  /** As it is printed, where a double does not hold it (integers beyond 2^53). */
  readonly written?: string;
}
export interface List extends Value {
  readonly value: Value[];
  /** What `map` and `select` give: it has items, and neither a length nor a form as text or JSON. */
  readonly isGenerator?: boolean;
}
export type Key = string | number;
export interface Dict extends Value { readonly value: Map<Key, Value> }
export type Call = (args: readonly Value[], scope: Environment) => Value;
export interface Callable extends Value { readonly value: Call }

type Class<T extends Value, From> = new (value: From) => T;

const probe = new Environment();
let probes = 0;
const classOf = <T extends Value, From>(value: unknown): Class<T, From> => probe.set(`probe${probes++}`, value).constructor as unknown as Class<T, From>;

export const IntegerValue = classOf<Numeric, number>(0);
export const FloatValue = classOf<Numeric, number>(0.5);
export const StringValue = classOf<Text, string>('');
export const BooleanValue = classOf<Value, boolean>(true);
const NullValue = classOf<Value, null>(null);
const UndefinedValue = classOf<Value, undefined>(undefined);
const ArrayValue = classOf<List, Value[]>([]);
const ObjectValue = classOf<Dict, Map<Key, Value>>({});
export const FunctionValue = classOf<Callable, Call>(() => null);

const evaluated = (template: string): Value => new Interpreter(probe).evaluate(parse(tokenize(template)).body[0], probe) as unknown as Value;
const TupleValue = evaluated('{{ (1, 2) }}').constructor as Class<List, Value[]>;
const NamespaceValue = evaluated('{{ namespace() }}').constructor as Class<Dict, Map<Key, Value>>;
export const KeywordArgumentsValue = keywordArgumentsClass();

function keywordArgumentsClass(): Class<Dict, Map<string, Value>> {
  let given: Value | undefined;
  const environment = new Environment();
  const take: Call = ([keywords]) => {
    given = keywords;
    return new NullValue(null);
  };
  environment.setVariable('take', new FunctionValue(take) as never);
  new Interpreter(environment).run(parse(tokenize('{{ take(a=1) }}')));
  return given!.constructor as Class<Dict, Map<string, Value>>;
}

export const isText = (value: Value): value is Text => value instanceof StringValue;
export const isInteger = (value: Value): value is Numeric => value instanceof IntegerValue;
export const isFloat = (value: Value): value is Numeric => value instanceof FloatValue;
export const isBoolean = (value: Value): value is Value & { readonly value: boolean } => value instanceof BooleanValue;
export const isNone = (value: Value): boolean => value instanceof NullValue;
export const isUndefined = (value: Value): boolean => value instanceof UndefinedValue;
export const isList = (value: Value): value is List => value instanceof ArrayValue;
export const isTuple = (value: Value): value is List => value instanceof TupleValue;
/** Not the arguments by name of a call, which are of a class below it. */
export const isDict = (value: Value): value is Dict => value instanceof ObjectValue;
export const isNamespace = (value: Value): value is Dict => value instanceof NamespaceValue;
export const isCallable = (value: Value): value is Callable => value instanceof FunctionValue;

/** Python counts True as 1. */
export function asNumber(value: Value): number | null {
  if (isInteger(value) || isFloat(value)) return value.value;
  return isBoolean(value) ? Number(value.value) : null;
}

export const text = (value: string): Value => new StringValue(value);
export const integer = (value: number): Value => new IntegerValue(value);
export const boolean = (value: boolean): Value => new BooleanValue(value);
export const none = (): Value => new NullValue(null);
export const list = (items: Value[]): Value => new ArrayValue(items);
export const tuple = (items: Value[]): Value => new TupleValue(items);
export const generator = (items: readonly Value[]): Value => Object.assign(new ArrayValue([...items]), { isGenerator: true });
export const markup = (value: string): Value => Object.assign(new StringValue(value), { isMarkup: true });
export const keyValue = (key: Key): Value => (typeof key === 'string' ? text(key) : integer(key));
/** Null for what is no key that templates have. */
export const keyOf = (value: Value): Key | null => (isText(value) || isInteger(value) ? value.value : null);
export const dict = (entries: Iterable<readonly [Key, Value]>): Value => new ObjectValue(new Map(entries));
/** @param why it has no value, for the sentence of an error */
export const undefinedValue = (why: string): Value => Object.assign(new UndefinedValue(undefined), { why });

/** Python's name of a value's type, as its errors say it. */
export function typeName(value: Value): string {
  if (isText(value)) return 'str';
  if (isInteger(value)) return 'int';
  if (isFloat(value)) return 'float';
  if (isBoolean(value)) return 'bool';
  if (isNone(value)) return 'NoneType';
  if (isUndefined(value)) return 'Undefined';
  if (isList(value) && value.isGenerator) return 'generator';
  if (isTuple(value)) return 'tuple';
  if (isList(value)) return 'list';
  return isDict(value) ? 'dict' : isNamespace(value) ? 'Namespace' : 'function';
}
