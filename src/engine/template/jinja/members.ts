import { Arguments } from './python/arguments';
import { failUndefined, RenderError } from './python/errors';
import { equal, length } from './python/builtins';
import { characterAt, TEXT_METHODS } from './python/textMethods';
import { FunctionValue, integer, isBoolean, isDict, isInteger, isList, isNamespace, isText, isUndefined, keyOf, keyValue, list, none, text, tuple, typeName, undefinedValue, type Dict, type List, type Value } from './python/values';

const DICT_METHODS: Readonly<Record<string, (self: Dict, args: Arguments) => Value>> = {
  get: (self, args) => {
    const key = args.required(0, 'key');
    return self.value.get(keyOf(key) ?? NaN) ?? args.at(1, 'default') ?? none();
  },
  items: (self) => list([...self.value].map(([key, value]) => tuple([keyValue(key), value]))),
  keys: (self) => list([...self.value.keys()].map(keyValue)),
  values: (self) => list([...self.value.values()]),
  copy: (self) => self,
};
const LIST_METHODS: Readonly<Record<string, (self: List, args: Arguments) => Value>> = {
  index: (self, args) => {
    const at = self.value.findIndex((item) => equal(item, args.required(0, 'value')));
    if (at < 0) throw new RenderError('the value is not in the list');
    return integer(at);
  },
  count: (self, args) => integer(self.value.filter((item) => equal(item, args.required(0, 'value'))).length),
  copy: (self) => self,
};
/** Methods that change their object: transformers renders in a sandbox that refuses them. */
const CHANGING = { dict: ['clear', 'pop', 'popitem', 'setdefault', 'update'], list: ['append', 'clear', 'extend', 'insert', 'pop', 'remove', 'reverse', 'sort'] };

function method(object: Value, name: string): Value | undefined {
  const bind = <T extends Value>(self: T, methods: Readonly<Record<string, (self: T, args: Arguments) => Value>>): Value | undefined =>
    Object.hasOwn(methods, name) ? new FunctionValue((given) => methods[name](self, new Arguments(name, given))) : undefined;
  if (isText(object)) return Object.hasOwn(TEXT_METHODS, name) ? new FunctionValue((given) => TEXT_METHODS[name](object.value, new Arguments(name, given))) : undefined;
  if ((isDict(object) && CHANGING.dict.includes(name)) || (isList(object) && CHANGING.list.includes(name))) {
    return new FunctionValue(() => { throw new RenderError(`access to attribute '${name}' of '${typeName(object)}' object is unsafe.`); });
  }
  return isDict(object) ? bind(object, DICT_METHODS) : isList(object) ? bind(object, LIST_METHODS) : undefined;
}

function item(object: Value, key: Value): Value | undefined {
  if (isDict(object)) return object.value.get(keyOf(key) ?? NaN);
  if (isList(object) && object.isGenerator) return undefined;
  const index = isInteger(key) ? key.value : isBoolean(key) ? Number(key.value) : null;
  if (index === null) return undefined;
  if (isText(object)) {
    const character = characterAt(object.value, index);
    return isUndefined(character) ? undefined : character;
  }
  return isList(object) ? object.value.at(index) : undefined;
}

/** `object.name`: Jinja2 looks for an attribute, such as a dict's method `items`, before it looks for a key. */
export function attributeOf(object: Value, name: string): Value {
  if (isUndefined(object)) failUndefined(object);
  const found = isNamespace(object) ? object.value.get(name) : method(object, name) ?? item(object, text(name));
  return found ?? undefinedValue(`'${typeName(object)} object' has no attribute '${name}'`);
}

/** `object[key]`: a key before an attribute. */
export function itemOf(object: Value, key: Value): Value {
  if (isUndefined(object)) failUndefined(object);
  const found = item(object, key) ?? (isText(key) ? (isNamespace(object) ? object.value.get(key.value) : method(object, key.value)) : undefined);
  return found ?? undefinedValue(`${typeName(object)} object has no element ${isText(key) ? `'${key.value}'` : isInteger(key) ? key.value : typeName(key)}`);
}

/** `object[start:stop:step]`, a text by characters. */
export function sliceOf(object: Value, [start, stop, step]: readonly (number | null)[]): Value {
  if (isUndefined(object)) failUndefined(object);
  if (!isText(object) && !isList(object)) throw new RenderError(`'${typeName(object)}' object is not subscriptable`);
  if (step === 0) throw new RenderError('slice step cannot be zero');
  const by = step ?? 1;
  const n = length(object);
  const bound = (given: number | null, fallback: number) => (given === null ? fallback : Math.min(Math.max(given < 0 ? given + n : given, by < 0 ? -1 : 0), by < 0 ? n - 1 : n));
  const [from, to] = by < 0 ? [bound(start, n - 1), bound(stop, -1)] : [bound(start, 0), bound(stop, n)];
  const indices: number[] = [];
  for (let i = from; by < 0 ? i > to : i < to; i += by) indices.push(i);
  if (!isText(object)) return list(indices.map((i) => object.value[i]));
  const characters = Array.from(object.value);
  return text(indices.map((i) => characters[i]).join(''));
}
