import assert from 'node:assert/strict';
import { expectedSnapshots, RunSnapshots, type Carried } from '../../../../src/engine/state/runSnapshots';

/** Four bytes that tell of which length they are. */
const at = (length: number): Carried => [{}, { state: Float32Array.of(length) }];
const lengths = (snapshots: RunSnapshots) => Array.from({ length: 200 }, (_, i) => snapshots.before(i)?.length ?? 0).filter((length, i) => length === i && i > 0);

function taken(...moments: number[]): RunSnapshots {
  const snapshots = new RunSnapshots();
  for (const length of moments) snapshots.add(length, at(length), true);
  return snapshots;
}

describe('what recurrent layers carried along a run', () => {
  it('is found for a length, or for the longest one before it', () => {
    const snapshots = taken(10, 30);
    assert.deepEqual([9, 10, 29, 30, 1000].map((length) => snapshots.before(length)?.length ?? null), [null, 10, 10, 30, 30]);
    assert.deepEqual(snapshots.before(29)!.carried, at(10));
    assert.equal(new RunSnapshots().before(1000), null);
  });

  it('is kept of moments alone; the others pass', () => {
    const snapshots = taken(10);
    snapshots.add(11, at(11), false);
    snapshots.add(12, at(12), false);
    assert.deepEqual(lengths(snapshots), [10]);
    snapshots.add(40, at(40), true);
    assert.deepEqual(lengths(snapshots), [10, 40]);
    snapshots.add(10, at(10), false);
    assert.deepEqual(lengths(snapshots), [], 'a run that begins again knows nothing of what was behind');
  });

  it('is of eight at most, which lie evenly; the first rows\' go before wide gaps open, the last one\'s never', () => {
    assert.deepEqual(lengths(taken(10, 20, 30, 40, 50, 60, 70, 80)), [10, 20, 30, 40, 50, 60, 70, 80]);
    assert.deepEqual(lengths(taken(10, 20, 30, 31, 50, 60, 70, 80, 90)), [10, 20, 31, 50, 60, 70, 80, 90], 'the one whose neighbours are near');
    assert.deepEqual(lengths(taken(5, 20, 40, 60, 80, 100, 120, 140, 160)), [20, 40, 60, 80, 100, 120, 140, 160], 'the beginning is a neighbour');
    assert.deepEqual(lengths(taken(20, 40, 60, 80, 100, 120, 140, 160, 161)).at(-1), 161);
    const long = lengths(taken(...Array.from({ length: 180 }, (_, i) => i + 1)));
    assert.equal(long.length, 8);
    assert.equal(long[7], 180);
    const gaps = [0, ...long].slice(0, -1).map((length, i) => long[i] - length);
    assert.ok(Math.max(...gaps) <= 60, `no edit costs a third of the text: ${long.join(', ')}`);
  });

  it('is taken over as far as a beginning reaches', () => {
    const [from, to] = [taken(10, 20, 30), new RunSnapshots()];
    to.take(from, 29);
    assert.deepEqual([lengths(to), lengths(from)], [[10, 20], [10, 20, 30]]);
    assert.equal(to.before(20)!.carried, from.before(20)!.carried, 'the same arrays');
    to.add(25, at(25), true);
    assert.deepEqual(lengths(from), [10, 20, 30]);
    to.take(from, 9);
    assert.deepEqual(lengths(to), []);
  });

  it('is counted once each, what is carried now with it', () => {
    const snapshots = taken(10, 20);
    assert.equal(snapshots.bytes(at(25)), 12);
    assert.equal(snapshots.bytes(snapshots.before(20)!.carried), 8);
    assert.equal(new RunSnapshots().bytes([{}, {}]), 0);
    assert.deepEqual([1, 256, 257, 1000, 2048, 100_000].map(expectedSnapshots), [1, 1, 2, 4, 8, 8]);
  });
});
