/** What the extension host asks of the formats: a bundle of its own (`dist/transcripts.js`), so that the editor does not wait for parsers that it may never need. */
import type { EngineErrorData } from '../../../protocol/engine/errors';
import { toErrorData } from '../../base/errors';
import { conversationsIn as conversationsInDocument } from './formatRegistry';
import { parseTranscript as parse } from './parseTranscript';

/** Errors cross a bundle's boundary as data: each bundle has classes of its own. */
export type Answer<T> = { readonly value: T } | { readonly error: EngineErrorData };

export const parseTranscript = answering(parse);
export const conversationsIn = answering(conversationsInDocument);

function answering<P extends readonly unknown[], T>(read: (...params: P) => T): (...params: P) => Answer<T> {
  return (...params) => {
    try {
      return { value: read(...params) };
    } catch (error) {
      return { error: toErrorData(error) };
    }
  };
}
