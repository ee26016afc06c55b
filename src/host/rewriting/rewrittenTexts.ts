import * as vscode from 'vscode';
import type { Rewriting } from '../../concepts/trials/rewriting';
import { short } from '../../view/text/rewritingText';
import type { TraceView } from '../../view/trace/traceView';

const SCHEME = 'flashtrace-rewritten';

/** Shows an answer that was written anew beside the old one, as a diff of two texts that are nobody's document. */
export class RewrittenTexts implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  private readonly texts = new Map<string, string>();

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.path) ?? '';
  }

  /** @param index of the sources; null: the random sentence */
  async show({ tokens, promptLength }: TraceView, { sources, control }: Rewriting, index: number | null): Promise<void> {
    const passage = index === null ? control : sources[index];
    if (!passage) return;
    // Without the token that ended the turn, which a written answer has not either.
    const old = tokens.slice(promptLength, tokens.findLastIndex(({ region }) => region !== 'template') + 1).map(({ text }) => text).join('');
    const all = passage.answers.map(({ text }, i) => (passage.answers.length === 1 ? text : `Answer ${i + 1} of ${passage.answers.length}\n\n${text}`)).join('\n\n');
    const place = (name: string, text: string): vscode.Uri => {
      const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}` });
      this.texts.set(uri.path, text);
      this.changed.fire(uri);
      return uri;
    };
    await vscode.commands.executeCommand('vscode.diff', place('as it stands', old.trim()), place('written anew', all.trim()), `Written anew without “${short(passage.text)}”`, { preview: true });
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}
