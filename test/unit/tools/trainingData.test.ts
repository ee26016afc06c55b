import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { ROOT } from '../../support/folders';

describe('training data (tools/train)', () => {
  it('keeps what its generator promises', function () {
    const { error, status, stderr } = spawnSync('python3', ['-m', 'unittest', 'discover', '-s', 'tools/train'], { cwd: ROOT, encoding: 'utf8' });
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') {
      console.log('      no python3 is installed: the generator of training data is not tested');
      return this.skip();
    }
    assert.equal(status, 0, stderr);
    assert.match(stderr, /Ran \d\d+ tests/);
  });
});
