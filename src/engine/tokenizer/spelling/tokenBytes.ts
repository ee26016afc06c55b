import { bytesOfToken } from './byteLevel';

export type Spelling = 'byteLevel' | 'metaspace' | 'literal';

/** U+2581, SentencePiece's way to write a space. */
export const METASPACE = '\u2581';
/** SentencePiece's way to write a byte that is no character of its vocabulary. */
export const BYTE_TOKEN = /^<0x([0-9A-F]{2})>$/;
const encoder = new TextEncoder();

/** The UTF-8 bytes that a vocabulary entry stands for (one entry can hold a part of a character). */
export function tokenBytes(token: string, spelling: Spelling): Uint8Array {
  if (spelling === 'byteLevel') return bytesOfToken(token) ?? encoder.encode(token);
  const byte = BYTE_TOKEN.exec(token);
  if (byte) return Uint8Array.of(parseInt(byte[1], 16));
  return encoder.encode(spelling === 'metaspace' ? token.replaceAll(METASPACE, ' ') : token);
}
