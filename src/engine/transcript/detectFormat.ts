import type { TranscriptDocument, TranscriptFormat } from '../../shared/transcript';
import { TranscriptError } from '../errors';
import { rawFamilyOf } from './rawFamilies';
import { findRoleLines } from './roleLines';

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
