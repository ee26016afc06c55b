import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { HubServer, IN_FLIGHT } from '../support/hub/hubServer';
import { checkpointRepository, COMMIT } from '../support/hub/repositories';
import { StartedEditor } from '../support/processes/startedEditor';
import { seededUniform } from '../support/seededRandom';
import { temporaryFolder } from '../support/temporaryFolder';
import { WorkbenchPage } from '../support/workbenchPage';

const MB = 1e6;
const ROWS = '.quick-input-widget:not([style*="display: none"]) .quick-input-list .monaco-list-row';

describe('A download that the end of VS Code comes in between', function () {
  const scratch = temporaryFolder();
  let hub: HubServer;
  let editor: StartedEditor | undefined;
  let workbench: WorkbenchPage | undefined;

  before(async function () {
    if (process.platform !== 'linux') {
      console.log('    skipped: only Linux has the VS Code server route');
      this.skip();
    }
    hub = await HubServer.start({ 'org/large': checkpointRepository([90 * MB, 110 * MB]) });
  });
  after(async () => {
    await workbench?.close();
    await editor?.end();
    await hub?.close();
  });

  /** VS Code from its start to a download that has begun. */
  async function beginDownload(): Promise<WorkbenchPage> {
    editor = await StartedEditor.start({ HF_ENDPOINT: hub.endpoint, HF_HUB_CACHE: join(scratch(), 'cache'), HF_HOME: scratch(), HF_TOKEN: '', NO_PROXY: '127.0.0.1' });
    const page = workbench = await WorkbenchPage.open();
    await page.page.goto(editor.address);
    await page.untilOffered();
    await page.palette('Download Model...');
    const rows = (...words: string[]) => page.until(`the list has ${words.join(', ')}`, async () => {
      const texts = await page.driver.text({ selector: ROWS });
      return words.every((word) => texts.some((text) => text.includes(word)));
    });
    await rows('HuggingFaceTB/SmolLM2-135M-Instruct');
    await page.driver.type({ text: 'org/large' });
    await rows('org/large');
    await page.driver.press({ keys: 'Enter' });
    await rows('safetensors', '200 MB');
    await page.driver.press({ keys: 'Enter' });
    return page;
  }

  it('goes on where it was, through five cuts at random places: 200 MB, byte by byte, nothing fetched twice', async () => {
    const uniform = seededUniform(Number(process.env.FLASHTRACE_SEED ?? 11));
    const cut = () => Math.floor(uniform() * 25 * MB);
    // So slow that a person could end VS Code in the middle.
    hub.speed = 40 * MB;
    hub.cuts = [cut(), cut(), cut()];
    const first = await beginDownload();
    await first.until('more than half has come', () => Promise.resolve(hub.bytesServed > 110 * MB));
    await first.close();
    await editor!.end();
    // The downloader sees that VS Code is gone a moment later.
    for (let before = -1; before !== hub.bytesServed;) {
      before = hub.bytesServed;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    assert.ok(hub.bytesServed < 200 * MB, 'nothing goes on without VS Code');

    hub.cuts = [cut(), cut()];
    const second = await beginDownload();
    await second.until('it is told that all has come', async () => (await second.notifications()).some((text) => text.includes('org/large (safetensors) was downloaded and checked')));
    assert.deepEqual(hub.cuts, [], 'every cut was made');
    const { files } = hub.repositories.get('org/large')!;
    const snapshot = join(scratch(), 'cache', 'models--org--large', 'snapshots', COMMIT);
    const fetched = readdirSync(snapshot, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(snapshot, name)).isFile());
    assert.equal(fetched.length, 9);
    for (const name of fetched) assert.ok(readFileSync(join(snapshot, name)).equals(files[name].content), name);
    const twice = hub.bytesServed - fetched.reduce((sum, name) => sum + files[name].content.length, 0);
    assert.ok(twice >= 0 && twice <= 6 * IN_FLIGHT, `${twice} bytes were served twice`);
  });
});
