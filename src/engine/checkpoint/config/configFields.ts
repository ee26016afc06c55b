import { CheckpointError } from '../../base/errors';

/**
 * Fields of a config.json as transformers writes them (both its 4.x and 5.x spellings), checked as they are read. By hand: what a schema package says of a
 * wrong field is not the one sentence that tells a person what to do.
 */
export class ConfigFields {
  private constructor(private readonly fields: Readonly<Record<string, unknown>>, readonly path: string) {}

  /**
   * @param raw parsed JSON
   * @param path only for messages
   * @throws CheckpointError
   */
  static of(raw: unknown, path: string): ConfigFields {
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
      throw new CheckpointError(`"${path}" does not hold a JSON object; choose a Hugging Face checkpoint folder.`);
    }
    return new ConfigFields(raw as Record<string, unknown>, path);
  }

  /** Other fields of the same file. */
  with(fields: Readonly<Record<string, unknown>>): ConfigFields {
    return new ConfigFields(fields, this.path);
  }

  /** The same fields, and of those that are missing the family's own value. One that is null stays null, as in transformers. */
  withDefaults(defaults: Readonly<Record<string, unknown>>): ConfigFields {
    return this.with({ ...defaults, ...this.fields });
  }

  /** The same fields, but these of them. */
  changed(fields: Readonly<Record<string, unknown>>): ConfigFields {
    return this.with({ ...this.fields, ...fields });
  }

  keys(): string[] {
    return Object.keys(this.fields);
  }

  get(key: string): unknown {
    return this.fields[key];
  }

  isOn(key: string): boolean {
    return this.fields[key] === true;
  }

  /** @throws CheckpointError */
  natural(key: string, fallback?: number): number {
    const value = this.fields[key] ?? fallback;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) throw this.damaged(key, this.fields[key], 'a positive whole number', 'incomplete or damaged');
    return value;
  }

  /** @throws CheckpointError */
  positive(key: string, fallback?: number): number {
    const value = this.fields[key] ?? fallback;
    if (typeof value !== 'number' || !(value > 0)) throw this.damaged(key, value, 'a positive number', 'incomplete or damaged');
    return value;
  }

  /** Null where it is null or missing. @throws CheckpointError */
  positiveOrNull(key: string): number | null {
    return (this.fields[key] ?? null) === null ? null : this.positive(key);
  }

  /** @throws CheckpointError */
  positives(key: string, count: number): readonly number[] {
    const value = this.fields[key];
    if (!Array.isArray(value) || value.length !== count || !value.every((entry) => typeof entry === 'number' && entry > 0)) throw this.damaged(key, value, `a list of ${count} positive numbers`);
    return value as number[];
  }

  /** The fields of one of them; null where it is null, missing or empty. @throws CheckpointError */
  object(key: string): ConfigFields | null {
    const value = this.fields[key] ?? null;
    if (value !== null && (typeof value !== 'object' || Array.isArray(value))) throw this.damaged(key, value, 'an object');
    return value !== null && Object.keys(value).length > 0 ? this.with(value as Record<string, unknown>) : null;
  }

  /** What to throw where a field's value cannot be. */
  damaged(key: string, value: unknown, wanted: string, state = 'damaged'): CheckpointError {
    return new CheckpointError(`"${this.path}" has ${key} = ${JSON.stringify(value)} where ${wanted} is needed; the checkpoint is ${state}.`);
  }
}
