import * as vscode from 'vscode';
import { CancelledError } from '../../engine/base/errors';
import type { EngineProgress } from '../../protocol/engine/messages';
import { runProgress, type RunProgress } from './runProgress';

/** A run that ends sooner shows no notification: one that flashes up and vanishes is noise. */
const NOTIFICATION_DELAY_MS = 400;

/** What a run gets to work with. */
export interface RunContext {
  readonly signal: AbortSignal;
  /** Ends the run as if the person had cancelled it. */
  readonly abort: () => void;
  readonly report: (progress: EngineProgress) => void;
}

interface ActiveRun {
  readonly controller: AbortController;
  readonly settled: Promise<unknown>;
  progress: RunProgress;
}

/** Engine runs by document: one at a time for each, a newer one supersedes, each with progress and cancel. */
export class Runs implements vscode.Disposable {
  private readonly active = new Map<string, ActiveRun>();
  private readonly changed = new vscode.EventEmitter<string>();
  /** Fires with the document's URI when its run starts, moves on or ends. */
  readonly onDidChange = this.changed.event;

  /** How far the document's run is, or null when there is none. */
  progress(uri: string): RunProgress | null {
    return this.active.get(uri)?.progress ?? null;
  }

  get uris(): readonly string[] {
    return [...this.active.keys()];
  }

  cancel(uri: string): void {
    this.active.get(uri)?.controller.abort();
  }

  /**
   * Runs `work` once the document's earlier run has been cancelled and has let go of the document.
   * @param isAsked whether a person waits for it, who is notified of one that takes long
   * @throws CancelledError when it is cancelled or superseded before it starts, and whatever `work` throws
   */
  async run<T>(uri: string, title: string, work: (context: RunContext) => Promise<T>, isAsked = true): Promise<T> {
    const earlier = this.active.get(uri);
    earlier?.controller.abort();
    const controller = new AbortController();
    const start = async (): Promise<T> => {
      await earlier?.settled;
      if (controller.signal.aborted) throw new CancelledError();
      return work({ signal: controller.signal, abort: () => { controller.abort(); }, report: (progress) => { report(progress); } });
    };
    const outcome = start();
    const run: ActiveRun = {
      controller,
      settled: outcome.then(() => undefined, () => undefined),
      progress: { message: title, fraction: null },
    };
    this.active.set(uri, run);
    this.changed.fire(uri);
    const notification = isAsked ? this.notify(title, run) : null;
    const report = (progress: EngineProgress) => {
      const next = runProgress(progress);
      if (!next) return;
      run.progress = next;
      notification?.update();
      this.changed.fire(uri);
    };
    try {
      return await outcome;
    } finally {
      notification?.dispose();
      if (this.active.get(uri) === run) this.active.delete(uri);
      this.changed.fire(uri);
    }
  }

  dispose(): void {
    for (const run of this.active.values()) run.controller.abort();
    this.changed.dispose();
  }

  private notify(title: string, run: ActiveRun): { update(): void; dispose(): void } {
    let shown: vscode.Progress<{ message?: string; increment?: number }> | undefined;
    let percent = 0;
    const update = () => {
      const { message, fraction } = run.progress;
      const next = Math.max(percent, Math.round((fraction ?? 0) * 100));
      shown?.report({ message: message === title ? undefined : message, increment: next - percent });
      if (shown) percent = next;
    };
    const timer = setTimeout(() => {
      const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
      void vscode.window.withProgress(options, async (progress, token) => {
        token.onCancellationRequested(() => { run.controller.abort(); });
        shown = progress;
        update();
        await run.settled;
      });
    }, NOTIFICATION_DELAY_MS);
    return { update, dispose: () => { clearTimeout(timer); } };
  }
}
