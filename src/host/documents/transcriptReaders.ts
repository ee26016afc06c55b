import type { ConversationPreview, TranscriptDocument } from '../../concepts/transcript';
import { fromErrorData } from '../../engine/base/errors';
import type * as Readers from '../../engine/transcript/formats/readers';
import type { ParsedTranscript } from '../../engine/transcript/turns/parsedTranscript';

let loaded: typeof Readers | undefined;

/**
 * The readers of every transcript format. Loaded by the first document that is read, not with the extension: with YAML, Jinja and Handlebars they are four fifths of
 * its code. Not `import()`, since who asks holds a text that may have changed after an `await`.
 */
function readers(): typeof Readers {
  loaded ??= require('../../engine/transcript/formats/readers') as typeof Readers;
  return loaded;
}

function valueOf<T>(answer: Readers.Answer<T>): T {
  if ('error' in answer) throw fromErrorData(answer.error);
  return answer.value;
}

/** @throws EngineError for what is no transcript */
export function parseTranscript(document: TranscriptDocument): ParsedTranscript {
  return valueOf(readers().parseTranscript(document));
}

/** @throws EngineError for JSON that cannot be read */
export function conversationsIn(document: TranscriptDocument): readonly ConversationPreview[] {
  return valueOf(readers().conversationsIn(document));
}
