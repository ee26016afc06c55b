import type { EngineErrorCode, EngineErrorData } from '../../protocol/engine/errors';
import { saysOutOfMemory } from './outOfMemory';

/** Every failure that a person can cause or mend. `message` is one sentence: what was found, what is wanted, what to do. */
export class EngineError extends Error {
  constructor(readonly code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(shortened(message), options);
    this.name = new.target.name;
  }

  toData(): EngineErrorData {
    return { code: this.code, message: this.message };
  }
}

/** Names and values of a file stand in a sentence as they are, and a file may hold any. */
const LONGEST_MESSAGE = 2_000;

function shortened(message: string): string {
  if (message.length <= LONGEST_MESSAGE) return message;
  const half = LONGEST_MESSAGE / 2;
  return `${message.slice(0, half)} [...] ${message.slice(-half)}`;
}

/** The checkpoint folder or one of its files cannot be used. */
export class CheckpointError extends EngineError {
  constructor(message: string, options?: ErrorOptions) { super('checkpoint', message, options); }
}

/** A whole checkpoint of a kind that is not read: another architecture, a quantisation, another file format. Every other `CheckpointError` is about damage. */
export class UnsupportedCheckpointError extends CheckpointError {}

/** tokenizer.json / tokenizer_config.json cannot be used, or do not fit the model. */
export class TokenizerError extends EngineError {
  constructor(message: string, options?: ErrorOptions) { super('tokenizer', message, options); }
}

/** The chat template is missing, does not parse, or throws. */
export class TemplateError extends EngineError {
  constructor(message: string, options?: ErrorOptions) { super('template', message, options); }
}

/** The document is not a transcript that can be traced or continued. */
export class TranscriptError extends EngineError {
  constructor(message: string, options?: ErrorOptions) { super('transcript', message, options); }
}

/** The highlighted span cannot be attributed. */
export class SpanError extends EngineError {
  constructor(message: string, options?: ErrorOptions) { super('span', message, options); }
}

/** The transcript does not fit the model's context. */
export class ContextLengthError extends EngineError {
  constructor(message: string, options?: ErrorOptions) { super('context', message, options); }
}

/** A run would take more memory than the budget allows. */
export class MemoryBudgetError extends EngineError {
  constructor(message: string) { super('memory', message); }
}

/** An execution provider cannot be used. */
export class DeviceError extends EngineError {
  constructor(message: string, options?: ErrorOptions) { super('device', message, options); }
}

/** An option has a value outside its range. */
export class OptionsError extends EngineError {
  constructor(message: string, options?: ErrorOptions) { super('options', message, options); }
}

/** A `warmOnly` request found no trace state that covers its transcript. */
export class ColdStateError extends EngineError {
  constructor(message: string) { super('cold', message); }
}

/** A run that was to be short would not be. */
export class LongRunError extends EngineError {
  constructor(message: string) { super('long', message); }
}

/** A model could not be fetched from the hub. */
export class DownloadError extends EngineError {
  constructor(message: string, options?: ErrorOptions) { super('download', message, options); }
}

/** The hub gives a model only to those whom it knows: a token is missing or has no access. */
export class AccessError extends EngineError {
  constructor(message: string) { super('access', message); }
}

export class CancelledError extends EngineError {
  constructor(message = 'The run was cancelled.') { super('cancelled', message); }
}

/** The engine process ended in the middle of a request. */
export class EngineCrashedError extends EngineError {
  constructor(message: string) { super('crashed', message); }
}

/** The error class that a message from another thread or process stands for. */
export function fromErrorData({ code, message, detail }: EngineErrorData): EngineError {
  const error = code === 'cancelled' ? new CancelledError(message) : new EngineError(code, message);
  if (detail) error.stack = detail;
  return error;
}

/** What crosses a thread or process boundary; anything that is not an `EngineError` is a fault of ours and says so. */
export function toErrorData(error: unknown): EngineErrorData {
  if (error instanceof EngineError) return error.toData();
  const text = error instanceof Error ? error.message : String(error);
  return {
    code: 'internal',
    message: saysOutOfMemory(text)
      ? `There is not enough memory ("${text}"); choose a smaller model, shorten the text or lower the memory budget (flashtrace.memoryBudget, --memory-budget).`
      : `FlashTrace failed unexpectedly ("${text}"); please report it with the log.`,
    ...(error instanceof Error && error.stack && { detail: error.stack }),
  };
}
