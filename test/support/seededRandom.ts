/** Uniform numbers in [0, 1) from a seed (a 31-bit Lehmer generator: enough for test data). */
export function seededUniform(seed: number): () => number {
  let state = (Math.floor(seed) % 2147483646) + 1;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

/** Standard normal numbers (Box-Muller). */
export function seededNormal(seed: number): () => number {
  const uniform = seededUniform(seed);
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}
