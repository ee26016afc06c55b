import type { CharRange, TokenRange } from './ranges';

export type TranscriptFormat =
  | 'prompty' | 'github-prompt' | 'prompt-md' | 'dotprompt' | 'promptfoo' | 'promptfoo-results' | 'raw' | 'log' | 'dialogue' | 'plain'
  | 'openai' | 'sharegpt' | 'exchange' | 'completion' | 'responses' | 'anthropic' | 'gemini' | 'ollama' | 'llamacpp'
  | 'ui-messages' | 'lm-studio' | 'langchain' | 'langfuse' | 'otel' | 'row' | 'notebook';

/** A document as the engine receives it: the engine reads no editor state. */
export interface TranscriptDocument {
  /** Identifies the document over several requests (a URI or a path); the engine shows it in messages only. */
  readonly name: string;
  readonly text: string;
  /** When absent the format follows from the name's ending and the text. */
  readonly format?: TranscriptFormat;
  /** Which conversation of a file that holds several, from 0 on. */
  readonly conversation?: number;
}

/** One of the conversations that a file holds. */
export interface ConversationPreview {
  /** Where it stands in the document. */
  readonly range: CharRange;
  /** The beginning of its first words. */
  readonly preview: string;
}

export type Role = 'system' | 'user' | 'assistant' | 'tool' | 'developer';

/** A run of a turn's text. */
export interface TurnPart {
  readonly kind: 'text' | 'reasoning';
  /** The text as the model gets it (escapes of the file format undone). */
  readonly text: string;
  /** Where the part stands in the document. */
  readonly range: CharRange;
  /**
   * Document offset of every UTF-16 unit of `text`, plus one entry for its end; absent when the text stands in the
   * document as it is (offset = `range.start + index`).
   */
  readonly offsets?: Uint32Array;
}

export interface Turn {
  readonly role: Role;
  readonly parts: readonly TurnPart[];
}

/** The five things a token can be. A stop token keeps its `region` but is of kind `stop`. */
export type TokenKind = 'template' | 'prompt' | 'reasoning' | 'answer' | 'stop';

/** Where a token stands, regardless of it being a stop token. */
export type TokenRegion = 'template' | 'prompt' | 'reasoning' | 'answer';

export interface TranscriptToken {
  readonly id: number;
  /** The characters that this token stands for in the text that the model sees (may share a character with a neighbour). */
  readonly text: string;
  readonly kind: TokenKind;
  readonly region: TokenRegion;
  /** Document characters, or null for a token that stands nowhere in the document (template). */
  readonly range: CharRange | null;
}

/** What the model really sees. Token positions are absolute; the generation begins at `promptLength`. */
export interface TokenizedTranscript {
  readonly format: TranscriptFormat;
  readonly tokens: readonly TranscriptToken[];
  readonly promptLength: number;
  /** Reasoning part of the generation, if it has one. */
  readonly reasoning: TokenRange | null;
  /** Answer part of the generation (stop-of-turn token left out), if it has one. */
  readonly answer: TokenRange | null;
  /** What is to be said about how the document was read, a sentence each. */
  readonly notes: readonly string[];
  /** The id that ends the last turn, if the checkpoint names one. */
  readonly eosTokenId: number | null;
}
