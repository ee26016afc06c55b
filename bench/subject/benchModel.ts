import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TraceJob } from '../../src/engine/attribution/methods/traceJob';
import { extendState } from '../../src/engine/model/extendState';
import { ModelRuntime } from '../../src/engine/model/modelRuntime';
import { TraceState } from '../../src/engine/state/traceState';
import { traceJob } from '../../test/support/traceJob';
import { QWEN3_0_6B, randomCheckpoint, TRACELET } from './randomCheckpoint';

const ROOT = join(__dirname, '..', '..');

/** Token counts of a transcript. */
export interface Shape {
  readonly prompt: number;
  readonly reasoning: number;
  readonly answer: number;
}

export interface BenchModel {
  readonly dir: () => Promise<string>;
  /** What is measured unasked. */
  readonly parts: readonly ('speed' | 'long')[];
  /** The transcript that is timed, and that the long one is compared with. */
  readonly shape: Shape;
  /** The long one that growth and memory are measured at, with the same span. */
  readonly long?: Shape;
  readonly runs: number;
  /** Whether the ratios are held to goals: they are set for this shape. */
  readonly held?: boolean;
}

export const MODELS: Readonly<Record<string, BenchModel>> = {
  embedded: {
    dir: () => Promise.resolve(join(ROOT, 'models', 'tracelet-1m')),
    parts: ['speed'],
    shape: { prompt: 488, reasoning: 480, answer: 32 },
    runs: 9,
  },
  // The embedded model's shape with random weights and room for 32,768 tokens.
  'embedded-32k': {
    dir: () => randomCheckpoint(join(tmpdir(), 'flashtrace-bench-tracelet-32k'), TRACELET),
    parts: ['long'],
    shape: { prompt: 7680, reasoning: 480, answer: 32 },
    long: { prompt: 32_256, reasoning: 480, answer: 32 },
    runs: 3,
  },
  'qwen3-0.6b': {
    dir: () => randomCheckpoint(join(tmpdir(), 'flashtrace-bench-qwen3-0.6b'), QWEN3_0_6B),
    parts: ['speed', 'long'],
    shape: { prompt: 1536, reasoning: 480, answer: 32 },
    long: { prompt: 7680, reasoning: 480, answer: 32 },
    runs: 3,
    held: true,
  },
};

export async function load(model: BenchModel): Promise<ModelRuntime> {
  return ModelRuntime.load(await model.dir(), 'cpu', join(ROOT, 'dist'));
}

export function length({ prompt, reasoning, answer }: Shape): number {
  return prompt + reasoning + answer;
}

/** The prompt stands at the end of these ids' sequence whatever its length, so that a longer one ends in the same tokens. */
export function tokenIds(shape: Shape, dVocab: number): number[] {
  const n = length(shape);
  return Array.from({ length: n }, (_, i) => ((n - i) * 7919 + 13) % dVocab);
}

export function generatedRows(shape: Shape): number[] {
  return Array.from({ length: shape.reasoning + shape.answer }, (_, i) => shape.prompt + i);
}

export async function runState(model: ModelRuntime, shape: Shape, firstRow = shape.prompt - 1): Promise<TraceState> {
  const state = new TraceState(model.checkpoint.config, firstRow, length(shape));
  await extendState(model, state, tokenIds(shape, model.checkpoint.config.dVocab));
  return state;
}

export function job(shape: Shape, change: Partial<TraceJob>): TraceJob {
  return traceJob(length(shape), shape.prompt, shape.answer, change);
}
