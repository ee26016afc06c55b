import type { EngineProgress } from '../../../protocol/engine/messages';
import type { ModelRuntime } from '../../model/modelRuntime';
import type { TrialCost } from '../trials/trial';

/** How far removals are together, and what they still take. */
export class VerifyProgress {
  private done = 0;
  private left: number;
  private readonly total: number;

  /** @param bytes of trace state while they go on */
  constructor(planned: readonly TrialCost[], private readonly bytes: number, private readonly model: ModelRuntime, private readonly report: (progress: EngineProgress) => void = () => undefined) {
    this.total = planned.reduce((sum, { rows }) => sum + rows, 0);
    this.left = planned.reduce((sum, { flops }) => sum + flops, 0);
  }

  /** @param rows of the removal under way that have been run */
  during({ rows: all, flops }: TrialCost, rows: number): void {
    const { flopsPerSecond } = this.model;
    const left = Math.max(0, this.left - (flops * rows) / Math.max(1, all));
    this.report({
      kind: 'phase',
      phase: 'verify',
      done: Math.min(this.total, this.done + rows),
      total: this.total,
      ...(flopsPerSecond !== null && { left: { ms: (1000 * left) / flopsPerSecond, bytes: this.bytes } }),
    });
  }

  finished({ rows, flops }: TrialCost): void {
    this.done += rows;
    this.left -= flops;
  }
}
