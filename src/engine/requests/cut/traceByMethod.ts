import type { TraceResult } from '../../../concepts/traceResult';
import type { CallOptions } from '../../../protocol/engine/engineApi';
import type { TraceParams, WithoutModel } from '../../../protocol/engine/requests';
import type { LoadedModel } from '../../model/loadedModel';
import { traceTranscript } from '../traceTranscript';
import { cutTranscript } from './cutTranscript';

/** A trace by whatever method was asked for. @throws EngineError */
export function traceByMethod(model: LoadedModel, params: WithoutModel<TraceParams>, call: CallOptions = {}): Promise<TraceResult> {
  return params.options.method === 'cut' && params.ratherThan === undefined ? cutTranscript(model, params, call) : traceTranscript(model, params, call);
}
