import type { TraceMethod } from '../../src/concepts/method';
import type { CharRange, TokenRange } from '../../src/concepts/ranges';
import type { SourceUnit } from '../../src/protocol/panel/panelState';
import type { HopChoice } from '../../src/view/trace/hopScores';

/** What a person can ask of a drawn trace. */
export interface TraceListener {
  /** Show these tokens in the editor, if they stand there. @param range of their characters, where it is not whole tokens */
  onReveal(tokens: TokenRange, range?: CharRange): void;
  onHop(hop: HopChoice): void;
  onUnit(unit: SourceUnit): void;
  /** A target token of a token-wise trace, or null for all of them together. */
  onChoose(token: number | null): void;
  onRerun(method: TraceMethod, hops: number): void;
  onVerify(): void;
  onRewrite(): void;
  /** @param index null: without the random sentence */
  onShowRewritten(index: number | null): void;
  /** Asks why the target and not another text. */
  onContrast(): void;
}

/** What of the trace is shown. */
export interface Choice {
  readonly hop: HopChoice;
  readonly chosen: number | null;
  readonly unit: SourceUnit;
}
