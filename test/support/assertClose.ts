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
