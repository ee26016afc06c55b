import { RenderError } from './errors';
import { checkedLength } from './limits';
import { isInteger, isNone, isText, isUndefined, KeywordArgumentsValue, none, typeName, type Dict, type Value } from './values';

/** The arguments of a call as Python binds them: by place, else by name. */
export class Arguments {
  private readonly positional: readonly Value[];
  private readonly named: ReadonlyMap<string, Value>;

  /** @param given the named ones last, in one value, as the interpreter passes them */
  constructor(private readonly callee: string, given: readonly Value[]) {
    const last = given.at(-1);
    const hasNamed = last instanceof KeywordArgumentsValue;
    this.positional = hasNamed ? given.slice(0, -1) : given;
    this.named = hasNamed ? (last as Dict).value : new Map();
  }

  get all(): readonly Value[] {
    return this.positional;
  }

  get keywords(): ReadonlyMap<string, Value> {
    return this.named;
  }

  at(index: number, name: string): Value | undefined {
    return this.positional[index] ?? this.named.get(name);
  }

  required(index: number, name: string): Value {
    const value = this.at(index, name);
    if (!value) throw new RenderError(`${this.callee}() missing its argument '${name}'`);
    return value;
  }

  text(index: number, name: string, fallback?: string): string {
    const value = this.at(index, name);
    if (!value && fallback !== undefined) return fallback;
    if (!value || !isText(value)) throw new RenderError(`${this.callee}() needs a text as '${name}', not ${value ? typeName(value) : 'nothing'}`);
    return value.value;
  }

  /** None counts as not given. */
  optionalText(index: number, name: string): string | null {
    return isNone(this.at(index, name) ?? none()) ? null : this.text(index, name);
  }

  integer(index: number, name: string, fallback: number): number {
    const value = this.at(index, name);
    if (!value || isNone(value)) return fallback;
    if (!isInteger(value)) throw new RenderError(`${this.callee}() needs a whole number as '${name}', not ${typeName(value)}`);
    return value.value;
  }

  /** Of a text that is made. */
  width(index: number, name: string, fallback: number): number {
    return checkedLength(this.integer(index, name, fallback));
  }

  isTrue(index: number, name: string, fallback = false): boolean {
    const value = this.at(index, name);
    return value && !isUndefined(value) ? value.__bool__().value : fallback;
  }
}
