import type * as vscode from 'vscode';
import type { Alternatives } from '../../concepts/contrast';
import { CancelledError } from '../../engine/base/errors';
import type { TraceTarget } from '../../protocol/engine/requests';
import { conversationAt } from '../documents/conversations';
import { withinBudget } from '../runs/budgetQuestion';
import type { EngineHost } from '../runs/engineHost';
import type { Runs } from '../runs/runs';
import type { SettingsReader } from '../settings/settingsReader';
import { targetPlace } from '../tracing/traceController';

/** Looks for what a model could have written instead. */
export class AlternativesFinder {
  constructor(private readonly host: EngineHost, private readonly settings: SettingsReader, private readonly runs: Runs) {}

  /**
   * What else could stand where `target` begins, by the model of that name.
   * @param at a place in the conversation that is meant, where the target does not say it
   * @throws EngineError; `CancelledError` when cancelled or superseded
   */
  alternatives(document: vscode.TextDocument, target: TraceTarget, at?: number): Promise<Alternatives & { readonly model: string }> {
    const request = { ...this.settings.loadParams(this.settings.read()), document: conversationAt(document, targetPlace(target) ?? at), target };
    return withinBudget((exceedBudget) => this.runs.run(document.uri.toString(), 'Looking for what else could stand there', async ({ signal, report }) => {
      const call = { signal, onProgress: report };
      const { name } = await this.host.load(request, call);
      const found = await this.host.engine.call('alternatives', { ...request, exceedBudget }, call);
      if (signal.aborted) throw new CancelledError();
      return { ...found, model: name };
    }));
  }
}
