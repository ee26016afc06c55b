import type { CallOptions } from '../../protocol/engine/engineApi';
import type { TraceParams } from '../../protocol/engine/requests';
import { CancelledError } from '../../engine/base/errors';
import { openDocument } from '../documents/editorDocuments';
import { withinBudget } from '../runs/budgetQuestion';
import type { EngineHost } from '../runs/engineHost';
import type { Runs } from '../runs/runs';
import type { SettingsReader } from '../settings/settingsReader';
import { traceRequest, type TraceController } from './traceController';
import type { Traces } from './traces';
import { placeOf, type TraceState } from './traceState';

/** A trace that more is asked about. */
export interface AskedTrace {
  readonly state: TraceState;
  /** What the trace was asked for with, without its comparison. */
  readonly request: TraceParams;
  /** Of the model that is loaded now. */
  readonly modelName: string;
  readonly call: CallOptions;
}

/** Requests about a document's trace as it is shown: what they would say belongs to it. */
export class TracedRuns {
  constructor(private readonly host: EngineHost, private readonly settings: SettingsReader, private readonly runs: Runs, private readonly traces: Traces, private readonly tracing: TraceController) {}

  /**
   * A text that has changed since is traced again first. An edit or another trace ends it.
   * @param title of the run
   * @param isAsked whether a person waits for it: else nothing is traced again, and nobody is asked whether it may take more memory
   * @param use asks the engine, and takes in what it says
   * @throws EngineError; `SpanError` when there is no trace, `CancelledError` also when the document or its trace changed meanwhile
   */
  async run<R>(uri: string, title: string, ask: (asked: AskedTrace) => Promise<R>, use: (found: R, asked: AskedTrace) => void, isAsked = true): Promise<TraceState> {
    const known = this.traces.get(uri);
    const state = known && (!known.stale || !isAsked) ? known : await this.tracing.rerun(uri);
    const document = openDocument(uri);
    if (!document || state.stale) throw new CancelledError();
    const { start, end } = state.view.target;
    const request = traceRequest(this.settings, document, { tokens: { start, end } }, state.options, placeOf(state));
    const isCurrent = () => this.traces.get(uri) === state && !state.stale;
    const run = (exceedBudget: boolean) => this.runs.run(uri, title, async ({ signal, abort, report }) => {
      const watcher = this.traces.onDidChange((changed) => { if (changed === uri && !isCurrent()) abort(); });
      try {
        if (!isCurrent()) throw new CancelledError();
        const call = { signal, onProgress: report };
        const { name } = await this.host.load(request, call);
        const asked: AskedTrace = { state, request: { ...request, exceedBudget }, modelName: name, call };
        const found = await ask(asked);
        if (signal.aborted) throw new CancelledError();
        use(found, asked);
        return state;
      } finally {
        watcher.dispose();
      }
    }, isAsked);
    return isAsked ? withinBudget(run) : run(false);
  }
}
