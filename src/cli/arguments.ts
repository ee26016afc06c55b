import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { OptionsError, TranscriptError } from '../engine/base/errors';
import { userCacheFolder } from '../engine/base/folders';
import { DEFAULT_MEMORY_BUDGET, DEFAULT_WEIGHT_CACHE, DEVICES, PRECISIONS, type DeviceSetting, type LoadParams, type Precision } from '../protocol/engine/model';

type ParseArgsOptionsConfig = NonNullable<ParseArgsConfig['options']>;

export const MODEL_OPTIONS = { model: { type: 'string' }, device: { type: 'string' }, precision: { type: 'string' } } as const satisfies ParseArgsOptionsConfig;
export const LOAD_OPTIONS = { ...MODEL_OPTIONS, 'memory-budget': { type: 'string' } } as const satisfies ParseArgsOptionsConfig;

/** Parses options only; anything unknown or left over is an error of one sentence. @throws OptionsError */
export function parseOptions<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T) {
  return parse(args, options, false).values;
}

/** Options and one thing that they are about. @param what in words @throws OptionsError */
export function parseOptionsAnd<T extends ParseArgsOptionsConfig>(what: string, args: readonly string[], options: T) {
  const { values, positionals } = parse(args, options, true);
  if (positionals.length !== 1) throw new OptionsError(`${positionals.length === 0 ? 'Nothing is' : `${positionals.length} things are`} named; give ${what}.`);
  return { name: positionals[0], values };
}

function parse<T extends ParseArgsOptionsConfig>(args: readonly string[], options: T, allowPositionals: boolean) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals });
  } catch (cause) {
    const [sentence] = (cause as Error).message.split('. ');
    throw new OptionsError(`${sentence}; "flashtrace --help" lists the options.`, { cause });
  }
}

/** @throws OptionsError */
export function required(value: string | undefined, option: string, what: string): string {
  if (value === undefined || value === '') throw new OptionsError(`--${option} is missing; give ${what}.`);
  return value;
}

/** @throws OptionsError */
export function numberOption(value: string | undefined, option: string, { fallback, min, max, whole = true }: { fallback: number; min: number; max: number; whole?: boolean }): number {
  if (value === undefined) return fallback;
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number) || number < min || number > max || (whole && !Number.isSafeInteger(number))) {
    throw new OptionsError(`--${option} is "${value}"; give a ${whole ? 'whole ' : ''}number from ${min} to ${max}.`);
  }
  return number;
}

/** Which conversation of a file that holds several, counted from 1. @throws OptionsError */
export function conversationOption(value: string | undefined): { readonly conversation?: number } {
  return value === undefined ? {} : { conversation: numberOption(value, 'conversation', { fallback: 1, min: 1, max: 1e6 }) - 1 };
}

/** @throws OptionsError */
export function choiceOption<T extends string>(value: string | undefined, option: string, choices: readonly T[], fallback: T): T {
  if (value === undefined) return fallback;
  if (!choices.includes(value as T)) throw new OptionsError(`--${option} is "${value}"; choose one of ${choices.join(', ')}.`);
  return value as T;
}

/** Which model to load where, and how much of its traces to keep. @throws OptionsError */
export function loadOption(options: { model?: string; device?: string; precision?: string; 'memory-budget'?: string }): LoadParams {
  const budget = numberOption(options['memory-budget'], 'memory-budget', { fallback: DEFAULT_MEMORY_BUDGET / 1e9, min: 0.1, max: 4096, whole: false });
  return { ...modelOption(options), memoryBudget: budget * 1e9 };
}

/** @throws OptionsError */
export function modelOption(options: { model?: string; device?: string; precision?: string }): LoadParams & { readonly precision: Precision } {
  return {
    modelDir: required(options.model, 'model', 'a checkpoint folder or a GGUF file'),
    device: deviceOption(options.device),
    precision: precisionOption(options.precision),
    weightCache: { folder: join(userCacheFolder(), 'flashtrace', 'weights'), budget: DEFAULT_WEIGHT_CACHE },
  };
}

/** In a shell a hyphen is easier to write than a space; both are taken. @throws OptionsError */
export function precisionOption(value: string | undefined): Precision {
  return choiceOption(value?.replace('-', ' '), 'precision', PRECISIONS, 'as stored');
}

export function deviceOption(value: string | undefined): DeviceSetting {
  return choiceOption(value, 'device', DEVICES, 'auto');
}

/** @throws TranscriptError */
export async function readText(path: string, what: string): Promise<string> {
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new TranscriptError(`${what} "${path}" ${cause.code === 'ENOENT' ? 'does not exist' : `cannot be read (${cause.code ?? cause.message})`}; give the path of a file.`, { cause });
  });
  const encoding = encodingOf(bytes);
  try {
    // Without the byte order mark, which is none of the text: editors leave it out, too.
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new TranscriptError(`${what} "${path}" is not ${encoding.toUpperCase()} text; save it as UTF-8.`, { cause });
  }
}

/** By the byte order mark; UTF-8 without one. */
function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
}

/** @throws OptionsError */
export async function writeOutput(path: string, text: string): Promise<void> {
  await writeFile(path, text).catch((cause: NodeJS.ErrnoException) => {
    throw new OptionsError(`"${path}" cannot be written (${cause.code ?? cause.message}); give a path in a folder that exists.`, { cause });
  });
}
