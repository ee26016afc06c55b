import { join } from 'node:path';

/** Folder of the built programs: the tracer's thread and the kernels stand beside every one. */
export const distDir = __dirname;
/** The panel's script and style, which the HTML page embeds. */
export const panelScriptPath = join(__dirname, 'webview', 'panel.js');
export const panelStylePath = join(__dirname, 'webview', 'panel.css');
/** The checkpoint that comes with the extension. */
export const includedModelDir = join(__dirname, '..', 'models', 'tracelet-1m');
