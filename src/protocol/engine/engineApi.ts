import type { EngineProgress } from './messages';
import type { EngineMethod, EngineMethods } from './requests';

/** What a caller may hand along with a request. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EngineProgress) => void;
}

/**
 * The engine as its users see it. `ForkedEngine` (a forked process) and `Engine` (in this process: CLI, tests) both
 * have this shape. Rejects with `EngineError`; an aborted signal gives `CancelledError`, except that `generate`
 * resolves with what it has and `stopReason: 'cancelled'`.
 */
export interface EngineApi {
  call<M extends EngineMethod>(method: M, params: EngineMethods[M]['params'], options?: CallOptions): Promise<EngineMethods[M]['result']>;
  dispose(): Promise<void>;
}
