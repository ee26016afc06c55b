import { join } from 'node:path';

/** The built tracer thread, which stands beside every built program. */
export const tracerWorkerPath = join(__dirname, 'tracerWorker.js');
/** The panel's script and style, which the HTML page embeds. */
export const panelScriptPath = join(__dirname, 'webview', 'panel.js');
export const panelStylePath = join(__dirname, 'webview', 'panel.css');
