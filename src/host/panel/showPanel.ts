import * as vscode from 'vscode';
import type { Command } from '../commands/command';
import type { Traces } from '../tracing/traces';
import type { TracePanel } from './tracePanel';

/** Opens the panel, with the active document's trace where it has one. */
export function showPanel(panel: TracePanel, traces: Traces): Command {
  return {
    id: 'flashtrace.showPanel',
    run: () => {
      const uri = vscode.window.activeTextEditor?.document.uri.toString();
      panel.show(uri !== undefined && traces.get(uri) ? uri : null);
    },
  };
}
