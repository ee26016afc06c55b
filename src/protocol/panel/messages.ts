/** Messages between the extension host and the trace panel (a webview). Both sides import this file. */
import type { TraceMethod } from '../../concepts/method';
import type { CharRange } from '../../concepts/ranges';
import type { Rewriting } from '../../concepts/trials/rewriting';
import type { Verification } from '../../concepts/trials/verification';
import type { TraceView } from '../../view/trace/traceView';

/** Extension host -> panel. */
export type ToPanel =
  /** Draw this trace and remember it; replaces everything shown. @see PanelState.chosen */
  | { readonly type: 'trace'; readonly trace: TraceView; readonly stale: boolean; readonly chosen: number | null }
  /** Show what led to this target token of a token-wise trace; null for all of them together. */
  | { readonly type: 'chosen'; readonly token: number | null }
  /** What trying the shown trace's sources out has shown; null takes it away, as every other trace and every edit do. */
  | { readonly type: 'verified'; readonly verified: Verification | null }
  /** What was written without the shown trace's sources; null takes it away, as every other trace and every edit do. */
  | { readonly type: 'rewritten'; readonly rewritten: Rewriting | null }
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
  /** Have the answer written anew without the sources of the shown trace. */
  | { readonly type: 'rewrite' }
  /** Show what was written without this one of the sources (null: without the random sentence) beside the old text. */
  | { readonly type: 'showRewritten'; readonly index: number | null }
  /** The "Cancel" button beside the progress. */
  | { readonly type: 'cancel' };
