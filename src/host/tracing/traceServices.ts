import * as vscode from 'vscode';
import { activeEditor } from '../documents/editorDocuments';
import type { SettingsReader } from '../settings/settingsReader';
import type { TraceController } from './traceController';
import type { Traces } from './traces';

/** Where a document's trace is shown besides the editor's colours. */
export interface TraceSurface {
  /** The document whose trace is shown. */
  readonly shownUri: string | null;
  /** A new trace is there to be shown. */
  showTrace(uri: string): void;
}

/** What commands about traces work with. */
export interface TraceServices {
  readonly traces: Traces;
  readonly tracing: TraceController;
  readonly surface: TraceSurface;
  readonly settings: SettingsReader;
}

/** The active document, or the one whose trace is shown when that has the focus. @throws OptionsError where there is none */
export function tracedUri({ surface }: Pick<TraceServices, 'surface'>): string {
  return vscode.window.activeTextEditor?.document.uri.toString() ?? surface.shownUri ?? activeEditor().document.uri.toString();
}
