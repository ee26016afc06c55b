import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { FromPanel, ToPanel } from '../../../src/protocol/panel/messages';
import type { PanelState } from '../../../src/protocol/panel/panelState';
import { themeCss } from '../../../src/view/colour/themeCss';
import { panelHtml } from '../../../src/view/page/panelHtml';
import { GALLERY_DIR } from './buildGallery';

/** The panel's page as the extension makes it, in a browser, with VS Code's side of the webview played by the test. */
export class PanelPage {
  readonly errors: string[] = [];

  private constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => { if (message.type() === 'error') this.errors.push(message.text()); });
  }

  /** @param state what the panel saved before a window reload */
  static async open(browser: Browser, { state, width = 640, height = 900 }: { state?: PanelState; width?: number; height?: number } = {}): Promise<PanelPage> {
    const page = await browser.newPage({ viewport: { width, height } });
    const panel = new PanelPage(page);
    const path = join(GALLERY_DIR, 'panel-test.html');
    writeFileSync(path, panelHtml({ scriptUri: 'panel.js', styleUri: 'panel.css', cspSource: 'file:', nonce: 'test', title: 'Panel' }));
    await page.addInitScript(`
      window.posted = [];
      window.saved = ${JSON.stringify(state) ?? 'undefined'};
      window.acquireVsCodeApi = () => ({
        postMessage: (message) => posted.push(message),
        getState: () => saved,
        setState: (state) => { saved = JSON.parse(JSON.stringify(state)); },
      });`);
    await page.goto(pathToFileURL(path).href);
    // As VS Code does it, through CSSOM: the policy knows no inline style.
    const variables = [...themeCss('dark', ':root').matchAll(/(--[\w-]+): ([^;]+);/g)].map(([, name, value]) => [name, value]);
    await page.evaluate(`for (const [name, value] of ${JSON.stringify(variables)}) document.documentElement.style.setProperty(name, value)`);
    return panel;
  }

  /** Sends messages of the host and waits until the panel has taken them. */
  async send(...messages: ToPanel[]): Promise<void> {
    await this.page.evaluate(`new Promise((done) => {
      const messages = JSON.parse(${JSON.stringify(JSON.stringify(messages, writeFloats))}, (_, value) => value?.float32 ? Float32Array.from(value.float32) : value);
      let left = messages.length;
      addEventListener('message', function listen() { if (--left === 0) { removeEventListener('message', listen); done(); } });
      for (const message of messages) postMessage(message, '*');
    })`);
  }

  posted(): Promise<FromPanel[]> {
    return this.page.evaluate<FromPanel[]>('posted');
  }

  /** What was posted since the last call, without `ready`. */
  async takePosted(): Promise<FromPanel[]> {
    const all = await this.page.evaluate<FromPanel[]>('posted.splice(0)');
    return all.filter(({ type }) => type !== 'ready');
  }

  saved(): Promise<PanelState | undefined> {
    return this.page.evaluate<PanelState | undefined>('window.saved');
  }

  /** Class names of every token, in order. */
  tokenClasses(): Promise<string[][]> {
    return this.page.evaluate<string[][]>("Array.from(document.querySelectorAll('.stream .tok'), (token) => [...token.classList])");
  }

  /** Position of the token that has the focus, or null. */
  async focusedToken(): Promise<number | null> {
    const token = await this.page.evaluate<string | null>("document.activeElement?.getAttribute('data-token') ?? null");
    return token === null ? null : Number(token);
  }
}

/** JSON knows no typed arrays; VS Code hands them over as they are. */
function writeFloats(_: string, value: unknown): unknown {
  return value instanceof Float32Array ? { float32: Array.from(value) } : value;
}
