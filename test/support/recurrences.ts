import type { Recurrence, RecurrentColumns, RecurrentRows } from '../../src/engine/decoder/recurrent/recurrence';
import { seededNormal, seededUniform } from './seededRandom';

/**
 * The recurrence by its definition in fp64, step by step, with a unit vector for each column's value: what a row reads of the state are its
 * coefficients. [nHeads][rows][columns]
 */
export function recurrentPattern(recurrence: Recurrence, { k, written, logDecay }: RecurrentColumns, { positions, q }: RecurrentRows, skip: Float32Array | null): Float64Array[][] {
  const { rule, nHeads, nKeyHeads, dKey } = recurrence;
  const columns = positions[positions.length - 1] + 1;
  return Array.from({ length: nHeads }, (_, h) => {
    const keyHead = Math.floor((h * nKeyHeads) / nHeads);
    const ofKeyHead = (values: Float32Array, row: number) => Float64Array.from(values.subarray((row * nKeyHeads + keyHead) * dKey, (row * nKeyHeads + keyHead + 1) * dKey));
    const state = Array.from({ length: dKey }, () => new Float64Array(columns));
    const rows: Float64Array[] = [];
    for (let t = 0; t < columns; t++) {
      const key = ofKeyHead(k, t);
      const amount = written[t * nHeads + h];
      const alpha = Math.exp(logDecay[t * nHeads + h]);
      for (const row of state) for (let j = 0; j < t; j++) row[j] *= alpha;
      if (rule === 'delta') {
        const recalled = product(key, state, columns);
        state.forEach((row, c) => { for (let j = 0; j < t; j++) row[j] -= amount * key[c] * recalled[j]; });
      }
      state.forEach((row, c) => { row[t] += amount * key[c]; });
      const i = positions.indexOf(t);
      if (i < 0) continue;
      const read = product(ofKeyHead(q, i), state, columns);
      if (skip) read[t] += skip[h];
      rows.push(read);
    }
    return rows;
  });
}

/** sum_i a[h, i, j] y[i, h], [columns][nHeads * dHead]. y: [rows, nHeads * dHead] */
export function patternTimes(pattern: readonly (readonly Float64Array[])[], y: Float32Array, dHead: number): Float64Array[] {
  const width = pattern.length * dHead;
  return Array.from({ length: pattern[0][0].length }, (_, j) => {
    const sum = new Float64Array(width);
    pattern.forEach((rows, h) => rows.forEach((row, i) => {
      for (let c = h * dHead; c < (h + 1) * dHead; c++) sum[c] += row[j] * y[i * width + c];
    }));
    return sum;
  });
}

function product(vector: Float64Array, matrix: readonly Float64Array[], columns: number): Float64Array {
  const out = new Float64Array(columns);
  matrix.forEach((row, c) => { for (let j = 0; j < columns; j++) out[j] += vector[c] * row[j]; });
  return out;
}

export interface RecurrentCase {
  readonly columns: RecurrentColumns;
  readonly rows: RecurrentRows;
  /** [spans, rows, nHeads * dHead] */
  readonly y: Float32Array;
  readonly skip: Float32Array | null;
}

export interface CaseOptions {
  readonly seed: number;
  readonly spans?: number;
  /** From 0 to 1: how much of a key all keys of a head have in common. */
  readonly likeness?: number;
  /** log alpha between these, one range for each head in turn, evenly in its logarithm. */
  readonly logDecays?: readonly (readonly [number, number])[];
}

/** As trained models have them: heads that forget at once, and heads that keep thousands of columns. */
export const TRAINED_DECAYS = [[-5, -1e-3], [-1e-2, -1e-3], [-5, -0.5], [-0.3, -0.01]] as const;

/** Random numbers of the sizes that trained models have. */
export function recurrentCase({ rule, nHeads, nKeyHeads, dKey, dHead }: Recurrence, positions: readonly number[], { seed, spans = 1, likeness = 0, logDecays = TRAINED_DECAYS }: CaseOptions): RecurrentCase {
  const count = positions[positions.length - 1] + 1;
  const normal = seededNormal(seed);
  const uniform = seededUniform(seed + 1);
  const noise = (length: number, scale = 1) => Float32Array.from({ length }, () => scale * normal());
  const common = noise(nKeyHeads * dKey);
  const k = noise(count * nKeyHeads * dKey).map((x, i) => likeness * common[i % common.length] + (1 - likeness) * x);
  const q = noise(positions.length * nKeyHeads * dKey).map((x, i) => likeness * common[i % common.length] + (1 - likeness) * x);
  if (rule === 'delta') {
    toUnitLength(k, dKey, 1);
    toUnitLength(q, dKey, 1 / Math.sqrt(dKey));
  }
  const ofHeads = (draw: (h: number) => number) => Float32Array.from({ length: count * nHeads }, (_, i) => draw(i % nHeads));
  return {
    columns: {
      k,
      written: ofHeads(() => (rule === 'delta' ? 1 / (1 + Math.exp(-3 * normal())) : 10 ** (-3 + 2 * uniform()))),
      logDecay: ofHeads((h) => {
        const [strong, weak] = logDecays[h % logDecays.length];
        return -Math.exp(Math.log(-weak) + uniform() * (Math.log(-strong) - Math.log(-weak)));
      }),
    },
    rows: { positions, q },
    y: noise(spans * positions.length * nHeads * dHead),
    skip: rule === 'delta' ? null : noise(nHeads),
  };
}

function toUnitLength(vectors: Float32Array, size: number, length: number): void {
  for (let at = 0; at < vectors.length; at += size) {
    const vector = vectors.subarray(at, at + size);
    const scale = length / Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
    vector.forEach((x, c) => { vector[c] = scale * x; });
  }
}
