import type { TranscriptDocument, TranscriptFormat } from '../../../concepts/transcript';
import { TranscriptError } from '../../base/errors';
import { rawFamilyOf } from '../turns/templateMarkers';
import { findRoleLines } from '../turns/roleLines';

/**
 * The format that the document names, else the one that its name's ending and its text show.
 * @throws TranscriptError for prompt files that cannot be read exactly
 */
export function detectFormat({ name, text, format }: TranscriptDocument): TranscriptFormat {
  if (format) return format;
  const path = name.toLowerCase();
  if (path.endsWith('.prompty')) return 'prompty';
  if (/\.jsonc?$|\.jsonl$/.test(path)) return 'openai';
  if (/\.prompt\.ya?ml$/.test(path)) {
    throw new TranscriptError(`${name} is a GitHub prompt file (YAML), which is not supported; save its messages as .prompty or as chat JSON.`);
  }
  if (/^\s*(?:\{\s*"(?:messages|conversations)"\s*:|\[\s*\{\s*"(?:role|from)"\s*:)/.test(text)) return 'openai';
  if (rawFamilyOf(text)) return 'raw';
  if (/^\ufeff?---[^\S\r\n]*\r?\n/.test(text) && findRoleLines(text, 0).length > 0) return 'prompty';
  return 'plain';
}
