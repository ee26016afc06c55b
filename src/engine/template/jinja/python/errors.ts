import type { Value } from './values';

/** What Jinja2 or Python raises while a template renders. */
export class RenderError extends Error {}

/** @returns never: a value that is not there was used */
export function failUndefined(value: Value): never {
  throw new RenderError((value as { why?: string }).why ?? 'a value is undefined');
}
