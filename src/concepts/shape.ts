/**
 * Whether a value that came over a boundary (from another process, from a webview, out of a store that an earlier version wrote) has the shape that it is said to have.
 * By hand: what a schema package brings beyond these lines is errors for people, and nobody reads one of a message that is dropped.
 */
export type Shape<T> = (value: unknown) => value is T;
type Shaped<S> = S extends Shape<infer T> ? T : never;

const shape = <T>(holds: (value: unknown) => boolean): Shape<T> => holds as Shape<T>;

export const anything = shape<unknown>(() => true);
export const text = shape<string>((value) => typeof value === 'string');
export const truth = shape<boolean>((value) => typeof value === 'boolean');
/** NaN and infinities included: scores of a damaged model are numbers, too. */
export const anyNumber = shape<number>((value) => typeof value === 'number');
export const finite = shape<number>(Number.isFinite);
/** A whole number from 0 on. */
export const natural = shape<number>((value) => Number.isSafeInteger(value) && (value as number) >= 0);
const bounds = fields({ start: natural, end: natural });
export const range = shape<{ readonly start: number; readonly end: number }>((value) => bounds(value) && value.start <= value.end);

export function oneOf<const T extends string | number>(values: readonly T[]): Shape<T> {
  return shape((value) => (values as readonly unknown[]).includes(value));
}

export function nullable<T>(inner: Shape<T>): Shape<T | null> {
  return shape((value) => value === null || inner(value));
}

export function optional<T>(inner: Shape<T>): Shape<T | undefined> {
  return shape((value) => value === undefined || inner(value));
}

export function either<A, B>(one: Shape<A>, other: Shape<B>): Shape<A | B> {
  return shape((value) => one(value) || other(value));
}

export function listOf<T>(inner: Shape<T>): Shape<readonly T[]> {
  return shape((value) => Array.isArray(value) && value.every(inner));
}

/** Arrays of numbers, by their class. */
export function instance<T>(of: new (...args: never[]) => T): Shape<T> {
  return shape((value) => value instanceof of);
}

/** An object with these fields of its own; others may stand beside them. */
export function fields<const F extends Readonly<Record<string, Shape<unknown>>>>(of: F): Shape<{ readonly [K in keyof F]: Shaped<F[K]> }> {
  const entries = Object.entries(of);
  return shape((value) => typeof value === 'object' && value !== null && !Array.isArray(value)
    && entries.every(([name, inner]) => inner(Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined)));
}

const typed = fields({ type: text });

/** Messages by their `type`, each with fields of its own. */
export function messages<T extends { readonly type: string }>(of: { readonly [K in T['type']]: Readonly<Record<string, Shape<unknown>>> }): Shape<T> {
  const shapes = new Map(Object.entries<Readonly<Record<string, Shape<unknown>>>>(of).map(([type, inner]) => [type, fields(inner)]));
  return shape((value) => typed(value) && shapes.get(value.type)?.(value) === true);
}
