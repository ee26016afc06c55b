import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../support/folders';
import { enginesOf } from '../support/processes/engineProcesses';
import { StartedEditor } from '../support/processes/startedEditor';
import { WorkbenchPage } from '../support/workbenchPage';

/** `npm start` as a person without a desktop VS Code meets it: the address that it prints, opened in a browser. */
describe('npm start', function () {
  let editor: StartedEditor | undefined;
  let workbench: WorkbenchPage;

  before(async function () {
    if (process.platform !== 'linux') {
      console.log('    skipped: only Linux has the VS Code server route');
      this.skip();
    }
    editor = await StartedEditor.start();
    workbench = await WorkbenchPage.open();
  });

  after(async () => {
    await workbench?.close();
    await editor?.end();
  });

  let engine: number | undefined;

  it('opens the sample with the extension; Trace Answer from the palette colours it', async () => {
    await workbench.page.goto(editor!.address);
    await workbench.untilOffered();
    await workbench.palette('Trace Answer');
    await workbench.untilColoured();
    const engines = enginesOf();
    assert.equal(engines.length, 1, 'one engine');
    engine = engines[0];
    await workbench.until('the panel has the tokens', async () => (await workbench.panelTokens()) > 100);
  });

  it('after a window reload panel and colours are back, without a model run', async () => {
    const before = await workbench.panelTokens();
    // In a browser VS Code writes its state down every five seconds; leaving the page sooner loses it, whatever an extension does.
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    // Without the file to open in the address, as a window that restores its editors.
    await workbench.page.goto(editor!.address.replace(/&payload=[^&]*/, ''));
    await workbench.untilColoured();
    await workbench.until('the panel has its tokens back', async () => (await workbench.panelTokens()) === before);
    const status = (await workbench.driver.text({ selector: '.part.statusbar .statusbar-item' })).find((text) => text.includes('tracelet-1m'));
    assert.match(status ?? '', /traced/);
    assert.doesNotMatch(status ?? '', /CPU/, 'no model has been loaded');
    await workbench.driver.snapshot({ name: 'reloaded-dark' });
  });

  it('the engine of the window before the reload is gone; a trace starts one, and only one', async () => {
    await workbench.until('it is gone', async () => !enginesOf().includes(engine!));
    assert.deepEqual(enginesOf(), []);
    await workbench.palette('Trace Answer');
    await workbench.until('the model is in memory', async () => (await workbench.driver.text({ selector: '.part.statusbar .statusbar-item' })).some((text) => text.includes('tracelet-1m') && text.includes('CPU')));
    assert.equal(enginesOf().length, 1);
  });

  it('--headless traces the sample in the terminal', async () => {
    const child = spawn(process.execPath, [join(ROOT, 'scripts', 'start.mjs'), '--headless', '--top', '3'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    const code = await new Promise((resolve) => child.once('exit', resolve));
    assert.equal(code, 0, output);
    assert.match(output, /target "Oslo"/);
    assert.match(output, /Prompt: top sources/);
  });
});
