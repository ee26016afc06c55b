import { DEFAULT_METHOD, defaultHops, hasHops, MOST_HOPS, TRACE_METHODS, type TraceMethod, type TraceOptions } from '../../concepts/method';
import { DEFAULT_MODEL_TOKENS, MOST_MODEL_TOKENS } from '../../concepts/models/modelNeeds';
import { GRANULARITIES, type Granularity } from '../../concepts/passages';
import { DEFAULT_REWRITE_OPTIONS, MOST_REWRITTEN, MOST_SAMPLES, type RewriteOptions } from '../../concepts/trials/rewriting';
import { DEFAULT_VERIFY_OPTIONS, MOST_PASSAGES, TRIALS, type TrialKind, type VerifyOptions } from '../../concepts/trials/verification';
import { OptionsError } from '../../engine/base/errors';
import { DEFAULT_MEMORY_BUDGET, DEFAULT_WEIGHT_CACHE, DEVICES, PRECISIONS, type DeviceSetting, type Precision } from '../../protocol/engine/model';
import type { GenerateOptions } from '../../protocol/engine/requests';

/** The settings as people write them, under `flashtrace.`. */
export interface Settings {
  /** Checkpoint folder; empty is the embedded model. */
  readonly 'model': string;
  /** Folders that hold models or folders of models. */
  readonly 'modelPaths': readonly string[];
  /** Length of the transcript that the Models view reckons memory for, in tokens. */
  readonly 'modelTokens': number;
  readonly 'device': DeviceSetting;
  readonly 'precision': Precision;
  readonly 'method': TraceMethod;
  /** null: as many as the method has by itself. */
  readonly 'hops': number | null;
  readonly 'renormThreshold': number;
  readonly 'liveTrace': boolean;
  /** GB of trace state to keep. */
  readonly 'memoryBudget': number;
  /** GB of converted weights to keep. */
  readonly 'weightCache': number;
  readonly 'codeLens': boolean;
  /** How many passages Verify Sources takes out. */
  readonly 'verify.passages': number;
  readonly 'verify.granularity': Granularity;
  /** How Verify Sources makes the model do without a passage. */
  readonly 'verify.by': TrialKind;
  /** Whether traces are verified by themselves, where that takes less than a second. */
  readonly 'verify.automatic': boolean;
  /** How many sentences Does the Answer Change takes out. */
  readonly 'rewrite.passages': number;
  /** Answers that are written without each. */
  readonly 'rewrite.samples': number;
  readonly 'generate.maxTokens': number;
  readonly 'generate.temperature': number;
  /** 0 keeps all tokens. */
  readonly 'generate.topK': number;
  readonly 'generate.topP': number;
  /** null draws a new seed for each run. */
  readonly 'generate.seed': number | null;
}

export const DEFAULT_SETTINGS: Settings = Object.freeze({
  'model': '',
  'modelPaths': [],
  'modelTokens': DEFAULT_MODEL_TOKENS,
  'device': 'auto',
  'precision': 'as stored',
  'method': DEFAULT_METHOD,
  'hops': null,
  'renormThreshold': 0,
  'liveTrace': true,
  'memoryBudget': DEFAULT_MEMORY_BUDGET / 1e9,
  'weightCache': DEFAULT_WEIGHT_CACHE / 1e9,
  'codeLens': true,
  'verify.passages': DEFAULT_VERIFY_OPTIONS.passages,
  'verify.granularity': DEFAULT_VERIFY_OPTIONS.granularity,
  'verify.by': 'removal',
  'verify.automatic': true,
  'rewrite.passages': DEFAULT_REWRITE_OPTIONS.passages,
  'rewrite.samples': DEFAULT_REWRITE_OPTIONS.samples,
  'generate.maxTokens': 512,
  'generate.temperature': 0,
  'generate.topK': 0,
  'generate.topP': 1,
  'generate.seed': null,
} satisfies Settings);

export interface NumberLimits {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

/** Ranges of the numbers; package.json states the same ones to the settings editor. */
export const NUMBER_LIMITS: Readonly<Record<'modelTokens' | 'hops' | 'renormThreshold' | 'memoryBudget' | 'weightCache' | 'verify.passages' | `rewrite.${'passages' | 'samples'}` | `generate.${'maxTokens' | 'temperature' | 'topK' | 'topP' | 'seed'}`, NumberLimits>> = {
  'modelTokens': { min: 1, max: MOST_MODEL_TOKENS, whole: true },
  'hops': { min: 0, max: MOST_HOPS, whole: true },
  'renormThreshold': { min: 0, max: 1, whole: false },
  'memoryBudget': { min: 0.1, max: 4096, whole: false },
  'weightCache': { min: 0, max: 4096, whole: false },
  'verify.passages': { min: 1, max: MOST_PASSAGES, whole: true },
  'rewrite.passages': { min: 1, max: MOST_REWRITTEN, whole: true },
  'rewrite.samples': { min: 1, max: MOST_SAMPLES, whole: true },
  'generate.maxTokens': { min: 1, max: 32768, whole: true },
  'generate.temperature': { min: 0, max: 2, whole: false },
  'generate.topK': { min: 0, max: 1000, whole: true },
  'generate.topP': { min: 0.01, max: 1, whole: false },
  'generate.seed': { min: 0, max: 4294967295, whole: true },
};

const ENUMS: Readonly<Record<'device' | 'precision' | 'method' | 'verify.granularity' | 'verify.by', readonly string[]>> = { 'device': DEVICES, 'precision': PRECISIONS, 'method': TRACE_METHODS, 'verify.granularity': GRANULARITIES, 'verify.by': TRIALS };

/**
 * Checks one value from the settings files.
 * @throws OptionsError with what was found and what is wanted
 */
export function checkSetting<K extends keyof Settings>(key: K, value: unknown): Settings[K] {
  if (value === undefined) return DEFAULT_SETTINGS[key];
  const refuse = (wanted: string) => new OptionsError(`The setting flashtrace.${key} is ${JSON.stringify(value)}; it must be ${wanted}.`);
  if (key in ENUMS) {
    const allowed = ENUMS[key as keyof typeof ENUMS];
    if (typeof value !== 'string' || !allowed.includes(value)) throw refuse(`one of ${allowed.join(', ')}`);
  } else if (key in NUMBER_LIMITS) {
    if (value === null && DEFAULT_SETTINGS[key] === null) return value as Settings[K];
    const { min, max, whole } = NUMBER_LIMITS[key as keyof typeof NUMBER_LIMITS];
    const fits = typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value));
    if (!fits) throw refuse(`${whole ? 'a whole number' : 'a number'} from ${min} to ${max}`);
  } else if (Array.isArray(DEFAULT_SETTINGS[key])) {
    if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) throw refuse('a list of paths of folders');
  } else if (typeof value !== typeof DEFAULT_SETTINGS[key]) {
    throw refuse(typeof DEFAULT_SETTINGS[key] === 'boolean' ? 'true or false' : 'the path of a folder');
  }
  return value as Settings[K];
}

/** The trace options that the settings stand for; a threshold of 0 means none. */
export function traceOptions(settings: Pick<Settings, 'method' | 'hops' | 'renormThreshold'>): TraceOptions {
  return {
    method: settings.method,
    hops: hasHops(settings.method) ? settings.hops ?? defaultHops(settings.method) : 0,
    ...(settings.renormThreshold > 0 && { renormThreshold: settings.renormThreshold }),
  };
}

/** How answers are written anew: as many tokens as a generation may have. */
export function rewriteOptions(settings: Settings): RewriteOptions {
  return { ...DEFAULT_REWRITE_OPTIONS, passages: settings['rewrite.passages'], samples: settings['rewrite.samples'], maxTokens: settings['generate.maxTokens'] };
}

/** The verification that the settings stand for; the same passage is drawn at random each time. */
export function verifyOptions(settings: Pick<Settings, 'verify.passages' | 'verify.granularity' | 'verify.by'>): VerifyOptions {
  return { ...DEFAULT_VERIFY_OPTIONS, passages: settings['verify.passages'], granularity: settings['verify.granularity'], by: settings['verify.by'] };
}

/** The sampling options that the settings stand for; values that filter nothing are left out. */
export function generateOptions(settings: Settings): GenerateOptions {
  return {
    maxTokens: settings['generate.maxTokens'],
    temperature: settings['generate.temperature'],
    ...(settings['generate.topK'] > 0 && { topK: settings['generate.topK'] }),
    ...(settings['generate.topP'] < 1 && { topP: settings['generate.topP'] }),
    ...(settings['generate.seed'] !== null && { seed: settings['generate.seed'] }),
  };
}
