import { compare, contains, equal, str } from './python/builtins';
import { asNumber, isBoolean, isCallable, isDict, isFloat, isInteger, isList, isNone, isText, isUndefined, typeName, type Value } from './python/values';
import { RenderError } from './python/errors';

type Test = (value: Value, ...args: readonly Value[]) => boolean;

const numeric = (value: Value): number => {
  const number = asNumber(value);
  if (number === null) throw new RenderError(`unsupported operand type(s) for %: '${typeName(value)}' and 'int'`);
  return number;
};
const isSized = (value: Value) => isText(value) || isList(value) || isDict(value) || isUndefined(value);
const ordered = (holds: (order: number) => boolean): Test => (a, b) => holds(compare(a, b));
const eq: Test = (a, b) => equal(a, b);
const ne: Test = (a, b) => !equal(a, b);
const [lt, le, gt, ge] = [ordered((order) => order < 0), ordered((order) => order <= 0), ordered((order) => order > 0), ordered((order) => order >= 0)];

/** Jinja2's tests. */
export const TESTS: Readonly<Record<string, Test>> = {
  boolean: isBoolean,
  callable: isCallable,
  defined: (value) => !isUndefined(value),
  divisibleby: (value, by) => numeric(value) % numeric(by) === 0,
  even: (value) => numeric(value) % 2 === 0,
  false: (value) => isBoolean(value) && !value.value,
  float: isFloat,
  in: (value, container) => contains(container, value),
  integer: isInteger,
  iterable: isSized,
  lower: (value) => str(value) === str(value).toLowerCase() && str(value) !== str(value).toUpperCase(),
  mapping: isDict,
  none: isNone,
  number: (value) => asNumber(value) !== null,
  odd: (value) => Math.abs(numeric(value) % 2) === 1,
  sameas: (value, other) => value === other || (value.type === other.type && (isBoolean(value) || isNone(value)) && value.value === other.value),
  sequence: isSized,
  string: isText,
  true: (value) => isBoolean(value) && value.value,
  undefined: isUndefined,
  upper: (value) => str(value) === str(value).toUpperCase() && str(value) !== str(value).toLowerCase(),
  eq, equalto: eq, '==': eq, ne, '!=': ne,
  lt, lessthan: lt, '<': lt, le, '<=': le, gt, greaterthan: gt, '>': gt, ge, '>=': ge,
};
