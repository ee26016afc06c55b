import { JsonLiteral } from '../../transcript/turns/templateData';
import { BooleanValue, dict, FloatValue, integer, IntegerValue, list, none, StringValue, undefinedValue, type Value } from './python/values';

/** Data for a template. Maps keep the order of keys that are numbers, which objects put first. @throws TypeError for functions and the like */
export function toValue(data: unknown): Value {
  if (data instanceof JsonLiteral) return literal(data.text);
  if (data instanceof Map) return dict([...(data as Map<string, unknown>)].map(([key, item]) => [key, toValue(item)] as const));
  if (Array.isArray(data)) return list(data.map(toValue));
  switch (typeof data) {
    case 'string': return new StringValue(data);
    case 'number': return Number.isInteger(data) ? integer(data) : new FloatValue(data);
    case 'boolean': return new BooleanValue(data);
    case 'undefined': return undefinedValue('a value is undefined');
    case 'object': return data === null ? none() : dict(Object.entries(data).map(([key, item]) => [key, toValue(item)] as const));
    default: throw new TypeError(`a template cannot be given a ${typeof data}`);
  }
}

/** What is no literal stands for itself: a word in the place of one, where it is looked for (`locateSlots`). */
function literal(text: string): Value {
  if (text === 'true' || text === 'false') return new BooleanValue(text === 'true');
  if (text === 'null') return none();
  const number = Number(text);
  if (/^-?\d+$/.test(text)) return Object.assign(new IntegerValue(number), { written: text === '-0' ? '0' : text });
  return Number.isNaN(number) ? Object.assign(new IntegerValue(1), { written: text }) : new FloatValue(number);
}
