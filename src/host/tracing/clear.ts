import * as vscode from 'vscode';
import type { Command } from '../commands/command';
import type { TraceServices } from './traceServices';

/** Takes a document's colours away. */
export function clear({ traces, surface }: TraceServices): Command {
  return {
    id: 'flashtrace.clear',
    run: () => {
      const uri = vscode.window.activeTextEditor?.document.uri.toString() ?? surface.shownUri;
      if (uri) traces.clear(uri);
    },
  };
}
