import * as vscode from 'vscode';
import { contains } from '../../concepts/ranges';
import { outcomes } from '../../concepts/trials/verification';
import { measuredTexts } from '../../view/text/verificationText';
import { topSources } from '../../view/trace/sources';
import { bestTargets, hasRows, rowView, targetLength, targetTexts } from '../../view/trace/targetRows';
import { tokenFacts } from '../../view/trace/tokenFacts';
import { toEditorRange } from '../documents/editorDocuments';
import type { Traces } from '../tracing/traces';
import type { TraceState } from '../tracing/traceState';
import { hoverMarkdown, type HoverContext, type TokenwiseFacts } from './hoverMarkdown';
import { CHOOSE_TARGET, chooseTargetLink } from './targetChoice';

const LISTED = 3;

/** One provider for every document; it has something to say only where a trace is. */
export class TokenHovers implements vscode.HoverProvider {
  constructor(private readonly traces: Traces) {}

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | null {
    const state = this.traces.get(document.uri.toString());
    const token = state?.live.tokenAt(document.offsetAt(position)) ?? null;
    if (!state || token === null) return null;
    const range = state.live.current[token];
    const facts = tokenFacts(rowView(state.view, state.chosen), token);
    const markdown = new vscode.MarkdownString(hoverMarkdown(facts, { stale: state.stale, tokenwise: tokenwiseFacts(state, token), contrast: state.view.contrast, verified: verifiedAt(state, token) }));
    markdown.isTrusted = { enabledCommands: [CHOOSE_TARGET] };
    return new vscode.Hover(markdown, range ? toEditorRange(document, range) : undefined);
  }
}

function verifiedAt({ view, verified }: TraceState, token: number): HoverContext['verified'] {
  const found = verified && outcomes(verified).find(({ passage }) => contains(passage.tokens, token));
  return found ? { ...found, texts: measuredTexts(view), by: verified?.options.by } : null;
}

function tokenwiseFacts({ uri, view, chosen }: TraceState, token: number): TokenwiseFacts | null {
  if (!hasRows(view)) return null;
  const isTarget = contains(view.target, token);
  return {
    of: targetLength(view),
    ordinal: isTarget ? token - view.target.start + 1 : null,
    sources: isTarget ? topSources(rowView(view, token), { side: 'prompt', limit: LISTED }) : [],
    targets: bestTargets(view, { start: token, end: token + 1 }, LISTED),
    chosen: chosen === null ? null : { token: chosen, text: targetTexts(view)[chosen - view.target.start] },
    link: isTarget ? chooseTargetLink(uri, chosen === token ? null : token) : null,
  };
}
