import type { Rewriting } from '../../src/concepts/trials/rewriting';
import type { Verification } from '../../src/concepts/trials/verification';
import type { ToPanel } from '../../src/protocol/panel/messages';
import { MAX_KEPT_NUMBERS, type PanelState, type SourceUnit } from '../../src/protocol/panel/panelState';
import type { HopChoice } from '../../src/view/trace/hopScores';
import { fromStoredTrace, toStoredTrace } from '../../src/view/trace/storedTrace';
import { validRow } from '../../src/view/trace/targetRows';
import type { TraceView } from '../../src/view/trace/traceView';

/** Everything that decides what the panel shows. */
export interface PanelModel {
  readonly trace: TraceView | null;
  readonly stale: boolean;
  readonly hop: HopChoice;
  /** The target token of a token-wise trace whose sources are shown; null for the mean of all. */
  readonly chosen: number | null;
  readonly unit: SourceUnit;
  /** Of the trace as it stands. */
  readonly verified: Verification | null;
  /** Of the trace as it stands; not kept over a reload. */
  readonly rewritten: Rewriting | null;
  readonly busy: { readonly message: string; readonly fraction: number | null } | null;
  readonly notice: string | null;
  readonly marked: number | null;
}

export const EMPTY_MODEL: PanelModel = { trace: null, stale: false, hop: 'all', chosen: null, unit: 'sentences', verified: null, rewritten: null, busy: null, notice: null, marked: null };

/** The model after a message of the host. */
export function receive(model: PanelModel, message: ToPanel): PanelModel {
  switch (message.type) {
    case 'trace':
      return {
        ...model,
        trace: message.trace,
        stale: message.stale,
        hop: validHop(message.trace, model.hop),
        chosen: validRow(message.trace, message.chosen),
        verified: null,
        rewritten: null,
        notice: null,
        marked: null,
      };
    case 'chosen':
      return { ...model, chosen: model.trace && validRow(model.trace, message.token) };
    case 'stale':
      return { ...model, stale: message.stale, verified: message.stale ? null : model.verified, rewritten: message.stale ? null : model.rewritten };
    case 'verified':
      return { ...model, verified: model.trace && !model.stale ? message.verified : null };
    case 'rewritten':
      return { ...model, rewritten: model.trace && !model.stale ? message.rewritten : null };
    case 'busy':
      return { ...model, busy: message.busy };
    case 'notice':
      return { ...model, notice: message.message };
    case 'mark':
      return { ...model, marked: message.token };
    case 'clear':
      return { ...EMPTY_MODEL, unit: model.unit, busy: model.busy };
  }
}

/** @param state as saved before a window reload */
export function restore({ trace: stored, stale, hop, chosen, unit = 'sentences', verified = null }: PanelState): PanelModel {
  if (!stored) return { ...EMPTY_MODEL, stale, hop, unit };
  const trace = fromStoredTrace(stored);
  return { ...EMPTY_MODEL, trace, stale, hop: validHop(trace, hop), chosen: validRow(trace, chosen), unit, verified: stale ? null : verified };
}

export function toState({ trace, stale, hop, chosen, unit, verified }: PanelModel): PanelState {
  return { trace: trace && toStoredTrace(trace, MAX_KEPT_NUMBERS), stale, hop, chosen, unit, verified };
}

/** The person's choice where the trace has that hop, else all hops. */
function validHop(trace: TraceView, hop: HopChoice): HopChoice {
  return hop !== 'all' && hop < trace.hopScores.length ? hop : 'all';
}
