import { createHash } from 'node:crypto';

/** SHA-256 of a document's text, in hexadecimal: knows a text again without keeping it. */
export function textHash(text: string): string {
  return createHash('sha256').update(text, 'utf16le').digest('hex');
}
