import assert from 'node:assert/strict';
import { platform } from 'node:process';
import { engineSoak } from '../../../bench/soak/engineSoak';
import { SHORT_SOAK } from '../../../bench/soak/soakSize';

/** Workers that are ending and files that are being read come and go; what is left behind with every switch, generation or trace is more. */
const COMES_AND_GOES = 6;

describe('the engine process after many requests', function () {
  before(function () {
    if (platform === 'linux') return;
    console.log('    skipped: what a process holds is read from /proc, which Linux has');
    this.skip();
  });

  it('leaves no file, thread or resource behind', async () => {
    const samples = await engineSoak(SHORT_SOAK);
    const [first, last] = [samples[0].holdings, samples.at(-1)!.holdings];
    assert.ok(last.files <= first.files + COMES_AND_GOES, `${first.files} open files, later ${last.files}`);
    assert.ok(last.threads <= first.threads + COMES_AND_GOES, `${first.threads} threads, later ${last.threads}`);
    for (const [kind, count] of Object.entries(last.resources)) assert.ok(count <= (first.resources[kind] ?? 0) + COMES_AND_GOES, `${first.resources[kind]} of ${kind}, later ${count}`);
  });
});
