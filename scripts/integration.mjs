// Runs test/integration in a real VS Code, and trust/restrictedMode.test.ts there in one that does not trust its folder. `node scripts/integration.mjs [--grep PATTERN] [--no-total]`
import { rmSync } from 'node:fs';
import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildTests } from './buildTests.mjs';
import { endWithScript, run } from './setup/runCommand.mjs';
import { createDriver } from './vscode/driver.mjs';
import { startDriverServer } from './vscode/driverServer.mjs';
import { openTestSession } from './vscode/testSession.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MINUTES = Number(process.env.FLASHTRACE_INTEGRATION_MINUTES ?? 15);

const { values } = parseArgs({ options: { grep: { type: 'string' }, 'no-total': { type: 'boolean' } } });
endWithScript();

/** The tests' exit code, or a failure when they have not ended in time. @param {Promise<number>} exit */
async function withinTime(exit) {
  let timer;
  /** @type {Promise<never>} */
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`The integration tests had not ended after ${MINUTES} minutes and were stopped (FLASHTRACE_INTEGRATION_MINUTES sets the limit).`)), MINUTES * 60_000);
  });
  return Promise.race([exit, late]).finally(() => clearTimeout(timer));
}

/** A folder that nobody trusts, with settings that must not take effect. @param {string} workspace */
async function addHostileSettings(workspace) {
  await mkdir(join(workspace, '.vscode'), { recursive: true });
  await cp(join(ROOT, 'models', 'tracelet-1m'), join(workspace, 'model'), { recursive: true });
  await writeFile(join(workspace, '.vscode', 'settings.json'), JSON.stringify({
    'flashtrace.model': join(workspace, 'model'), 'flashtrace.modelPaths': [workspace, 'model'], 'flashtrace.device': 'webgpu', 'flashtrace.memoryBudget': 0.1,
  }));
}

/** @param {{ restricted: boolean }} which */
async function main({ restricted }) {
  if (await run(process.execPath, ['esbuild.mjs'], { cwd: ROOT }) !== 0) throw new Error('The extension could not be built; see the lines above.');
  await buildTests();

  const scratch = await mkdtemp(join(tmpdir(), 'flashtrace-integration-'));
  // After everything that writes there has been ended, however this script ends.
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));
  const workspace = join(scratch, 'samples');
  await cp(join(ROOT, 'samples'), workspace, { recursive: true });
  if (restricted) await addHostileSettings(workspace);

  /** @type {(page: import('playwright-core').Page) => void} */
  let pageIsThere = () => undefined;
  const page = new Promise((resolve) => { pageIsThere = resolve; });
  const driver = page.then((there) => createDriver(there, join(ROOT, 'test', 'output', 'screenshots')));
  const server = await startDriverServer(() => driver);
  try {
    const session = await openTestSession({
      extension: ROOT,
      tests: join(ROOT, 'out', 'integration', 'index.js'),
      workspace,
      dataFolder: join(scratch, 'vscode'),
      restricted,
      env: {
        ...(restricted ? { FLASHTRACE_TEST_RESTRICTED: '1' } : {}),
        FLASHTRACE_DRIVER: server.url,
        ...(values.grep ? { FLASHTRACE_TEST_GREP: values.grep } : {}),
      },
    });
    console.log(`Started: ${session.description}.`);
    pageIsThere(session.page);
    const code = await withinTime(session.exit);
    const report = server.report();
    if (!report) console.error(`VS Code ended with exit code ${code} before the tests had a result. It said:\n${session.log()}`);
    await session.close();
    return { code, report };
  } finally {
    server.close();
  }
}

/** Two sessions of VS Code; a pattern names tests of one of them. */
const sessions = [{ restricted: false }, { restricted: true }].filter(({ restricted }) => !values.grep || restricted === /restricted/i.test(values.grep));
let [passed, failed] = [0, 0];
for (const session of sessions) {
  const { code, report } = await main(session).catch((error) => {
    console.error(error instanceof Error ? error.message : error);
    return { code: 1, report: undefined };
  });
  const found = report ?? { passed: 0, failed: 0 };
  const succeeded = code === 0 && found.passed > 0 && found.failed === 0;
  if (!succeeded && found.failed === 0 && report) console.error(`VS Code ended with exit code ${code}, with ${found.passed} tests passed and none failed.`);
  passed += found.passed;
  failed += found.failed || (succeeded ? 0 : 1);
}
if (!values['no-total']) console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
