import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { DriverApi } from '../integration/support/driverApi';
import { ROOT } from './folders';

/** As `publisher.name`. */
export const EXTENSION = 'flashtrace.flashtrace-vscode';

/** A module of the scripts' own kind; mocha loads tests as CommonJS. @param path from `scripts/` on */
export function script<T>(path: string): Promise<T> {
  return import(join(ROOT, 'scripts', path)) as Promise<T>;
}

/** A browser page for the workbench of a VS Code server, driven from outside as a person uses it. */
export class WorkbenchPage {
  private constructor(private readonly browser: Browser, readonly page: Page, readonly driver: DriverApi) {}

  static async open(context: BrowserContextOptions = {}): Promise<WorkbenchPage> {
    const { openBrowser } = await script<{ openBrowser: () => Promise<Browser> }>('vscode/browser.mjs');
    const { createDriver } = await script<{ createDriver: (page: Page, pictures: string) => DriverApi }>('vscode/driver.mjs');
    const browser = await openBrowser();
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', ...context });
    return new WorkbenchPage(browser, page, createDriver(page, join(ROOT, 'test', 'output', 'screenshots')));
  }

  close(): Promise<void> {
    return this.browser.close();
  }

  async until(what: string, condition: () => Promise<boolean>): Promise<void> {
    for (const end = Date.now() + 60_000; !(await condition()); ) {
      if (Date.now() > end) assert.fail(`Waited in vain until ${what}; it looked like ${await this.driver.snapshot({ name: 'failed in vain' })}.`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  /** Waits for the lens of a transcript that can be traced: the extension is there. */
  untilOffered(): Promise<void> {
    return this.until('the extension offers a trace', async () => (await this.driver.text({ selector: '.codelens-decoration' })).some((text) => text.includes('Trace answer')));
  }

  /** Runs a command from the palette. @param title without its category */
  async palette(title: string, category = 'FlashTrace: '): Promise<void> {
    // While the page is still settling, a key goes to whatever has the focus just then.
    await this.until('the palette is open', async () => {
      await this.driver.press({ keys: 'F1' });
      return this.page.locator('.quick-input-widget input').first().isVisible();
    });
    await this.driver.type({ text: `${category}${title}` });
    await this.until('the palette lists the command', async () => (await this.driver.text({ selector: '.quick-input-list .monaco-list-row.focused' })).some((text) => text.includes(title)));
    await this.driver.press({ keys: 'Enter' });
  }

  untilColoured(): Promise<void> {
    return this.until('the editor is coloured', async () => (await this.driver.decorations()).length > 20);
  }

  /** Tokens that the panel shows. */
  panelTokens(): Promise<number> {
    return this.driver.webviewCount({ extension: EXTENSION, selector: '[data-token]' });
  }

  notifications(): Promise<string[]> {
    return this.driver.text({ selector: '.notification-list-item-message' });
  }
}
