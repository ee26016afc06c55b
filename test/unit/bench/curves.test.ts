import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Curve } from '../../../bench/curves/curve';
import { curveLines, factors } from '../../../bench/curves/curveLines';
import type { CurveMethod, CurveReading } from '../../../bench/curves/curveMethods';
import { chosenSizes } from '../../../bench/curves/curveSizes';
import { logLogSlope, meanRestMs, middles, restMs, scaledUp } from '../../../bench/curves/extrapolation';
import { TRACELET } from '../../../bench/subject/randomCheckpoint';
import { readState, writeState } from '../../../bench/subject/stateFile';
import { parseModelConfig } from '../../../src/engine/checkpoint/parseModelConfig';
import { TraceState } from '../../../src/engine/state/traceState';

const SIZES = { context: 100, targets: [10, 40], target: 20, contexts: [50, 100], affordMs: 1000, repeatMs: 10 };

describe('curves of the bench', () => {
  it('find the power of a line, and the least-squares one of points beside it', () => {
    const power = (x: number) => [x, 7 * x ** 1.5] as const;
    assert.ok(Math.abs(logLogSlope([10, 100, 3000].map(power)) - 1.5) < 1e-12);
    // log10 y is 0, 1 and 3 at log10 x = 0, 1, 2: sum of x y about the means is 3, of x x 2.
    assert.ok(Math.abs(logLogSlope([[1, 1], [10, 10], [100, 1000]]) - 1.5) < 1e-12);
    assert.ok(Number.isNaN(logLogSlope([[5, 2]])));
  });

  it('spread a part over the whole and scale it up', () => {
    assert.deepEqual(middles(2, 5000), [1250, 3750]);
    assert.deepEqual(middles(4, 8), [1, 3, 5, 7]);
    assert.equal(scaledUp([30, 50], 32, 320), 400);
  });

  it("read what rows from a position on took off a run's marks", () => {
    const marks = [{ rows: 0, ms: 0 }, { rows: 10, ms: 100 }, { rows: 20, ms: 400 }];
    assert.equal(restMs(marks, 0), 400);
    assert.equal(restMs(marks, 5), 350);
    assert.equal(restMs(marks, 10), 300);
    assert.equal(restMs(marks, 19), 30);
    assert.equal(meanRestMs(marks, 1), 400);
    // 400 to 310 in steps of 10, and 300 to 30 in steps of 30.
    assert.equal(meanRestMs(marks, 20), (3550 + 1650) / 20);
  });

  it('take sizes from the command line, ascending, and refuse what does not fit', () => {
    assert.deepEqual(chosenSizes(SIZES, { targets: '40,7', context: '90', afford: '2' }, 100), { ...SIZES, context: 90, targets: [7, 40], affordMs: 2000 });
    assert.throws(() => chosenSizes(SIZES, { targets: '10,many' }, 100), /--targets takes token counts, whole numbers of 1 or more, not "many"/);
    assert.throws(() => chosenSizes(SIZES, { contexts: '0' }, 100), /--contexts takes token counts/);
    assert.throws(() => chosenSizes(SIZES, { contexts: '50,200' }, 100), /takes 100 tokens, not the 200/);
    assert.throws(() => chosenSizes(SIZES, { targets: '99' }, 100), /99 target tokens do not fit into 100 tokens/);
  });

  it('draw lines along one axis, add the run, and compare at the longest target', () => {
    const reading = (method: CurveMethod, context: number, target: number, ms: number, change: Partial<CurveReading> = {}): CurveReading =>
      ({ method, context, target, ms, runs: 1, peakBytes: 1000, basis: null, ...change });
    const run = (context: number) => ({ context, taps: 41, marks: [{ rows: 0, ms: 0 }, { rows: context, ms: 10 * context }], runs: 1, peakBytes: 5, logitsMsPerRow: 1 });
    const sampled = { peakBytes: null, basis: 'extrapolated from 64 rows' };
    const curve: Curve = {
      sizes: SIZES,
      runs: [run(100), run(50)],
      readings: [
        reading('flashtrace', 100, 10, 1), reading('tokenwise', 100, 10, 100),
        reading('flashtrace', 100, 40, 4), reading('tokenwise', 100, 40, 400, sampled),
        reading('flashtrace', 100, 20, 2), reading('flashtrace', 50, 20, 1),
      ],
    };
    const [flashtrace, tokenwise] = curveLines(curve, 'target', 'warm');
    assert.deepEqual(flashtrace.values.map(({ tokens, value }) => [tokens, value]), [[10, 1], [40, 4]]);
    assert.ok(Math.abs(flashtrace.slope - 1) < 1e-12);
    assert.equal(tokenwise.values[1].basis, 'extrapolated from 64 rows');
    assert.deepEqual(curveLines(curve, 'context', 'cold')[0].values.map(({ tokens, value }) => [tokens, value]), [[50, 501], [100, 1002]]);
    assert.deepEqual(curveLines(curve, 'target', 'memory')[1].values.map(({ tokens }) => tokens), [10]);
    assert.deepEqual(factors(curve).map(({ slow, fast, factor }) => [slow.method, fast.method, factor]), [['tokenwise', 'flashtrace', 100]]);
  });

  it('take a state from its file with the rows that a target needs', async () => {
    const config = parseModelConfig(TRACELET, 'config.json');
    const ids = Array.from({ length: 600 }, (_, i) => i);
    const whole = new TraceState(config, 40, ids.length);
    let next = 0;
    const values = (rows: number, width: number) => Float32Array.from({ length: rows * width }, () => next++ % 100_003);
    for (const { columns, taps } of whole.layers) {
      for (const store of Object.values(columns)) store.append(values(600, store.width));
      for (const store of Object.values(taps)) store.append(values(560, store.width));
    }
    whole.xFinal.append(values(560, whole.xFinal.width));
    const folder = await mkdtemp(join(tmpdir(), 'flashtrace-state-'));
    try {
      const path = join(folder, 'state');
      await writeState(path, whole);
      const part = await readState(path, config, ids, 40, 550);
      assert.equal(part.length, 600);
      part.layers.forEach((layer, l) => {
        for (const name of ['k', 'v']) assert.deepEqual(layer.columns[name].rows(0, 600), whole.layers[l].columns[name].rows(0, 600), `${name}.${l}`);
        for (const name of ['q', 'xIn', 'xMid']) assert.deepEqual(layer.taps[name].rows(0, 50), whole.layers[l].taps[name].rows(510, 560), `${name}.${l}`);
      });
      assert.deepEqual(part.xFinal.rows(0, 50), whole.xFinal.rows(510, 560));
      await assert.rejects(readState(path, config, [...ids, 600], 40, 550), /The state file ends after/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
