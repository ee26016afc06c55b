import type { Arguments } from './arguments';
import { RenderError } from './errors';
import { checkedLength } from './limits';
import { repr, str } from './builtins';
import { asNumber, isDict, isList, isTuple, typeName, type Value } from './values';

const DIRECTIVE = /%(?:\(([^)]*)\))?([-+ 0#]*)(\d*)(?:\.(\d+))?([sdifrxXeg%])/g;

/** Python's `text % values` for the directives that templates use. @throws RenderError for too few or too many values */
export function percentFormat(format: string, values: Value): string {
  const positional = isTuple(values) ? [...values.value] : [values];
  let used = 0;
  const written = format.replace(DIRECTIVE, (_, name: string | undefined, flags: string, width: string, precision: string | undefined, kind: string) => {
    if (kind === '%') return '%';
    const value = name === undefined ? positional[used++] : isDict(values) ? values.value.get(name) : undefined;
    if (!value) throw new RenderError('not enough arguments for format string');
    return padded(signed(conversion(value, kind, precision), flags, kind), flags, checkedLength(Number(width || 0)));
  });
  if (used < positional.length && !(used === 0 && (isDict(values) || (isList(values) && !isTuple(values))))) throw new RenderError('not all arguments converted during string formatting');
  return written;
}

function conversion(value: Value, kind: string, precision: string | undefined): string {
  if (kind === 's') return precision === undefined ? str(value) : Array.from(str(value)).slice(0, Number(precision)).join('');
  if (kind === 'r') return repr(value);
  const number = asNumber(value);
  if (number === null) throw new RenderError(`%${kind} format: a real number is required, not ${typeName(value)}`);
  if (kind === 'd' || kind === 'i') return BigInt(Math.trunc(number)).toString();
  if (kind === 'x') return number.toString(16);
  if (kind === 'X') return number.toString(16).toUpperCase();
  if (kind === 'f') return number.toFixed(Number(precision ?? 6));
  throw new RenderError(`the directive %${kind} is not known here`);
}

function signed(text: string, flags: string, kind: string): string {
  const isNumber = kind !== 's' && kind !== 'r';
  if (!isNumber || text.startsWith('-')) return text;
  return flags.includes('+') ? `+${text}` : flags.includes(' ') ? ` ${text}` : text;
}

function padded(text: string, flags: string, width: number): string {
  if (flags.includes('-')) return text.padEnd(width);
  return flags.includes('0') ? text.replace(/^[+-]?/, (sign) => sign + '0'.repeat(Math.max(0, width - text.length))) : text.padStart(width);
}

/** Python's str.format() for fields with a name or a number and without a format of their own. */
export function braceFormat(format: string, args: Arguments): string {
  let next = 0;
  if (/\{\}/.test(format.replaceAll('{{', '')) && /\{\d+\}/.test(format)) throw new RenderError('cannot switch between fields with and without numbers');
  return format.replace(/\{\{|\}\}|\{([^{}]*)\}/g, (found, field: string | undefined) => {
    if (field === undefined) return found[0];
    const [, name, rest] = /^(\w*)(.*)$/s.exec(field)!;
    if (rest !== '') throw new RenderError(`the format field {${field}} is not known here`);
    const value = name === '' ? args.all[next++] : /^\d+$/.test(name) ? args.all[Number(name)] : args.keywords.get(name);
    if (!value) throw new RenderError(`Replacement {${field}} has no argument`);
    return str(value);
  });
}
