import * as vscode from 'vscode';
import { tokenFacts } from '../shared/traceSummary';
import { toEditorRange } from './documents';
import { hoverMarkdown } from './hoverMarkdown';
import type { TraceController } from './traceController';

/** One provider for every document; it has something to say only where a trace is. */
export class TokenHovers implements vscode.HoverProvider {
  constructor(private readonly traces: TraceController) {}

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | null {
    const state = this.traces.get(document.uri.toString());
    const token = state?.live.tokenAt(document.offsetAt(position)) ?? null;
    if (!state || token === null) return null;
    const range = state.live.current[token];
    const markdown = new vscode.MarkdownString(hoverMarkdown(tokenFacts(state.view, token), { stale: state.stale }));
    return new vscode.Hover(markdown, range ? toEditorRange(document, range) : undefined);
  }
}
