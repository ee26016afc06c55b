import * as vscode from 'vscode';
import { CancelledError } from '../../engine/base/errors';
import type { GenerateResult } from '../../protocol/engine/requests';
import { conversationAt } from '../documents/conversations';
import { withinBudget } from '../runs/budgetQuestion';
import type { EngineHost } from '../runs/engineHost';
import type { Log } from '../runs/log';
import type { Runs } from '../runs/runs';
import type { SettingsReader } from '../settings/settingsReader';
import { generateOptions } from '../settings/settingsSchema';
import { refuseReadOnly } from './readOnly';
import { StreamedInsertion } from './streamedInsertion';

/** Generates into documents: text streams in as it comes, as one undo step, and nothing else of the document changes. */
export class GenerateController implements vscode.Disposable {
  private readonly generated = new vscode.EventEmitter<vscode.TextDocument>();
  /** Fires when a document ends in what the model has just written, whole or cut short. */
  readonly onDidGenerate = this.generated.event;

  constructor(
    private readonly host: EngineHost,
    private readonly settings: SettingsReader,
    private readonly runs: Runs,
    private readonly log: Log,
  ) {}

  /**
   * @param at a place in the conversation that is meant, in a file that holds several
   * @returns null when the person stopped it, by cancel or by editing the text that was being written
   * @throws EngineError
   */
  async generate(document: vscode.TextDocument, at?: number): Promise<GenerateResult | null> {
    const settings = this.settings.read();
    await refuseReadOnly(document);
    if (vscode.window.activeTextEditor?.document !== document) await vscode.window.showTextDocument(document, { preserveFocus: false });
    return withinBudget((exceedBudget) => this.runs.run(document.uri.toString(), 'Generating', async ({ signal, abort, report }) => {
      // Read here, when an earlier run of the document has let go of it, and followed from here on.
      const request = { ...this.settings.loadParams(settings), document: conversationAt(document, at), options: generateOptions(settings), exceedBudget };
      const stream = new StreamedInsertion(document, abort);
      try {
        await this.host.load(request, { signal, onProgress: report });
        const result = await this.host.engine.call('generate', request, { signal, onProgress: (progress) => { stream.receive(progress); report(progress); } });
        await stream.finish();
        this.log.info(`${request.document.name}: ${result.tokenCount} tokens (${result.stopReason}), prompt ${Math.round(result.prefillMs)} ms, generation ${Math.round(result.decodeMs)} ms`);
        for (const note of result.notes) this.log.info(note);
        if (result.notes.length > 0) vscode.window.setStatusBarMessage(`$(info) ${result.notes.join(' ')}`, 8000);
        if (stream.isTakenOver) {
          tellWhy(stream);
          return null;
        }
        this.generated.fire(stream.target);
        return result.stopReason === 'cancelled' ? null : result;
      } catch (error) {
        // What came stays, closed so that the document is whole.
        await stream.finish();
        if (!(error instanceof CancelledError)) throw error;
        if (stream.isTakenOver) tellWhy(stream);
        return null;
      } finally {
        stream.dispose();
      }
    }));
  }

  dispose(): void {
    this.generated.dispose();
  }
}

/** Nobody pressed cancel: what ended it is said. */
function tellWhy({ target }: StreamedInsertion): void {
  void vscode.window.showInformationMessage(`Generation stopped, because ${target.isClosed ? 'the document was closed' : 'the text being generated was edited'}.`);
}
