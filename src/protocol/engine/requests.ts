/** Messages between a client (extension host, tests) and the engine process. Plain data, structured-cloned. */
import type { Alternatives } from '../../concepts/contrast';
import type { CharRange, TokenRange } from '../../concepts/ranges';
import type { TokenizedTranscript, TranscriptDocument } from '../../concepts/transcript';
import type { TraceOptions, TraceResult } from '../../concepts/traceResult';
import type { Verification, VerifyOptions } from '../../concepts/verification';

export const DEVICES = ['auto', 'cuda', 'webgpu', 'cpu'] as const;
export type DeviceSetting = (typeof DEVICES)[number];

/** Bytes of trace state that are kept where nothing else is said. */
export const DEFAULT_MEMORY_BUDGET = 4e9;

export interface LoadParams {
  /** A Hugging Face checkpoint folder. */
  readonly modelDir: string;
  readonly device: DeviceSetting;
  /** Bytes of trace state to keep; changing it loads nothing anew. */
  readonly memoryBudget?: number;
}

export interface ModelInfo {
  readonly name: string;
  readonly modelDir: string;
  readonly family: string;
  readonly parameters: number;
  readonly nLayers: number;
  readonly contextLength: number;
  readonly dtype: string;
  /** The device in use. */
  readonly device: Exclude<DeviceSetting, 'auto'>;
  /** One sentence each: which devices were tried and why the used one was chosen. */
  readonly deviceLog: readonly string[];
}

/** What to attribute: document characters, absolute token positions, or the whole answer of the last assistant turn. */
export type TraceTarget = CharRange | { readonly tokens: TokenRange } | 'answer';

/** Which reasoning hops 1..n walk over: document characters or absolute token positions. */
export type ReasoningTarget = CharRange | { readonly tokens: TokenRange };

export interface TokenizeParams extends LoadParams {
  readonly document: TranscriptDocument;
}

export interface TraceParams extends LoadParams {
  readonly document: TranscriptDocument;
  readonly target: TraceTarget;
  /** Reasoning span to walk over in place of the transcript's own. */
  readonly reasoning?: ReasoningTarget;
  readonly options: TraceOptions;
  /** `logit-flow` only: why the span and not this text, or not this token (an id) in the place of its first one. */
  readonly ratherThan?: string | number;
  /** The person has agreed to more memory than the budget. */
  readonly exceedBudget?: boolean;
  /** Serve it from what is in memory or fail with `cold`: no model is loaded or run. For requests that nobody waits for. */
  readonly warmOnly?: boolean;
}

/** What else could stand where the target begins? */
export type AlternativesParams = Omit<TraceParams, 'reasoning' | 'options' | 'ratherThan' | 'warmOnly'>;

/** A trace, and what of it is tried out. */
export interface VerifyParams extends Omit<TraceParams, 'warmOnly'> {
  readonly verify: VerifyOptions;
}

/** A request to a model that is given: without what names it. */
export type WithoutModel<P extends LoadParams> = Omit<P, keyof LoadParams>;

export interface GenerateOptions {
  readonly maxTokens: number;
  /** 0 is greedy. */
  readonly temperature: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly seed?: number;
}

export interface GenerateParams extends LoadParams {
  readonly document: TranscriptDocument;
  readonly options: GenerateOptions;
  /** As in `TraceParams`. */
  readonly exceedBudget?: boolean;
}

/**
 * Where generated text goes: `TextInsertion` pieces are document text in the document's own format (JSON pieces are
 * escaped). `head` is inserted once at `offset` before the first piece, `tail` after the last one.
 */
export interface InsertionPoint {
  readonly offset: number;
  readonly head: string;
  readonly tail: string;
}

export interface GenerateResult {
  readonly insertion: InsertionPoint;
  /** Everything inserted between head and tail, in document form. */
  readonly text: string;
  readonly tokenCount: number;
  readonly stopReason: 'stop' | 'length' | 'cancelled';
  readonly prefillMs: number;
  readonly decodeMs: number;
}

/** Requests by name: parameters and result. */
export interface EngineMethods {
  load: { params: LoadParams; result: ModelInfo };
  tokenize: { params: TokenizeParams; result: TokenizedTranscript };
  trace: { params: TraceParams; result: TraceResult };
  alternatives: { params: AlternativesParams; result: Alternatives };
  verify: { params: VerifyParams; result: Verification };
  generate: { params: GenerateParams; result: GenerateResult };
}
export type EngineMethod = keyof EngineMethods;

export type EngineProgress =
  | {
      readonly kind: 'phase';
      /** `verify` counts rows of all removals together. */
      readonly phase: 'load' | 'prefill' | 'generate' | 'trace' | 'verify';
      readonly done: number;
      readonly total: number;
      /** What the phase still takes, where that is known: time, and bytes of trace state in the end. */
      readonly left?: { readonly ms: number; readonly bytes: number };
    }
  /** Generation only: where the text will go; sent once, before any text. */
  | { readonly kind: 'insertion'; readonly insertion: InsertionPoint }
  /** Generation only: the next piece of document text. */
  | { readonly kind: 'text'; readonly text: string };

export type ClientMessage =
  | { readonly type: 'request'; readonly id: number; readonly method: EngineMethod; readonly params: unknown }
  /** The request with this id should end with a `cancelled` error as soon as it can (generation: with what it has). */
  | { readonly type: 'cancel'; readonly id: number };

export type EngineMessage =
  | { readonly type: 'ready'; readonly onnxRuntime: string }
  | { readonly type: 'progress'; readonly id: number; readonly progress: EngineProgress }
  | { readonly type: 'result'; readonly id: number; readonly result: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: EngineErrorData }
  /** One line for the log. */
  | { readonly type: 'log'; readonly level: 'info' | 'warn' | 'error'; readonly message: string };

export interface EngineErrorData {
  readonly code: EngineErrorCode;
  /** One clear sentence for the person. */
  readonly message: string;
  /** For the log: where a fault of ours happened. */
  readonly detail?: string;
}

export type EngineErrorCode =
  | 'checkpoint' | 'tokenizer' | 'template' | 'transcript' | 'span' | 'context' | 'memory' | 'device' | 'options' | 'cold' | 'cancelled' | 'crashed' | 'internal';
