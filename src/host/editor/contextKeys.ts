import * as vscode from 'vscode';
import type { Runs } from '../runs/runs';
import type { Traces } from '../tracing/traces';

/** Keys for `when` clauses: whether the active document has a trace, and whether anything runs. */
export function keepContextKeys(traces: Traces, runs: Runs): vscode.Disposable {
  const known = new Map<string, boolean>();
  const set = (key: string, value: boolean) => {
    if (known.get(key) === value) return;
    known.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  };
  const update = () => {
    const uri = vscode.window.activeTextEditor?.document.uri.toString() ?? '';
    set('flashtrace.hasTrace', traces.get(uri) !== undefined);
    set('flashtrace.running', runs.uris.length > 0);
  };
  update();
  return vscode.Disposable.from(traces.onDidChange(update), runs.onDidChange(update), vscode.window.onDidChangeActiveTextEditor(update));
}
