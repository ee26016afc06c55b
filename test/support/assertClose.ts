import assert from 'node:assert/strict';

type Nested = number | readonly Nested[];

/** max |found - wanted| <= tolerance * max |wanted|, over arrays of any depth; tells place and size of the largest difference. */
export function assertClose(label: string, found: Nested | undefined, wanted: Nested | undefined, tolerance: number): void {
  const a = flatten(found);
  const b = flatten(wanted);
  assert.equal(a.length, b.length, `${label}: ${a.length} numbers where ${b.length} are wanted`);
  const scale = b.reduce((max, x) => Math.max(max, Math.abs(x)), 0);
  let worst = 0;
  b.forEach((x, i) => {
    if (!(Math.abs(a[i] - x) <= Math.abs(a[worst] - b[worst]))) worst = i;
  });
  const difference = b.length === 0 ? 0 : Math.abs(a[worst] - b[worst]);
  assert.ok(difference <= tolerance * scale, `${label}: position ${worst} is ${a[worst]} where ${b[worst]} is wanted, ${(difference / scale).toExponential(2)} of the largest value (allowed: ${tolerance})`);
}

function flatten(x: Nested | undefined): number[] {
  return x === undefined ? [] : typeof x === 'number' ? [x] : x.flatMap(flatten);
}

/** Spearman's rank correlation, ties sharing their mean rank. */
export function spearman(a: readonly number[], b: readonly number[]): number {
  const x = ranks(a);
  const y = ranks(b);
  const mean = (a.length - 1) / 2;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < a.length; i++) {
    xy += (x[i] - mean) * (y[i] - mean);
    xx += (x[i] - mean) ** 2;
    yy += (y[i] - mean) ** 2;
  }
  return xy / Math.sqrt(xx * yy);
}

function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => values[i] - values[j]);
  const out = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let i = start; i < end; i++) out[order[i]] = (start + end - 1) / 2;
    start = end;
  }
  return out;
}
