/** What can be asked of the engine, and what it answers. Plain data, structured-cloned. */
import type { Alternatives } from '../../concepts/contrast';
import type { TraceOptions } from '../../concepts/method';
import type { FoundModels } from '../../concepts/models/modelEntry';
import type { CharRange, TokenRange } from '../../concepts/ranges';
import type { RewriteOptions, Rewriting } from '../../concepts/trials/rewriting';
import type { TraceResult } from '../../concepts/traceResult';
import type { TokenizedTranscript, TranscriptDocument } from '../../concepts/transcript';
import type { Verification, VerifyOptions } from '../../concepts/trials/verification';
import type { LoadParams, ModelInfo, Precision } from './model';

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
  /** Refuses what would take longer, as far as that can be told before. */
  readonly withinMs?: number;
}

/** A trace, and what the model writes without the best of it. */
export interface RewriteParams extends Omit<TraceParams, 'warmOnly' | 'ratherThan'> {
  readonly rewrite: RewriteOptions;
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
  /** How the document was read, where that is to be said, a sentence each. */
  readonly notes: readonly string[];
  readonly tokenCount: number;
  readonly stopReason: 'stop' | 'length' | 'cancelled';
  readonly prefillMs: number;
  readonly decodeMs: number;
}

/** Which models are on this machine? Asked of the engine, since it opens files of gigabytes and of strangers. */
export interface FindModelsParams {
  /** The checkpoint that comes with the extension. */
  readonly included: string;
  /** Folders that hold models or folders of models. */
  readonly paths: readonly string[];
  /** Models that were used before, wherever they lie. */
  readonly used: readonly string[];
  /** Length of the transcript that memory is reckoned for. */
  readonly tokens: number;
  /** As in `LoadParams`. */
  readonly precision?: Precision;
}

/** Requests by name: parameters and result. */
export interface EngineMethods {
  findModels: { params: FindModelsParams; result: FoundModels };
  load: { params: LoadParams; result: ModelInfo };
  tokenize: { params: TokenizeParams; result: TokenizedTranscript };
  trace: { params: TraceParams; result: TraceResult };
  alternatives: { params: AlternativesParams; result: Alternatives };
  verify: { params: VerifyParams; result: Verification };
  rewrite: { params: RewriteParams; result: Rewriting };
  generate: { params: GenerateParams; result: GenerateResult };
}
export type EngineMethod = keyof EngineMethods;
