import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { DriverApi } from '../integration/support/driverApi';
import { ROOT } from '../support/folders';

const EXTENSION = 'flashtrace.flashtrace-vscode';

/** `npm start` as a person without a desktop VS Code meets it: the address that it prints, opened in a browser. */
describe('npm start', function () {
  let program: ChildProcess;
  let browser: Browser;
  let page: Page;
  let driver: DriverApi;
  let address: string;

  before(async function () {
    if (process.platform !== 'linux') {
      console.log('    skipped: only Linux has the VS Code server route');
      this.skip();
    }
    program = spawn(process.execPath, [join(ROOT, 'scripts', 'start.mjs')], { env: { ...process.env, FLASHTRACE_VSCODE: 'server' }, stdio: ['ignore', 'pipe', 'inherit'] });
    address = await new Promise((resolve, reject) => {
      let output = '';
      program.stdout!.on('data', (data: Buffer) => {
        output += data.toString();
        const found = /http:\/\/127\.0\.0\.1:\S+/.exec(output);
        if (found) resolve(found[0]);
      });
      program.once('exit', (code) => reject(new Error(`npm start ended with ${code}:\n${output}`)));
    });
    // Modules of the scripts' own kind; mocha loads this file as CommonJS.
    const script = (name: string) => import(join(ROOT, 'scripts', 'vscode', name)) as Promise<unknown>;
    const { openBrowser } = (await script('browser.mjs')) as { openBrowser: () => Promise<Browser> };
    const { createDriver } = (await script('driver.mjs')) as { createDriver: (page: Page, pictures: string) => DriverApi };
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    driver = createDriver(page, join(ROOT, 'test', 'output', 'screenshots'));
  });

  after(async () => {
    await browser?.close();
    const ended = new Promise((resolve) => program?.once('exit', resolve));
    if (program?.kill('SIGINT')) await ended;
  });

  async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 60_000; !(await condition()); ) {
      assert.ok(Date.now() < end, `Waited in vain until ${what}.`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  const coloured = () => until('the editor is coloured', async () => (await driver.decorations()).length > 20);
  const tokens = () => driver.webviewCount({ extension: EXTENSION, selector: '[data-token]' });

  it('opens the sample with the extension; Trace Answer from the palette colours it', async () => {
    await page.goto(address);
    await until('the extension offers a trace', async () => (await driver.text({ selector: '.codelens-decoration' })).some((text) => text.includes('Trace answer')));
    await driver.press({ keys: 'F1' });
    await driver.type({ text: 'FlashTrace: Trace Answer' });
    await until('the palette lists the command', async () => (await driver.text({ selector: '.quick-input-list .monaco-list-row.focused' })).some((text) => text.includes('Trace Answer')));
    await driver.press({ keys: 'Enter' });
    await coloured();
    await until('the panel has the tokens', async () => (await tokens()) > 100);
  });

  it('after a window reload panel and colours are back, without a model run', async () => {
    const before = await tokens();
    // In a browser VS Code writes its state down every five seconds; leaving the page sooner loses it, whatever an extension does.
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    // Without the file to open in the address, as a window that restores its editors.
    await page.goto(address.replace(/&payload=[^&]*/, ''));
    await coloured();
    await until('the panel has its tokens back', async () => (await tokens()) === before);
    const status = (await driver.text({ selector: '.part.statusbar .statusbar-item' })).find((text) => text.includes('tracelet-1m'));
    assert.match(status ?? '', /traced/);
    assert.doesNotMatch(status ?? '', /CPU/, 'no model has been loaded');
    await driver.snapshot({ name: 'reloaded-dark' });
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
