/**
 * Proximities of a layer's tokens to a span's residual by exact prefix evaluation, in AssemblyScript with WebAssembly SIMD;
 * `tracer/shareKernel.ts` says what is computed and why it is exact. Arrays are byte offsets into the instance's memory, laid out by the
 * caller: nothing is allocated here. `tracer/portableShareKernel.ts` is the same in JavaScript, operation by operation, so that results are equal
 * to the last bit.
 */

/**
 * a . b over n entries in fp64: eight sums in turn, as one sum alone waits for each addition to end before the next begins.
 * @param a f32
 * @param b of type B, f32 or f64
 */
@inline
function dot<B>(a: usize, b: usize, n: i32): f64 {
  let s01 = f64x2.splat(0);
  let s23 = f64x2.splat(0);
  let s45 = f64x2.splat(0);
  let s67 = f64x2.splat(0);
  let c = 0;
  for (; c + 8 <= n; c += 8) {
    s01 = f64x2.add(s01, f64x2.mul(pair<f32>(a, 0), pair<B>(b, 0)));
    s23 = f64x2.add(s23, f64x2.mul(pair<f32>(a, 2), pair<B>(b, 2)));
    s45 = f64x2.add(s45, f64x2.mul(pair<f32>(a, 4), pair<B>(b, 4)));
    s67 = f64x2.add(s67, f64x2.mul(pair<f32>(a, 6), pair<B>(b, 6)));
    a += 8 * sizeof<f32>();
    b += 8 * sizeof<B>();
  }
  let rest: f64 = 0;
  for (; c < n; c++) {
    rest += <f64>load<f32>(a) * <f64>load<B>(b);
    a += sizeof<f32>();
    b += sizeof<B>();
  }
  const s = f64x2.add(f64x2.add(s01, s23), f64x2.add(s45, s67));
  return f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1) + rest;
}

/** Two neighbours as fp64, from the index-th number on. */
@inline
function pair<T>(at: usize, index: usize): v128 {
  const from = at + index * sizeof<T>();
  return sizeof<T>() == 8 ? v128.load(from) : f64x2.promote_low_f32x4(v128.load_zero<u64>(from));
}

/** lengths[row] = |values[row]|_2. values: f32 [rows, dHead], lengths: f64 */
export function rowLengths(values: usize, rows: i32, dHead: i32, lengths: usize): void {
  for (let row = 0; row < rows; row++) {
    store<f64>(lengths, sqrt<f64>(dot<f32>(values, values, dHead)));
    values += <usize>dHead << 2;
    lengths += 8;
  }
}

/**
 * proximities[j] += sum over heads of prox(a[h, j] f[j, h], x).
 * @param attention f32 [nHeads, columns]
 * @param values f32 [columns, nKvHeads, dHead], without bias
 * @param lengths f64 [columns, nKvHeads]
 * @param weight f32 [dModel, nHeads, dHead]
 * @param norms f64 [nHeads, dModel]
 * @param sign f64 [dModel], of x
 * @param magnitude f64 [dModel], |x|
 * @param scratch f64 [dHead + columns + dModel], then u32 [dModel]
 * @param proximities f64 [columns]
 */
export function addProximities(
  attention: usize, values: usize, lengths: usize, weight: usize, norms: usize, sign: usize, magnitude: usize, scratch: usize, proximities: usize,
  columns: i32, nHeads: i32, nKvHeads: i32, dHead: i32, dModel: i32, threshold: f64,
): void {
  const signed = scratch;
  const linear = signed + (<usize>dHead << 3);
  const ratios = linear + (<usize>columns << 3);
  const order = ratios + (<usize>dModel << 3);
  const group = nHeads / nKvHeads;
  const valueStride = <usize>(nKvHeads * dHead) << 2;
  const lengthStride = <usize>nKvHeads << 3;
  const weightStride = <usize>(nHeads * dHead) << 2;
  for (let h = 0; h < nHeads; h++) {
    const headWeight = weight + (<usize>(h * dHead) << 2);
    const headAttention = attention + (<usize>(h * columns) << 2);
    const headValues = values + (<usize>((h / group) * dHead) << 2);
    const headLengths = lengths + (<usize>(h / group) << 3);
    signedOutput(headWeight, weightStride, sign, signed, dHead, dModel);

    let farthest: f64 = 0;
    for (let j = 0; j < columns; j++) {
      const a = <f64>load<f32>(headAttention + (<usize>j << 2));
      const lin = a > 0 ? a * dot<f64>(headValues + <usize>j * valueStride, signed, dHead) : 0;
      store<f64>(linear + (<usize>j << 3), lin);
      if (lin > 0) farthest = max<f64>(farthest, a * load<f64>(headLengths + <usize>j * lengthStride));
    }

    const reachable = correctionOrder(magnitude, norms + (<usize>(h * dModel) << 3), farthest, ratios, order, dModel);
    for (let j = 0; j < columns; j++) {
      const lin = load<f64>(linear + (<usize>j << 3));
      if (lin <= 0) continue;
      const a = <f64>load<f32>(headAttention + (<usize>j << 2));
      const value = headValues + <usize>j * valueStride;
      const reach = a * load<f64>(headLengths + <usize>j * lengthStride);
      let correction: f64 = 0;
      for (let p = 0; p < reachable; p++) {
        if (load<f64>(ratios + (<usize>p << 3)) >= reach) break;
        const d = <usize>load<u32>(order + (<usize>p << 2));
        const excess = a * dot<f32>(value, headWeight + d * weightStride, dHead) * load<f64>(sign + (d << 3)) - load<f64>(magnitude + (d << 3));
        if (excess > 0) {
          correction += 2 * excess;
          if (correction >= lin) break;
        }
      }
      const proximity = lin - correction;
      if (proximity > 0 && proximity >= threshold) {
        const at = proximities + (<usize>j << 3);
        store<f64>(at, load<f64>(at) + proximity);
      }
    }
  }
}

/** out = O[h] s, f64 [dHead]; four coordinates at a time, so that the sums are loaded and stored once for four. */
function signedOutput(weight: usize, stride: usize, sign: usize, out: usize, dHead: i32, dModel: i32): void {
  memory.fill(out, 0, <usize>dHead << 3);
  let d = 0;
  for (; d + 4 <= dModel; d += 4) {
    const s0 = load<f64>(sign);
    const s1 = load<f64>(sign, 8);
    const s2 = load<f64>(sign, 16);
    const s3 = load<f64>(sign, 24);
    const p0 = f64x2.splat(s0);
    const p1 = f64x2.splat(s1);
    const p2 = f64x2.splat(s2);
    const p3 = f64x2.splat(s3);
    let row0 = weight;
    let row1 = row0 + stride;
    let row2 = row1 + stride;
    let row3 = row2 + stride;
    let to = out;
    let c = 0;
    for (; c + 2 <= dHead; c += 2) {
      let sum = f64x2.add(v128.load(to), f64x2.mul(p0, pair<f32>(row0, 0)));
      sum = f64x2.add(sum, f64x2.mul(p1, pair<f32>(row1, 0)));
      sum = f64x2.add(sum, f64x2.mul(p2, pair<f32>(row2, 0)));
      v128.store(to, f64x2.add(sum, f64x2.mul(p3, pair<f32>(row3, 0))));
      row0 += 8;
      row1 += 8;
      row2 += 8;
      row3 += 8;
      to += 16;
    }
    if (c < dHead) {
      let sum = load<f64>(to) + s0 * <f64>load<f32>(row0);
      sum += s1 * <f64>load<f32>(row1);
      sum += s2 * <f64>load<f32>(row2);
      store<f64>(to, sum + s3 * <f64>load<f32>(row3));
    }
    sign += 32;
    weight += stride << 2;
  }
  for (; d < dModel; d++) {
    const s = load<f64>(sign);
    for (let c = 0; c < dHead; c++) {
      const to = out + (<usize>c << 3);
      store<f64>(to, load<f64>(to) + s * <f64>load<f32>(weight + (<usize>c << 2)));
    }
    sign += 8;
    weight += stride;
  }
}

/**
 * Coordinates with |x_d| < farthest |O[h][:, d]|, by their ratio |x_d| / |O[h][:, d]| and then their number.
 * @returns how many there are
 */
function correctionOrder(magnitude: usize, norms: usize, farthest: f64, ratios: usize, order: usize, dModel: i32): i32 {
  let n = 0;
  for (let d = 0; d < dModel; d++) {
    const x = load<f64>(magnitude + (<usize>d << 3));
    const norm = load<f64>(norms + (<usize>d << 3));
    if (x >= farthest * norm) continue;
    store<f64>(ratios + (<usize>n << 3), x / norm);
    store<u32>(order + (<usize>n << 2), d);
    n++;
  }
  for (let gap = firstGap(n); gap > 0; gap = gap / 3) {
    for (let i = gap; i < n; i++) {
      const ratio = load<f64>(ratios + (<usize>i << 3));
      const d = load<u32>(order + (<usize>i << 2));
      let to = i;
      while (to >= gap) {
        const other = load<f64>(ratios + (<usize>(to - gap) << 3));
        const otherD = load<u32>(order + (<usize>(to - gap) << 2));
        if (other < ratio || (other == ratio && otherD < d)) break;
        store<f64>(ratios + (<usize>to << 3), other);
        store<u32>(order + (<usize>to << 2), otherD);
        to -= gap;
      }
      store<f64>(ratios + (<usize>to << 3), ratio);
      store<u32>(order + (<usize>to << 2), d);
    }
  }
  return n;
}

/** Largest of 1, 4, 13, 40, ... below n. */
function firstGap(n: i32): i32 {
  let gap = 1;
  while (gap * 3 + 1 < n) gap = gap * 3 + 1;
  return gap;
}
