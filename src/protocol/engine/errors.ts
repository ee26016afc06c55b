export interface EngineErrorData {
  readonly code: EngineErrorCode;
  /** One clear sentence for the person. */
  readonly message: string;
  /** For the log: where a fault of ours happened. */
  readonly detail?: string;
}

export type EngineErrorCode =
  | 'checkpoint' | 'tokenizer' | 'template' | 'transcript' | 'span' | 'context' | 'memory' | 'device' | 'options' | 'cold' | 'long' | 'download' | 'access' | 'cancelled' | 'crashed' | 'internal';
