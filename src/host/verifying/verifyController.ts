import type { VerifyOptions } from '../../concepts/trials/verification';
import { verificationSummary } from '../../view/text/verificationText';
import type { EngineHost } from '../runs/engineHost';
import type { Log } from '../runs/log';
import { textOrId } from '../tracing/otherText';
import type { TracedRuns } from '../tracing/tracedRuns';
import type { Traces } from '../tracing/traces';
import type { TraceState } from '../tracing/traceState';

/** Tries out what traces propose. */
export class VerifyController {
  constructor(private readonly host: EngineHost, private readonly tracedRuns: TracedRuns, private readonly traces: Traces, private readonly log: Log) {}

  /**
   * Tries the sources of a document's trace out: takes them out of the prompt one at a time.
   * @param withinMs refuses what would take longer: nobody has asked for it
   * @throws EngineError as `TracedRuns.run`
   */
  verify(uri: string, verify: VerifyOptions, withinMs?: number): Promise<TraceState> {
    return this.tracedRuns.run(uri, 'Verifying sources', ({ state: { view: { contrast, modelName: traced } }, request, modelName, call }) => {
      const ratherThan = contrast && textOrId({ ...contrast.other, model: traced }, modelName);
      return this.host.engine.call('verify', { ...request, verify, withinMs, ...(ratherThan !== undefined && { ratherThan }) }, call);
    }, (verified, { request }) => {
      this.log.info(`${request.document.name}: ${verificationSummary(verified)} ${verified.timings.modelRuns} runs, ${Math.round(verified.timings.verifyMs)} ms`);
      this.traces.setVerified(uri, verified);
    }, withinMs === undefined);
  }
}
