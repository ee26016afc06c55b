import type { HopChoice } from '../src/shared/colourScale';
import type { PanelState, ToPanel } from '../src/shared/panelProtocol';
import type { TraceView } from '../src/shared/traceView';

/** Everything that decides what the panel shows. */
export interface PanelModel {
  readonly trace: TraceView | null;
  readonly stale: boolean;
  readonly hop: HopChoice;
  readonly busy: { readonly message: string; readonly fraction: number | null } | null;
  readonly notice: string | null;
  readonly marked: number | null;
}

export const EMPTY_MODEL: PanelModel = { trace: null, stale: false, hop: 'all', busy: null, notice: null, marked: null };

/** The model after a message of the host. */
export function receive(model: PanelModel, message: ToPanel): PanelModel {
  switch (message.type) {
    case 'trace':
      return { ...model, trace: message.trace, stale: message.stale, hop: validHop(message.trace, model.hop), notice: null, marked: null };
    case 'stale':
      return { ...model, stale: message.stale };
    case 'busy':
      return { ...model, busy: message.busy };
    case 'notice':
      return { ...model, notice: message.message };
    case 'mark':
      return { ...model, marked: message.token };
    case 'clear':
      return { ...EMPTY_MODEL, busy: model.busy };
  }
}

/** @param state as saved before a window reload */
export function restore(state: PanelState): PanelModel {
  return { ...EMPTY_MODEL, trace: state.trace, stale: state.stale, hop: state.trace ? validHop(state.trace, state.hop) : state.hop };
}

export function toState({ trace, stale, hop }: PanelModel): PanelState {
  return { trace, stale, hop };
}

/** The person's choice where the trace has that hop, else all hops. */
function validHop(trace: TraceView, hop: HopChoice): HopChoice {
  return hop !== 'all' && hop < trace.hopScores.length ? hop : 'all';
}
