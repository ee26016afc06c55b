/** Messages between a client (extension host, tests) and the engine process. Plain data, structured-cloned. */
import type { TraceResult } from '../../concepts/traceResult';
import type { EngineErrorData } from './errors';
import type { EngineMethod, InsertionPoint } from './requests';

export type EngineProgress =
  | {
      readonly kind: 'phase';
      /** `convert` counts bytes of weights, `cut` and `verify` rows of all together, `rewrite` answers. */
      readonly phase: 'load' | 'convert' | 'prefill' | 'generate' | 'trace' | 'cut' | 'verify' | 'rewrite';
      readonly done: number;
      readonly total: number;
      /** What the phase still takes, where that is known: time, and bytes of trace state in the end. */
      readonly left?: { readonly ms: number; readonly bytes: number };
    }
  /** Generation only: where the text will go; sent once, before any text. */
  | { readonly kind: 'insertion'; readonly insertion: InsertionPoint }
  /** Generation only: the next piece of document text, and what of it the model said, as nothing but text (in JSON the document has a string's escapes). */
  | { readonly kind: 'text'; readonly text: string; readonly said: string }
  /** The method `cut` only: the trace as far as it is known. */
  | { readonly kind: 'partial'; readonly trace: TraceResult };

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
