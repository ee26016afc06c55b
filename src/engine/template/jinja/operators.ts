import { failUndefined, RenderError } from './python/errors';
import { escapeHtml } from './filters';
import { checkedItems, checkedLength } from './python/limits';
import { percentFormat } from './python/formatting';
import { compare, contains, equal, str } from './python/builtins';
import { asNumber, boolean, FloatValue, integer, isFloat, isInteger, isList, isText, isTuple, isUndefined, list, markup, text, tuple, typeName, type Value } from './python/values';

const COMPARISONS: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0, '<=': (order) => order <= 0, '>': (order) => order > 0, '>=': (order) => order >= 0,
};

/** An operator of Python on two values, `and` and `or` aside. @throws RenderError for operands that Python refuses */
export function operate(operator: string, left: Value, right: Value): Value {
  if (operator === '==') return boolean(equal(left, right));
  if (operator === '!=') return boolean(!equal(left, right));
  if (operator === '~') return text(within(str(left) + str(right)));
  if (operator === 'in') return boolean(contains(right, left));
  if (operator === 'not in') return boolean(!contains(right, left));
  for (const side of [left, right]) if (isUndefined(side)) failUndefined(side);
  const holds = COMPARISONS[operator];
  if (holds) return boolean(holds(compare(left, right)));
  if (operator === '+') {
    if (isText(left) && isText(right)) return joined(left, right) ?? text(within(left.value + right.value));
    if (isList(left) && isList(right) && isTuple(left) === isTuple(right)) {
      checkedItems(left.value.length + right.value.length);
      return (isTuple(left) ? tuple : list)([...left.value, ...right.value]);
    }
  }
  if (operator === '%' && isText(left)) return text(percentFormat(left.value, right));
  if (operator === '*') {
    const [sequence, times] = isInteger(left) ? [right, left.value] : [left, isInteger(right) ? right.value : null];
    if (times !== null && (isText(sequence) || isList(sequence))) return repeated(sequence, Math.max(0, times));
  }
  const [a, b] = [asNumber(left), asNumber(right)];
  if (a === null || b === null) throw new RenderError(`unsupported operand type(s) for ${operator}: '${typeName(left)}' and '${typeName(right)}'`);
  return arithmetic(operator, a, b, isFloat(left) || isFloat(right));
}

function within(written: string): string {
  checkedLength(written.length);
  return written;
}

/** Null where neither is Markup, which the other one would be escaped for. */
function joined(left: Value, right: Value): Value | null {
  return [left, right].some((side) => isText(side) && side.isMarkup) ? markup(escapeHtml(left) + escapeHtml(right)) : null;
}

function repeated(sequence: Value, times: number): Value {
  const length = isText(sequence) ? sequence.value.length : (sequence.value as Value[]).length;
  if (length === 0) return sequence;
  if (isText(sequence)) {
    checkedLength(length * times);
    return text(sequence.value.repeat(times));
  }
  checkedItems(length * times);
  const items = Array.from({ length: times }, () => sequence.value as Value[]).flat();
  return isTuple(sequence) ? tuple(items) : list(items);
}

function arithmetic(operator: string, a: number, b: number, hasFloat: boolean): Value {
  const result = (value: number, isFraction = hasFloat) => (isFraction ? new FloatValue(value) : integer(value));
  switch (operator) {
    case '+': return result(a + b);
    case '-': return result(a - b);
    case '*': return result(a * b);
    case '**': return result(a ** b, hasFloat || b < 0);
  }
  if (b === 0) throw new RenderError('division by zero');
  switch (operator) {
    case '/': return result(a / b, true);
    case '//': return result(Math.floor(a / b));
    // The sign is the divisor's in Python.
    case '%': return result(a - b * Math.floor(a / b));
    default: throw new RenderError(`the operator ${operator} is not known`);
  }
}
