import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { panelHtml } from '../../view/page/panelHtml';

export const PAGE_TITLE = 'FlashTrace';

export function pageOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist', 'webview')] };
}

/** Puts the panel's page, which its script draws, into a webview. */
export function fillPage(panel: vscode.WebviewPanel, extensionUri: vscode.Uri): void {
  const media = (name: string) => vscode.Uri.joinPath(extensionUri, 'media', name);
  panel.iconPath = { light: media('trace-light.svg'), dark: media('trace-dark.svg') };
  const resource = (name: string) => panel.webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', 'webview', name)).toString();
  panel.webview.html = panelHtml({
    scriptUri: resource('panel.js'),
    styleUri: resource('panel.css'),
    cspSource: panel.webview.cspSource,
    nonce: randomBytes(16).toString('base64url'),
    title: PAGE_TITLE,
  });
}
