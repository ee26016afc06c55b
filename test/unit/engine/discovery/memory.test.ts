import assert from 'node:assert/strict';
import { heldHere, memoryNow, freeInVmStat } from '../../../../src/engine/discovery/memory';

/** As macOS 14 prints it on an Apple M1 (16 GB). */
const VM_STAT = `Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                                5538.
Pages active:                            330216.
Pages inactive:                          323421.
Pages speculative:                         5994.
Pages throttled:                              0.
Pages wired down:                        136372.
Pages purgeable:                           2510.
"Translation faults":                 812345678.
`;

describe('memory', () => {
  it('is more than nothing, and no more than there is', async () => {
    const { free, total } = await memoryNow();
    assert.ok(free > 0 && free <= total, `${free} of ${total}`);
    const held = await heldHere();
    assert.ok(held > 1e6 && held < total);
  });

  it('of macOS counts the pages that are let go of when somebody asks', () => {
    assert.equal(freeInVmStat(VM_STAT), 16_384 * (5538 + 323_421 + 5994 + 2510));
    assert.equal(freeInVmStat('vm_stat: not found'), 0);
  });
});
