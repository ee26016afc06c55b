import assert from 'node:assert/strict';
import { findMissed, mostSearchRuns } from '../../../../src/engine/requests/verify/findMissed';
import type { ScoredPassage } from '../../../../src/engine/requests/verify/proposePassages';

const passages = (count: number): ScoredPassage[] => Array.from({ length: count }, (_, i) => ({ text: `p${i}`, share: 0, range: { start: i, end: i + 1 }, tokens: { start: i, end: i + 1 } }));

/** Looks for the passages whose effects are given, which add up. @returns what was found, and the sizes of the groups that were taken out */
async function find(count: number, effects: Readonly<Record<string, number>>, mostRuns = 100) {
  const groups: number[] = [];
  const { found, togetherDrop } = await findMissed(passages(count), {
    leastDrop: 0.1,
    mostRuns,
    measure: (group) => {
      groups.push(group.length);
      return Promise.resolve({ logProbDrop: group.reduce((sum, { text }) => sum + (effects[text] ?? 0.001), 0), targetLogProbBefore: 0, targetLogProbAfter: 0 });
    },
  });
  assert.equal(togetherDrop === null, count === 0);
  return { found: found.map(({ text }) => text).sort(), groups };
}

describe('looking for what a trace missed', () => {
  it('takes one run where there is nothing, none where there is nothing to take out', async () => {
    assert.deepEqual(await find(9, {}), { found: [], groups: [9] });
    assert.deepEqual(await find(0, {}), { found: [], groups: [] });
  });

  it('halves its way to one', async () => {
    assert.deepEqual(await find(8, { p2: 5 }), { found: ['p2'], groups: [8, 4, 2, 1] });
    assert.deepEqual(await find(1, { p0: 5 }), { found: ['p0'], groups: [1] });
  });

  it('finds several, wherever they are', async () => {
    for (const wanted of [['p0', 'p1'], ['p0', 'p12'], ['p3', 'p4', 'p9']]) {
      assert.deepEqual((await find(13, Object.fromEntries(wanted.map((name, i) => [name, 2 + 3 * i])))).found, [...wanted].sort());
    }
  });

  it('does not measure a half that must have the whole effect, until it is a single passage', async () => {
    assert.deepEqual(await find(16, { p15: 5 }), { found: ['p15'], groups: [16, 8, 4, 2, 1, 1] });
  });

  it('may take the runs that lead to a single one, however few the proposals', async () => {
    assert.deepEqual([mostSearchRuns(8, 12), mostSearchRuns(8, 40), mostSearchRuns(1, 1)], [9, 13, 2]);
    for (let i = 0; i < 40; i++) assert.deepEqual((await find(40, { [`p${i}`]: 5 }, mostSearchRuns(1, 40))).found, [`p${i}`]);
  });

  it('stops when its runs are used up, the largest effect first', async () => {
    const { found, groups } = await find(16, { p1: 3, p14: 30 }, 8);
    assert.deepEqual([found, groups.length], [['p14'], 8]);
  });
});
