import assert from 'node:assert/strict';
import { CHUNK } from '../../../../../src/engine/decoder/recurrent/chunkGraph';
import type { Recurrence } from '../../../../../src/engine/decoder/recurrent/recurrence';
import { RecurrentSession } from '../../../../../src/engine/decoder/recurrent/recurrentSession';
import { assertClose } from '../../../../support/assertClose';
import { patternTimes, recurrentCase, recurrentPattern, type CaseOptions } from '../../../../support/recurrences';

/** Of the largest value. */
const TOLERANCE = 1e-5;

const OPTIONS = { executionProviders: ['cpu'], logSeverityLevel: 3 } as const;

const DELTA: Recurrence = { rule: 'delta', nHeads: 4, nKeyHeads: 2, dKey: 16, dHead: 6 };
const DECAY: Recurrence = { rule: 'decay', nHeads: 4, nKeyHeads: 1, dKey: 16, dHead: 6 };
/** Big enough for the operator's other path, which leaves the products to ONNX Runtime's matrix library. */
const WIDE = [{ ...DELTA, nHeads: 2, dKey: 128, dHead: 32 }, { ...DECAY, nHeads: 2, dKey: 128, dHead: 32 }];
const GROUPED = [1, 2, 4].flatMap((group) => [{ ...DELTA, nKeyHeads: 4 / group }, { ...DECAY, nKeyHeads: 4 / group }]);

const upTo = (end: number, count: number) => Array.from({ length: count }, (_, i) => end - count + i);

describe('attribution through recurrent states', () => {
  let session: RecurrentSession;
  before(async () => { session = await RecurrentSession.create([DELTA, DECAY, ...WIDE, ...GROUPED], OPTIONS); });
  after(() => session.release());

  /** `pattern` and `reach` against the definition, and `reach` against `pattern`. */
  async function agrees(recurrence: Recurrence, positions: readonly number[], options: CaseOptions): Promise<void> {
    const { nHeads, dHead } = recurrence;
    const { columns, rows, y, skip } = recurrentCase(recurrence, positions, options);
    const wanted = recurrentPattern(recurrence, columns, rows, skip);
    const found = await session.pattern(recurrence, columns, rows, skip);
    const perHead = found.length / nHeads;
    wanted.forEach((head, h) => assertClose(`${recurrence.rule}, head ${h}`, [...found.subarray(h * perHead, (h + 1) * perHead)], head.flatMap((row) => [...row]), TOLERANCE));
    const reach = await session.reach(recurrence, columns, rows, y, skip);
    const perSpan = positions.length * nHeads * dHead;
    assert.equal(reach.length, y.length / perSpan);
    const read = wanted[0][0].length;
    const foundRows = wanted.map((head, h) => head.map((_, i) => Float64Array.from(found.subarray((h * head.length + i) * read, (h * head.length + i + 1) * read))));
    reach.forEach((sums, s) => {
      const ofSpan = y.subarray(s * perSpan, (s + 1) * perSpan);
      assertClose(`${recurrence.rule}, span ${s}`, [...sums], patternTimes(wanted, ofSpan, dHead).flatMap((row) => [...row]), TOLERANCE);
      assertClose(`${recurrence.rule}, span ${s} by the pattern`, [...sums], patternTimes(foundRows, ofSpan, dHead).flatMap((row) => [...row]), TOLERANCE);
    });
  }

  for (const recurrence of [DELTA, DECAY]) {
    describe(recurrence.rule, () => {
      for (const length of [1, 2, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK - 1, 2 * CHUNK, 2 * CHUNK + 1, 200]) {
        it(`${length} columns, the last ones as rows`, () => agrees(recurrence, upTo(length, Math.min(length, 9)), { seed: length }));
      }

      it('every column as a row', () => agrees(recurrence, upTo(150, 150), { seed: 1 }));

      it('one row', () => agrees(recurrence, [170], { seed: 2 }));

      it('one row, which is the first column', () => agrees(recurrence, [0], { seed: 3 }));

      it('rows here and there, chunks between them without any', () => agrees(recurrence, [0, 3, CHUNK - 1, CHUNK, 3 * CHUNK - 1, 5 * CHUNK, 5 * CHUNK + 7], { seed: 4 }));

      it('several spans at once', () => agrees(recurrence, [5, 90, 91, 140], { seed: 5, spans: 3 }));

      it('nothing decays', () => agrees(recurrence, upTo(200, 20), { seed: 6, logDecays: [[-1e-7, -1e-8]] }));

      it('decays that leave nothing at once, among weak ones', () => agrees(recurrence, upTo(200, 70), { seed: 7, logDecays: [[-500, -1e-4]] }));

      it('keys that are much alike', () => agrees(recurrence, upTo(300, 50), { seed: 8, likeness: 0.9, logDecays: [[-1e-2, -1e-4], [-1, -1e-3]] }));

      it('no digits are lost over a thousand columns', () => agrees(recurrence, upTo(1000, 20), { seed: 9, logDecays: [[-1e-3, -1e-4], [-5, -1e-3]] }));
    });
  }

  for (const recurrence of GROUPED) {
    it(`${recurrence.rule}: ${recurrence.nKeyHeads} key heads for 4 value heads`, () => agrees(recurrence, [3, 70, 71, 139], { seed: 10, spans: 2 }));
  }

  for (const recurrence of WIDE) {
    it(`${recurrence.rule}: heads of the size that models have`, () => agrees(recurrence, upTo(300, 40), { seed: 11, likeness: 0.5 }));
  }

  it('nothing above the diagonal, exactly', async () => {
    const positions = [2, 66, 67];
    const { columns, rows } = recurrentCase(DELTA, positions, { seed: 12 });
    const found = await session.pattern(DELTA, columns, rows, null);
    for (let h = 0; h < DELTA.nHeads; h++) {
      positions.forEach((position, i) => {
        const row = found.subarray((h * 3 + i) * 68, (h * 3 + i + 1) * 68);
        assert.ok(row[position] !== 0);
        assert.ok(row.subarray(position + 1).every((x) => x === 0));
      });
    }
  });

  it('more spans than one scan carries are those of as many scans', async () => {
    const wide: Recurrence = { rule: 'delta', nHeads: 8, nKeyHeads: 8, dKey: 128, dHead: 256 }; // 1 MB for each span
    const { columns, rows, y } = recurrentCase(wide, [20, 80], { seed: 13, spans: 34 });
    const own = await RecurrentSession.create([wide], OPTIONS);
    try {
      const found = await own.reach(wide, columns, rows, y, null);
      const wanted = recurrentPattern(wide, columns, rows, null);
      assert.equal(found.length, 34);
      for (const s of [0, 31, 32, 33]) {
        const ofSpan = y.subarray(s * 2 * 8 * 256, (s + 1) * 2 * 8 * 256);
        assertClose(`span ${s}`, [...found[s]], patternTimes(wanted, ofSpan, 256).flatMap((row) => [...row]), TOLERANCE);
      }
    } finally {
      await own.release();
    }
  });

  for (const method of ['pattern', 'reach'] as const) {
    it(`${method}: stops where the pause between two chunks throws`, async () => {
      const { columns, rows, y } = recurrentCase(DELTA, upTo(4 * CHUNK, 2), { seed: 14 });
      let pauses = 0;
      const pause = (limit: number) => () => (++pauses === limit ? Promise.reject(new Error('stopped')) : Promise.resolve());
      const run = (between: () => Promise<void>): Promise<unknown> => (method === 'pattern' ? session.pattern(DELTA, columns, rows, null, between) : session.reach(DELTA, columns, rows, y, null, between));
      await assert.rejects(run(pause(2)), /stopped/);
      assert.equal(pauses, 2);
      pauses = 0;
      await run(pause(Infinity));
      assert.equal(pauses, 3);
    });
  }

  describe('what does not fit is refused', () => {
    const { columns, rows, y } = recurrentCase(DELTA, [1, 4], { seed: 15 });

    it('rows out of order, twice, or none', async () => {
      for (const positions of [[4, 1], [4, 4], [], [-1, 4]]) {
        await assert.rejects(session.pattern(DELTA, columns, { positions, q: rows.q }, null), /ascending/);
      }
    });

    it('columns beyond the last row', async () => {
      await assert.rejects(session.pattern(DELTA, columns, { positions: [1, 3], q: rows.q }, null), /"k" of a recurrent layer has 160 numbers; 128 are wanted for 2 rows and 4 columns/);
    });

    it('decays of fewer heads', async () => {
      await assert.rejects(session.reach(DELTA, { ...columns, logDecay: columns.logDecay.subarray(5) }, rows, y, null), /"logDecay" of a recurrent layer has 15 numbers; 20 are wanted/);
    });

    it('skips of fewer heads', async () => {
      await assert.rejects(session.pattern(DELTA, columns, rows, new Float32Array(3)), /"skip" of a recurrent layer has 3 numbers; 4 are wanted/);
    });

    it('y of half a row', async () => {
      await assert.rejects(session.reach(DELTA, columns, rows, y.subarray(3), null), /"y" of a recurrent layer has 45 numbers; a multiple of 48 is wanted/);
    });

    it('a recurrence that no session was made for', async () => {
      await assert.rejects(session.pattern({ ...DELTA, dHead: 7 }, columns, rows, null), /No session was made for the recurrence delta, 4 value heads of 7, 2 key heads of 16/);
    });

    it('value heads that key heads do not divide', async () => {
      await assert.rejects(RecurrentSession.create([{ ...DELTA, nKeyHeads: 3 }], OPTIONS), /4 value heads for 3 key heads; a multiple is wanted/);
    });
  });
});
