/** bfloat16 is the upper half of an fp32. */
export function bfloat16ToFloat(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i] << 16;
  return new Float32Array(bits.buffer);
}

export function float16ToFloat(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const table = halfTable();
  const out = new Float32Array(halves.length);
  for (let i = 0; i < halves.length; i++) out[i] = table[halves[i]];
  return out;
}

/** @param half the 16 bits */
export function halfToFloat(half: number): number {
  return halfTable()[half];
}

/** IEEE half precision: 1 sign, 5 exponent, 10 fraction bits; a table, as there are only 65,536 of them. */
function halfTable(): Float32Array {
  known ??= Float32Array.from({ length: 65_536 }, (_, half) => {
    const sign = half & 0x8000 ? -1 : 1;
    const exponent = (half >> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (1024 + fraction) * 2 ** (exponent - 25);
  });
  return known;
}
let known: Float32Array | undefined;
