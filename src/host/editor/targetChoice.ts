import * as vscode from 'vscode';
import type { Traces } from '../tracing/traces';

/** Not in the palette: its arguments (document URI, token or null) come from the links in hovers. */
export const CHOOSE_TARGET = 'flashtrace.chooseTarget';

/** Address of a link that shows what led to a target token, or with null to all of them together. */
export function chooseTargetLink(uri: string, token: number | null): string {
  return `command:${CHOOSE_TARGET}?${encodeURIComponent(JSON.stringify([uri, token]))}`;
}

export function registerChooseTarget(traces: Traces): vscode.Disposable {
  return vscode.commands.registerCommand(CHOOSE_TARGET, (uri: string, token: number | null) => { traces.choose(uri, token); });
}
