import { createContext, Script } from 'node:vm';

/** Work that did not end within its time. */
export class TimeLimitError extends Error {
  constructor(readonly ms: number) { super(`it does not end within ${ms / 1000} seconds`); }
}

const script = new Script('work()');
let stage: { work: (() => unknown) | null } | null = null;

/**
 * Ends synchronous work that takes too long. What a model's file brings (a regular expression that backtracks without end, a table that makes a loop of the library
 * go on) cannot be asked to stop: V8 alone can interrupt it, also inside of a regular expression, and `vm` is the way to that. It costs about 0.1 ms a call.
 * No `finally` or `catch` of interrupted work runs: it must leave nothing behind that would have to be put in order.
 * @throws TimeLimitError
 */
export function withinTime<T>(ms: number, work: () => T): T {
  stage ??= createContext({ work: null }) as { work: (() => unknown) | null };
  const outer = stage.work;
  stage.work = work;
  try {
    return script.runInContext(stage, { timeout: ms }) as T;
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? new TimeLimitError(ms) : error;
  } finally {
    stage.work = outer;
  }
}
