import type { CallOptions } from '../protocol/engine/engineApi';

/** What every command gets: where it writes and how it is stopped. */
export interface CommandContext {
  readonly write: (text: string) => void;
  /** One line on stderr: progress and remarks, never results. */
  readonly note: (text: string) => void;
  readonly signal: AbortSignal;
  /** Colour is wanted: a terminal, or asked for. */
  readonly colour: boolean;
  readonly call: CallOptions;
}

/** A sub-command: its help and what it does. Rejects with EngineError (exit 2 or 130) or a fault (exit 1). */
export interface Command {
  readonly usage: string;
  run(args: readonly string[], context: CommandContext): Promise<void>;
}
