import type { RewriteOptions } from '../../concepts/trials/rewriting';
import { rewritingSummary } from '../../view/text/rewritingText';
import type { EngineHost } from '../runs/engineHost';
import type { Log } from '../runs/log';
import type { TracedRuns } from '../tracing/tracedRuns';
import type { Traces } from '../tracing/traces';
import type { TraceState } from '../tracing/traceState';

/** Has answers written anew without the sources of traces. */
export class RewriteController {
  constructor(private readonly host: EngineHost, private readonly tracedRuns: TracedRuns, private readonly traces: Traces, private readonly log: Log) {}

  /**
   * Writes the answer of a document's trace anew without each of its best sources; the document stays as it is.
   * @throws EngineError as `TracedRuns.run`
   */
  rewrite(uri: string, rewrite: RewriteOptions): Promise<TraceState> {
    return this.tracedRuns.run(uri, 'Writing anew', ({ request, call }) => this.host.engine.call('rewrite', { ...request, rewrite }, call), (rewritten, { request }) => {
      this.log.info(`${request.document.name}: ${rewritingSummary(rewritten)} ${rewritten.timings.tokens} tokens, ${Math.round(rewritten.timings.rewriteMs)} ms`);
      this.traces.setRewritten(uri, rewritten);
    });
  }
}
