import type { TraceView } from './traceView';

/** A trace as JSON: what the panel keeps over a window reload and what the HTML page embeds. */
export type StoredTrace = Omit<TraceView, 'matrix'> & {
  /** `TraceView.matrix` as base64 of little-endian float32. */
  readonly matrix?: string;
};

const BYTES = Float32Array.BYTES_PER_ELEMENT;
/** Arguments of one call of `String.fromCharCode`: engines allow at least 65,535. */
const CHUNK = 0x8000;

/** @param maxNumbers a matrix of more numbers is left out: the mean of its rows stays */
export function toStoredTrace({ matrix, ...rest }: TraceView, maxNumbers: number): StoredTrace {
  return matrix && matrix.length <= maxNumbers ? { ...rest, matrix: toBase64(matrix) } : rest;
}

/** A matrix that does not have the trace's size (a state written by another version) is left out. */
export function fromStoredTrace({ matrix: text, ...rest }: StoredTrace): TraceView {
  const matrix = text === undefined ? null : fromBase64(text);
  return matrix?.length === (rest.target.end - rest.target.start) * rest.tokens.length ? { ...rest, matrix } : rest;
}

function toBase64(numbers: Float32Array): string {
  const bytes = new DataView(new ArrayBuffer(numbers.length * BYTES));
  numbers.forEach((value, i) => { bytes.setFloat32(i * BYTES, value, true); });
  let text = '';
  for (let at = 0; at < bytes.byteLength; at += CHUNK) {
    text += String.fromCharCode(...new Uint8Array(bytes.buffer, at, Math.min(CHUNK, bytes.byteLength - at)));
  }
  return btoa(text);
}

/** Null for what is no base64. */
function fromBase64(base64: string): Float32Array | null {
  const text = decoded(base64);
  if (text === null) return null;
  const bytes = new DataView(Uint8Array.from(text, (c) => c.charCodeAt(0)).buffer);
  return Float32Array.from({ length: Math.floor(text.length / BYTES) }, (_, i) => bytes.getFloat32(i * BYTES, true));
}

function decoded(base64: string): string | null {
  try {
    return atob(base64);
  } catch {
    return null;
  }
}
