/** Handlebars' isEmpty (its utils.js): what `if` takes for false, but for zero. */
export function isEmpty(value: unknown): boolean {
  return (!value && value !== 0) || (Array.isArray(value) && value.length === 0);
}

/** A property that the value has itself: templates do not see prototypes. Nothing has itself as its properties. */
export function property(value: unknown, name: unknown): unknown {
  if (value === null || value === undefined) return value;
  if (typeof name !== 'string' && typeof name !== 'number') return undefined;
  return Object.hasOwn(Object(value) as object, name) ? (value as Record<string, unknown>)[name] : undefined;
}

/** What a template writes for a value: JavaScript's text of it, nothing for null. */
export function textOfValue(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.map(textOfValue).join(',');
  return typeof value === 'object' ? '[object Object]' : String(value as string);
}
