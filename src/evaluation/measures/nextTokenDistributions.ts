/** Comparisons of next-token distributions given as logits, [rows, dVocab] row by row; nats, summed over the rows in fp64. */

/** KL(P || Q) */
export function divergence(p: Float32Array, q: Float32Array, dVocab: number): number {
  let total = 0;
  for (let at = 0; at < p.length; at += dVocab) {
    const [logP, logQ] = [logTotal(p, at, dVocab), logTotal(q, at, dVocab)];
    for (let v = at; v < at + dVocab; v++) total += Math.exp(p[v] - logP) * (p[v] - logP - (q[v] - logQ));
  }
  return total;
}

/**
 * P(y) * sum over the vocabulary of (log P(y) - log P(v)), with y the token that was written: what the reference package computes for
 * "KL". It compares a distribution with the uniform one and no two distributions with each other.
 */
export function selfContrast(logits: Float32Array, written: readonly number[], dVocab: number): number {
  return written.reduce((sum, id, row) => {
    const at = row * dVocab;
    let rest = 0;
    for (let v = at; v < at + dVocab; v++) rest += logits[at + id] - logits[v];
    return sum + Math.exp(logits[at + id] - logTotal(logits, at, dVocab)) * rest;
  }, 0);
}

/** log sum exp of one row. */
function logTotal(logits: Float32Array, at: number, dVocab: number): number {
  let max = -Infinity;
  for (let v = at; v < at + dVocab; v++) if (logits[v] > max) max = logits[v];
  let sum = 0;
  for (let v = at; v < at + dVocab; v++) sum += Math.exp(logits[v] - max);
  return max + Math.log(sum);
}
