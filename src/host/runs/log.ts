import * as vscode from 'vscode';
import type { Command } from '../commands/command';

export type Log = vscode.LogOutputChannel;

/** The "FlashTrace" output channel: what the engine did, on which device and why, how long it took, and every failure. */
export function createLog(): Log {
  return vscode.window.createOutputChannel('FlashTrace', { log: true });
}

/** Shows the channel. */
export function showLog(log: Log): Command {
  return { id: 'flashtrace.showLog', run: () => { log.show(); } };
}
