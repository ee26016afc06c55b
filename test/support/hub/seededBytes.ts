import { createHash, type Hash } from 'node:crypto';

/** Numbers of a xorshift generator as bytes: 200 MB in a fraction of a second, and no two files alike. */
export function seededBytes(length: number, seed: number): Buffer {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = (seed * 2654435761 + 1) >>> 0 || 1;
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  return Buffer.from(words.buffer, 0, length);
}

/** What git calls a file of this content. */
export function gitHash(content: Uint8Array): string {
  return hashed(content, gitHashes, () => createHash('sha1').update(`blob ${content.length}\0`));
}

export function sha256(content: Uint8Array): string {
  return hashed(content, sha256Hashes, () => createHash('sha256'));
}

// Contents of hundreds of megabytes are asked for again and again.
const gitHashes = new WeakMap<Uint8Array, string>();
const sha256Hashes = new WeakMap<Uint8Array, string>();

function hashed(content: Uint8Array, known: WeakMap<Uint8Array, string>, start: () => Hash): string {
  const hash = known.get(content) ?? start().update(content).digest('hex');
  known.set(content, hash);
  return hash;
}
