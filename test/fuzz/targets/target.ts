import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from '../../../src/engine/base/errors';

/** A reader of something that people, tools or other programs wrote, and what must hold of it whatever it is given. */
export interface FuzzTarget {
  readonly name: string;
  /** Property cases of a run of all targets: more where one takes less time, 100,000 of them in all. */
  readonly cases: number;
  /** Sound inputs, which the others are made of. */
  readonly seeds: () => readonly string[];
  /** What inputs of its kind are made of, beside the JSON that every target knows. */
  readonly words: readonly string[];
  /** The bytes that the reader gets of a text; UTF-8 by itself. */
  readonly encode?: (text: string) => Uint8Array;
  /** Reads the input. What it throws beside what `refusedOrDone` allows is a fault. */
  readonly run: (input: Uint8Array) => Promise<void>;
}

/** Longer ones would fill a message box and the log. */
const LONGEST_SENTENCE = 2_100;

/** What the work gives; null where it is refused in a sentence by an error of the engine. Everything else that it throws goes on. */
export async function refusedOrDone<T>(work: () => T | Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    assert.match(error.message, /\S.*\.$/s, 'a refusal is a sentence');
    assert.ok(error.message.length <= LONGEST_SENTENCE, `a refusal has ${error.message.length} characters`);
    return null;
  }
}

export function textOf(input: Uint8Array): string {
  return new TextDecoder().decode(input);
}

/** What the input is as JSON; undefined where it is none. */
export function jsonOf(input: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(input));
  } catch {
    return undefined;
  }
}

let folder: string | null = null;

/** A folder for the files of one input, which the next one writes again. */
export function scratchFolder(): string {
  if (folder === null) {
    const made = folder = mkdtempSync(join(tmpdir(), 'flashtrace-fuzz-'));
    process.once('exit', () => { rmSync(made, { recursive: true, force: true }); });
  }
  return folder;
}
