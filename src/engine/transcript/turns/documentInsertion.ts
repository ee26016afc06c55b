import type { InsertionPoint } from '../../../protocol/engine/requests';

/** Where and how generated text enters a document of one format. */
export interface DocumentInsertion {
  readonly point: InsertionPoint;
  /** Generated text as document text; pieces may be encoded one by one. */
  readonly encodePiece: (text: string) => string;
  /** Document text for a generation that the model ended itself: the closing marker in raw template text, else ''. */
  readonly endOfTurn: string;
}
