// `npm test`: installs what is missing, then runs every stage up to the first that fails. Imports nothing that npm
// has to install first. The last line is `N passed, N failed`, summed over the stages' tests.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDependencies } from './setup/dependencies.mjs';
import { endWithScript, npm, run } from './setup/runCommand.mjs';
import { ensureSystemPackages, TEST_PACKAGES } from './setup/systemPackages.mjs';
import { countTests } from './setup/testCounts.mjs';
import { chooseVscode } from './vscode/testSession.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
endWithScript();

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {string} script npm's
 * @property {readonly string[]} [args]
 * @property {boolean} [early] begins with the stage before it, which leaves a core free
 */

/** @type {readonly Stage[]} */
const STAGES = [
  { name: 'Build', script: 'build' },
  { name: 'Lint', script: 'lint' },
  { name: 'Type check', script: 'typecheck', early: true },
  { name: 'Unit tests', script: 'test:unit' },
  // Always the same cases, so that a change decides and not chance; by hand each run draws others.
  { name: 'Property cases', script: 'test:fuzz', args: ['--seed', '13'], early: true },
  { name: 'Conformance tests', script: 'test:conformance' },
  { name: 'VS Code servers', script: 'vscode', early: true },
  { name: 'Integration tests', script: 'test:integration', args: ['--no-total'] },
  { name: 'npm start', script: 'test:start' },
  { name: 'The package', script: 'test:packaged' },
];

/** @param {Stage} stage @param {boolean} quiet @returns {Promise<{ code: number, output: string }>} */
async function runStage({ script, args = [] }, quiet) {
  const { file, args: npmArgs } = npm();
  let output = '';
  const code = await run(file, [...npmArgs, 'run', '--silent', script, ...(args.length ? ['--', ...args] : [])], {
    cwd: ROOT, quiet, onText: (text) => { output += text; },
  });
  return { code, output };
}

/** @returns {Promise<boolean>} whether everything that the stages need is there */
async function prepare() {
  // A desktop VS Code brings its own window; then SwiftShader is welcome and not needed.
  const wish = chooseVscode() === 'server' ? await ensureSystemPackages(TEST_PACKAGES) : undefined;
  if (wish) console.error(wish);
  return !wish && await ensureDependencies(ROOT);
}

/** @param {string} name @param {() => Promise<boolean>} body */
async function timed(name, body) {
  console.log(`\n=== ${name}`);
  const begin = Date.now();
  const passed = await body();
  console.log(`=== ${name}: ${passed ? 'passed' : 'FAILED'} in ${((Date.now() - begin) / 1000).toFixed(1)} s`);
  return passed;
}

async function main() {
  const total = { passed: 0, failed: 0 };
  if (!await timed('Preparation', prepare)) return { passed: 0, failed: 1 };
  /** @type {ReturnType<typeof runStage> | undefined} */
  let early;
  for (const [i, stage] of STAGES.entries()) {
    const passed = await timed(stage.name, async () => {
      const begun = early;
      early = STAGES[i + 1]?.early ? runStage(STAGES[i + 1], true) : undefined;
      const { code, output } = await (begun ?? runStage(stage, false));
      if (begun) process.stdout.write(output);
      const counts = countTests(output);
      total.passed += counts.passed;
      total.failed += code !== 0 && counts.failed === 0 ? 1 : counts.failed;
      return code === 0 && counts.failed === 0;
    });
    if (!passed) break;
  }
  return total;
}

const { passed, failed } = await main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  return { passed: 0, failed: 1 };
});
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
