/**
 * Runs a step of the library that a tokenizer's file has configured.
 * @param step the library's object of it, by which the step is named if it fails
 */
export type RunStep = <T>(step: object, run: () => T) => T;

/** More text than any context holds: replacements that grow it further would only fill the memory. */
export const LONGEST_NORMALIZED = 1 << 26;

export class TooLongError extends Error {
  constructor() { super('it makes more text of this one than any context holds'); }
}
