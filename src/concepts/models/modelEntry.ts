/** A model on this machine, as views and the command line show it. Plain data. */
import type { ModelNeeds } from './modelNeeds';

/** Which tool put it there; `folder` is one that a person named, `included` comes with the extension. */
export const MODEL_SOURCES = ['included', 'Hugging Face cache', 'LM Studio', 'Ollama', 'llama.cpp', 'folder'] as const;
export type ModelSource = (typeof MODEL_SOURCES)[number];

/**
 * `ready`: can be read and fits in the free memory; `too large`: can be read, and does not; `unsupported`: is whole, and of a kind that is not read;
 * `broken`: is incomplete or damaged.
 */
export const MODEL_STATUSES = ['ready', 'too large', 'unsupported', 'broken'] as const;
export type ModelStatus = (typeof MODEL_STATUSES)[number];

/** What could not be read of a model is null. */
export interface ModelEntry {
  /** Of the checkpoint folder, or of the GGUF file (of a split one, its first part). */
  readonly path: string;
  readonly name: string;
  readonly source: ModelSource;
  /** `model_type` of config.json, `general.architecture` of a GGUF file. */
  readonly family: string | null;
  readonly parameters: number | null;
  /** Of its weight files. */
  readonly bytes: number;
  /** The stored type that most of the weights have: BF16, Q4_K; what has quantised them where that is all that is known. */
  readonly precision: string | null;
  readonly contextLength: number | null;
  readonly hasChatTemplate: boolean | null;
  readonly status: ModelStatus;
  /** Why it has this status, and what to do. */
  readonly sentence: string;
  readonly needs: ModelNeeds | null;
  /** When its weights were last written, in milliseconds since 1970. */
  readonly mtime: number;
}

export interface FoundModels {
  /** Each path once: ready ones first, then by name. */
  readonly models: readonly ModelEntry[];
  /** What could not be looked into, a sentence each. */
  readonly notes: readonly string[];
  /** Bytes that can be had without pushing anything else out, and all that the machine (or its container) has. */
  readonly freeMemory: number;
  readonly totalMemory: number;
}
