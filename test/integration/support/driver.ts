import * as vscode from 'vscode';
import type { DecorationOnScreen, DriverApi } from './driverApi';

const EXTENSION = 'flashtrace.flashtrace-vscode';

/** Asks the driver process over loopback HTTP. Rejects with the driver's sentence. */
export async function callDriver<T>(method: string, argument: unknown = {}): Promise<T> {
  const url = process.env.FLASHTRACE_DRIVER;
  if (!url) throw new Error('FLASHTRACE_DRIVER is not set: start the integration tests with "npm run test:integration".');
  const response = await fetch(`${url}/${method}`, { method: 'POST', body: JSON.stringify(argument) });
  if (!response.ok) throw new Error(`The driver answered ${response.status} to "${method}".`);
  const reply = await response.json() as { value?: T; error?: string };
  if (reply.error !== undefined) throw new Error(reply.error);
  return reply.value as T;
}

const call = <M extends keyof DriverApi>(method: M, argument?: Parameters<DriverApi[M]>[0]) =>
  callDriver<Awaited<ReturnType<DriverApi[M]>>>(method, argument);

/** The shown webview of the extension. */
export const panel = {
  text: (selector?: string) => call('webviewText', { extension: EXTENSION, selector }),
  count: (selector: string) => call('webviewCount', { extension: EXTENSION, selector }),
  click: (selector: string) => call('webviewClick', { extension: EXTENSION, selector }),
  hover: (selector: string) => call('webviewHover', { extension: EXTENSION, selector }),
  press: (selector: string, keys: string) => call('webviewPress', { extension: EXTENSION, selector, keys }),
  evaluate: <R>(expression: string) => call('webviewEvaluate', { extension: EXTENSION, expression }) as Promise<R>,
};

/** The workbench as a person sees and uses it. */
export const workbench = {
  snapshot: (name: string) => call('snapshot', { name }),
  press: (keys: string) => call('press', { keys }),
  drag: (phase: 'press' | 'move' | 'release', text: string, occurrence = 0) => call('drag', { phase, text, occurrence }),
  type: (text: string) => call('type', { text }),
  click: (selector: string) => call('click', { selector }),
  text: (selector: string) => call('text', { selector }),
  visibleText: () => call('visibleText'),
  decorations: (): Promise<DecorationOnScreen[]> => call('decorations'),
  hover: (text: string, occurrence = 0) => call('hover', { text, occurrence }),
  endHover: () => call('endHover'),
  notifications: () => call('text', { selector: '.notification-list-item-message' }),
  statusBar: () => call('text', { selector: '.part.statusbar .statusbar-item' }),
  evaluate: <R>(expression: string) => call('evaluate', { expression }) as Promise<R>,

  /** Switches the colour theme, for example `Default Light Modern`, `Default High Contrast`, and waits until the page has settled on it. */
  async setTheme(name: string): Promise<void> {
    await vscode.workspace.getConfiguration('workbench').update('colorTheme', name, vscode.ConfigurationTarget.Global);
    const kind = name.includes('High Contrast') ? (name.includes('Light') ? 'HighContrastLight' : 'HighContrast') : name.includes('Light') ? 'Light' : 'Dark';
    await until(`the theme is ${name}`, () => vscode.window.activeColorTheme.kind === vscode.ColorThemeKind[kind]);
    let before = '';
    await until('the page shows it', async () => {
      const now = await call('theme');
      const settled = now === before;
      before = now;
      if (!settled) await new Promise((resolve) => setTimeout(resolve, 150));
      return settled;
    });
  },
};

/** Polls until `condition` gives a truthy value and returns it; fails naming what was waited for. */
export async function until<T>(what: string, condition: () => T | PromiseLike<T>, milliseconds = 30_000): Promise<NonNullable<T>> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`Waited ${milliseconds} ms in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Opens a file of the workspace in the first column, alone and as it is on disk: what earlier tests wrote and did not save is dropped. */
export async function openSample(name: string): Promise<vscode.TextEditor> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('The tests need the folder that the driver opens.');
  // Closing an unsaved editor would ask.
  for (const unsaved of vscode.workspace.textDocuments.filter((open) => open.isDirty)) {
    await vscode.window.showTextDocument(unsaved);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, name));
  return vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preview: false });
}
