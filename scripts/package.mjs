// `npm run package [-- --target T]...`: one .vsix a target into packages/. Two runs on one commit give the same bytes.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createVSIX } from '@vscode/vsce';
import { buildBundles } from './packaging/bundles.mjs';
import { shippedPackages } from './packaging/notices.mjs';
import { stagePackage } from './packaging/stage.mjs';
import { TARGETS, targetOf, UNIVERSAL } from './packaging/targets.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

const { values } = parseArgs({
  options: {
    target: { type: 'string', multiple: true },
    out: { type: 'string', default: join(ROOT, 'packages') },
    /** Where links into the project lead, for example https://github.com/OWNER/NAME. */
    repository: { type: 'string' },
  },
});

/** The time that files in the packages bear: that of the commit, so that it does not depend on when they are made. */
function sourceDateEpoch() {
  if (process.env.SOURCE_DATE_EPOCH) return process.env.SOURCE_DATE_EPOCH;
  const commit = spawnSync('git', ['log', '-1', '--format=%ct'], { cwd: ROOT, encoding: 'utf8' }).stdout?.trim();
  if (!commit) throw new Error('There is no git commit to take the files\' time from; set SOURCE_DATE_EPOCH (seconds since 1970).');
  return commit;
}

async function main() {
  const targets = values.target ?? [...Object.keys(TARGETS), UNIVERSAL];
  targets.forEach(targetOf); // an unknown one ends it before anything is built
  process.chdir(ROOT);
  process.env.SOURCE_DATE_EPOCH = sourceDateEpoch();
  process.env.TZ = 'UTC'; // zip files bear local times
  const { name, version } = JSON.parse(readFileSync('package.json', 'utf8'));
  const out = resolve(values.out);
  mkdirSync(out, { recursive: true });
  const scratch = mkdtempSync(join(tmpdir(), 'flashtrace-package-'));
  try {
    const dist = join(scratch, 'dist');
    const packages = shippedPackages(ROOT, await buildBundles({ dist, shipped: true }));
    for (const target of targets) {
      const stage = join(scratch, target);
      stagePackage({ root: ROOT, stage, target, dist, packages, repository: values.repository });
      const file = join(out, `${name}-${target}-${version}.vsix`);
      await createVSIX({
        cwd: stage, packagePath: file, dependencies: false, rewriteRelativeLinks: false, allowMissingRepository: true,
        ...(target !== UNIVERSAL && { target }),
      });
      const digest = createHash('sha256').update(readFileSync(file)).digest('hex');
      console.log(`${file}  ${(statSync(file).size / 1e6).toFixed(1)} MB  sha256 ${digest}`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

await main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
