import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { CheckpointError } from '../../../../src/engine/base/errors';
import { commandLine } from '../../../../src/host/models/commandLine';

const of = (model: string, platform: NodeJS.Platform) => commandLine({ program: '/ext/cli.js', model, transcript: 'FILE', platform });

describe('a model\'s command line', () => {
  it('is plain where paths are', () => {
    assert.equal(of('/models/org--x_1.5', 'linux'), 'node /ext/cli.js trace --model /models/org--x_1.5 --transcript FILE --answer');
    assert.equal(of('C:\\models\\x', 'win32'), 'node /ext/cli.js trace --model C:\\models\\x --transcript FILE --answer');
    assert.equal(of('C:\\models\\x', 'linux'), 'node /ext/cli.js trace --model \'C:\\models\\x\' --transcript FILE --answer');
  });

  it('reaches a program as it is, whatever a folder is called', () => {
    for (const path of ['/a b/c', '/it\'s', '/$(touch x)`y`', '/"q"', '/a;b&c|d', '/*?[x]', '/~', '/!x', '/ü']) {
      const said = execFileSync('sh', ['-c', of(path, 'linux').replace('node /ext/cli.js', 'printf "%s\\n"')], { encoding: 'utf8' });
      assert.equal(said, `trace\n--model\n${path}\n--transcript\nFILE\n--answer\n`);
    }
  });

  it('is quoted for PowerShell on Windows', () => {
    assert.ok(of('C:\\it\'s $env:x\\a,b', 'win32').includes('--model \'C:\\it\'\'s $env:x\\a,b\' '));
  });

  it('is none where a terminal would act on the path', () => {
    assert.throws(() => of('/a\x1b]0;x\x07', 'linux'), (error) => error instanceof CheckpointError && error.message.includes('\\u001b') && !error.message.includes('\x1b'));
    assert.throws(() => of('/a\nrm', 'linux'), CheckpointError);
  });
});
