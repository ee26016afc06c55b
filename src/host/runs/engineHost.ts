import * as vscode from 'vscode';
import { ForkedEngine, type EngineProcessState } from '../../engine/process/forkedEngine';
import type { CallOptions } from '../../protocol/engine/engineApi';
import type { LoadParams, ModelInfo } from '../../protocol/engine/model';
import type { Log } from './log';
import { askAboutSilence } from './silenceQuestion';

/** The one engine process of this window, and which model it holds. */
export class EngineHost implements vscode.Disposable {
  readonly engine: ForkedEngine;
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private currentModel: ModelInfo | null = null;
  private loaded: LoadParams | null = null;

  constructor(context: vscode.ExtensionContext, log: Log) {
    this.engine = new ForkedEngine({
      modulePath: context.asAbsolutePath('dist/engineProcess.js'),
      onLog: (level, message) => { log[level](message); },
      onState: (state) => { this.setState(state); },
      onSilence: askAboutSilence,
    });
  }

  /** The model in memory, or null before the first load and after a crash. */
  get model(): ModelInfo | null {
    return this.currentModel;
  }

  /** Whether a request for this model on this device finds it in memory. */
  holds({ modelDir, device, precision }: LoadParams): boolean {
    return this.currentModel !== null && this.loaded?.modelDir === modelDir && this.loaded.device === device && this.loaded.precision === precision;
  }

  /** Null while no engine process runs. */
  get pid(): number | null {
    return this.engine.pid;
  }

  /** Makes the engine hold this model on this device; returns at once when it does already. */
  async load(params: LoadParams, options: CallOptions): Promise<ModelInfo> {
    this.currentModel = await this.engine.call('load', params, options);
    this.loaded = params;
    this.changed.fire();
    return this.currentModel;
  }

  dispose(): void {
    this.changed.dispose();
    void this.engine.dispose();
  }

  private setState(state: EngineProcessState): void {
    if (state === 'stopped') this.currentModel = null;
    this.changed.fire();
  }
}
