import * as vscode from 'vscode';

export type Log = vscode.LogOutputChannel;

/** The "FlashTrace" output channel: what the engine did, on which device and why, how long it took, and every failure. */
export function createLog(): Log {
  return vscode.window.createOutputChannel('FlashTrace', { log: true });
}
