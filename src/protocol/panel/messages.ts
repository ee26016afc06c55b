/** Messages between the extension host and the trace panel (a webview). Both sides import this file. */
import type { CharRange } from '../../concepts/ranges';
import type { StoredTrace } from '../../view/trace/storedTrace';
import type { TraceMethod } from '../../concepts/traceResult';
import type { TraceView } from '../../view/trace/traceView';
import type { Verification } from '../../concepts/verification';

/** Extension host -> panel. */
export type ToPanel =
  /** Draw this trace and remember it; replaces everything shown. @see PanelState.chosen */
  | { readonly type: 'trace'; readonly trace: TraceView; readonly stale: boolean; readonly chosen: number | null }
  /** Show what led to this target token of a token-wise trace; null for all of them together. */
  | { readonly type: 'chosen'; readonly token: number | null }
  /** What trying the shown trace's sources out has shown; null takes it away, as every other trace and every edit do. */
  | { readonly type: 'verified'; readonly verified: Verification | null }
  /** The document was edited (or put back): the panel dims its colours and offers a rerun, or stops doing so. */
  | { readonly type: 'stale'; readonly stale: boolean }
  /** A run is under way (one short sentence, fraction in 0..1 or null) or has ended (null). The shown trace stays. */
  | { readonly type: 'busy'; readonly busy: { readonly message: string; readonly fraction: number | null } | null }
  /** One sentence to show above the trace; null takes it away. */
  | { readonly type: 'notice'; readonly message: string | null }
  /** Mark this token as the one the cursor is on in the editor; null for none. */
  | { readonly type: 'mark'; readonly token: number | null }
  /** Nothing is traced any more: show what to do to get a trace. */
  | { readonly type: 'clear' };

/** Panel -> extension host. */
export type FromPanel =
  /** The script runs; the host answers with the current state. */
  | { readonly type: 'ready' }
  /** Show these document characters in the editor. */
  | { readonly type: 'reveal'; readonly range: CharRange }
  /** The person chose a target token of a token-wise trace (null: all together): the editor's colours follow. */
  | { readonly type: 'choose'; readonly token: number | null }
  /** Trace the same span again with these settings. */
  | { readonly type: 'rerun'; readonly method: TraceMethod; readonly hops: number }
  /** Ask why the target of the shown trace and not another text. */
  | { readonly type: 'contrast' }
  /** Try the sources of the shown trace out. */
  | { readonly type: 'verify' }
  /** The "Cancel" button beside the progress. */
  | { readonly type: 'cancel' };

/**
 * Largest matrix that the panel keeps: 32 target tokens of a transcript of 2,048, 350 kB as text. VS Code writes the
 * state to its database at every change of it.
 */
export const MAX_KEPT_NUMBERS = 65_536;

/** Whole sentences say more, single words show what in them it is. */
export const SOURCE_UNITS = ['sentences', 'words'] as const;
export type SourceUnit = (typeof SOURCE_UNITS)[number];

/** What the panel keeps with `setState`: enough to draw itself after a window reload, before any trace runs again. */
export interface PanelState {
  readonly trace: StoredTrace | null;
  readonly stale: boolean;
  /** The person's choices in the panel. */
  readonly hop: number | 'all';
  /** Absolute position of the chosen target token of a token-wise trace; null for the mean of all. */
  readonly chosen: number | null;
  /** What the lists of sources list; absent in what earlier versions kept. */
  readonly unit?: SourceUnit;
  /** Belongs to the trace as it stands; absent in what earlier versions kept. */
  readonly verified?: Verification | null;
}
