import { escapeHtml } from './escapeHtml';

export interface PanelHtmlOptions {
  /** `webview.asWebviewUri` of dist/webview/panel.js. */
  readonly scriptUri: string;
  /** `webview.asWebviewUri` of dist/webview/panel.css. */
  readonly styleUri: string;
  /** `webview.cspSource`. */
  readonly cspSource: string;
  /** Fresh for every call; the only script that runs is the one that carries it. */
  readonly nonce: string;
  readonly title: string;
}

/**
 * The page of the trace panel. The script fills it; it sets styles through classes and CSSOM, so that the policy needs
 * no 'unsafe-inline', and loads nothing else.
 */
export function panelHtml({ scriptUri, styleUri, cspSource, nonce, title }: PanelHtmlOptions): string {
  const policy = `default-src 'none'; style-src ${cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${escapeHtml(styleUri)}">
</head>
<body>
<script nonce="${escapeHtml(nonce)}" src="${escapeHtml(scriptUri)}"></script>
</body>
</html>
`;
}
