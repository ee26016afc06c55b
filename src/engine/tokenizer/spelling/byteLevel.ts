/**
 * The byte alphabet of byte-level BPE: every byte is written as one printable character (GPT-2's table). Printable
 * Latin-1 bytes stand for themselves, the other 68 follow from U+0100 on in byte order.
 */
const CHAR_OF_BYTE = new Uint16Array(256);
const BYTE_OF_CHAR = new Int16Array(0x144).fill(-1);

let next = 0x100;
for (let byte = 0; byte < 256; byte++) {
  const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  CHAR_OF_BYTE[byte] = printable ? byte : next++;
  BYTE_OF_CHAR[CHAR_OF_BYTE[byte]] = byte;
}

/** The byte that the character at `index` of a byte-level token stands for, or -1. */
export function byteAt(token: string, index: number): number {
  const code = token.charCodeAt(index);
  return code < BYTE_OF_CHAR.length ? BYTE_OF_CHAR[code] : -1;
}

/** The bytes of a byte-level token, or null when it holds a character outside the alphabet. */
export function bytesOfToken(token: string): Uint8Array | null {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = byteAt(token, i);
    if (byte < 0) return null;
    bytes[i] = byte;
  }
  return bytes;
}

/** Writes the UTF-8 form of a code point into `out` and returns its length, 1 to 4. */
export function utf8(codePoint: number, out: Uint8Array): number {
  if (codePoint < 0x80) {
    out[0] = codePoint;
    return 1;
  }
  if (codePoint < 0x800) {
    out[0] = 0xc0 | (codePoint >> 6);
    out[1] = 0x80 | (codePoint & 0x3f);
    return 2;
  }
  if (codePoint < 0x10000) {
    out[0] = 0xe0 | (codePoint >> 12);
    out[1] = 0x80 | ((codePoint >> 6) & 0x3f);
    out[2] = 0x80 | (codePoint & 0x3f);
    return 3;
  }
  out[0] = 0xf0 | (codePoint >> 18);
  out[1] = 0x80 | ((codePoint >> 12) & 0x3f);
  out[2] = 0x80 | ((codePoint >> 6) & 0x3f);
  out[3] = 0x80 | (codePoint & 0x3f);
  return 4;
}
