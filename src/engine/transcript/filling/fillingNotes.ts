import type { Values } from '../yaml/yamlValue';

/** At most so many names stand in a note. */
const MOST = 12;

/** Values with where each comes from: "the sample". */
export interface Given {
  readonly values: Values;
  readonly from: (name: string) => string;
}

/**
 * What is said of a filled-in template: which values were filled in, and which inputs had none.
 * @param tool that leaves inputs without a value empty
 */
export function fillingNotes(names: readonly string[], { values, from }: Given, tool: string): string[] {
  const given = names.filter((name) => Object.hasOwn(values, name));
  const missing = names.filter((name) => !Object.hasOwn(values, name));
  const origins = [...new Set(given.map(from))];
  return [
    ...origins.map((origin) => `Filled in from ${origin}: ${list(given.filter((name) => from(name) === origin))}.`),
    ...(missing.length > 0 ? [`${missing.length > 1 ? 'The inputs' : 'The input'} ${list(missing)} ${missing.length > 1 ? 'have no value and are' : 'has no value and is'} left empty, as ${tool} does.`] : []),
  ];
}

/** The same where inputs without a value stand as they are. @param from where the values come from */
export function unfilledNotes(names: readonly string[], values: Values, from: string): string[] {
  const fillable = (name: string) => Object.hasOwn(values, name) && values[name] !== null && typeof values[name] !== 'object';
  const given = names.filter(fillable);
  const missing = names.filter((name) => !fillable(name));
  return [
    ...(given.length > 0 ? [`Filled in from ${from}: ${list(given)}.`] : []),
    ...(missing.length > 0 ? [`${missing.length > 1 ? 'The inputs' : 'The input'} ${list(missing)} ${missing.length > 1 ? 'have no value and stand' : 'has no value and stands'} as written.`] : []),
  ];
}

function list(names: readonly string[]): string {
  return names.length <= MOST ? names.join(', ') : `${names.slice(0, MOST).join(', ')} and ${names.length - MOST} more`;
}
