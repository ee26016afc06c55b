import type { VerifyOptions } from '../../concepts/verification';
import { CancelledError } from '../../engine/base/errors';
import { verificationSummary } from '../../view/text/verificationText';
import { openDocument } from '../documents/editorDocuments';
import { withinBudget } from '../runs/budgetQuestion';
import type { EngineHost } from '../runs/engineHost';
import type { Log } from '../runs/log';
import type { Runs } from '../runs/runs';
import type { SettingsReader } from '../settings/settingsReader';
import { textOrId } from '../tracing/otherText';
import { traceRequest, type TraceController } from '../tracing/traceController';
import type { Traces } from '../tracing/traces';
import { placeOf, type TraceState } from '../tracing/traceState';

/** Tries out what traces propose. */
export class VerifyController {
  constructor(
    private readonly host: EngineHost,
    private readonly settings: SettingsReader,
    private readonly runs: Runs,
    private readonly traces: Traces,
    private readonly tracing: TraceController,
    private readonly log: Log,
  ) {}

  /**
   * Tries the sources of a document's trace out: takes them out of the prompt one at a time. A text that has changed since is traced again
   * first. An edit or another trace ends it: what it would say belongs to what is shown.
   * @throws EngineError; `SpanError` when there is no trace, `CancelledError` also when the document or its trace changed meanwhile
   */
  async verify(uri: string, verify: VerifyOptions): Promise<TraceState> {
    const known = this.traces.get(uri);
    const state = known && !known.stale ? known : await this.tracing.rerun(uri);
    const document = openDocument(uri);
    if (!document || state.stale) throw new CancelledError();
    const { start, end } = state.view.target;
    const { contrast, modelName } = state.view;
    const request = traceRequest(this.settings, document, { tokens: { start, end } }, state.options, placeOf(state));
    const isCurrent = () => this.traces.get(uri) === state && !state.stale;
    return withinBudget((exceedBudget) => this.runs.run(uri, 'Verifying sources', async ({ signal, abort, report }) => {
      const watcher = this.traces.onDidChange((changed) => { if (changed === uri && !isCurrent()) abort(); });
      try {
        if (!isCurrent()) throw new CancelledError();
        const call = { signal, onProgress: report };
        const { name } = await this.host.load(request, call);
        const ratherThan = contrast && textOrId({ ...contrast.other, model: modelName }, name);
        const verified = await this.host.engine.call('verify', { ...request, verify, ...(ratherThan !== undefined && { ratherThan }), exceedBudget }, call);
        if (signal.aborted) throw new CancelledError();
        this.log.info(`${request.document.name}: ${verificationSummary(verified)} ${verified.timings.modelRuns} runs, ${Math.round(verified.timings.verifyMs)} ms`);
        this.traces.setVerified(uri, verified);
        return state;
      } finally {
        watcher.dispose();
      }
    }));
  }
}
