import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ExecutionProvider } from '../../protocol/engine/model';
import type { ModelConfig } from '../checkpoint/config/modelConfig';
import type { AttentionBlock } from '../state/keptAttention';
import type { TraceState } from '../state/traceState';
import { columnGraph, keptColumnGraph, patternGraph } from './graph/columnGraph';
import { createSession } from './onnxRuntime';
import { float32, positionsTensor } from './sessionTensors';

/** Attention of rows of a trace state, computed from its queries and keys: no weights, no run of the model. */
export class AttentionSession {
  private constructor(
    readonly config: ModelConfig,
    readonly provider: ExecutionProvider,
    private readonly columns: InferenceSession,
    private readonly patterns: InferenceSession,
    private readonly keptColumns: InferenceSession,
  ) {}

  static async create(config: ModelConfig, provider: ExecutionProvider, options: InferenceSession.SessionOptions): Promise<AttentionSession> {
    const columns = await createSession(columnGraph(config), options);
    const patterns = await createSession(patternGraph(config), options);
    const keptColumns = await createSession(keptColumnGraph(config), options);
    return new AttentionSession(config, provider, columns, patterns, keptColumns);
  }

  /**
   * Weighted column sums of attention rows of one layer, METHOD's `a[h, j]`, [nHeads, spans, columns] fp32 with the columns up to the
   * last of the rows.
   * @param positions of the block's rows, ascending
   * @param rowWeights [spans, rows]
   */
  async columnSums(state: TraceState, layer: number, positions: readonly number[], rowWeights: Float32Array): Promise<Float32Array> {
    const rows = positions.length;
    const out = await this.columns.run({
      ...this.feeds(state, layer, positions),
      rowWeights: float32(rowWeights, [rowWeights.length / rows, rows]),
    });
    return out.columns.data as Float32Array;
  }

  /** Attention rows of one layer; positions ascending. */
  async pattern(state: TraceState, layer: number, positions: readonly number[]): Promise<AttentionBlock> {
    const out = await this.patterns.run(this.feeds(state, layer, positions));
    return { positions, columns: positions[positions.length - 1] + 1, pattern: out.pattern.data as Float32Array };
  }

  /** `columnSums` of a block that was kept. rowWeights: [spans, rows] */
  async keptColumnSums({ pattern, positions: { length: rows }, columns }: AttentionBlock, rowWeights: Float32Array): Promise<Float32Array> {
    const out = await this.keptColumns.run({
      pattern: float32(pattern, [this.config.nHeads, rows, columns]),
      rowWeights: float32(rowWeights, [rowWeights.length / rows, rows]),
    });
    return out.columns.data as Float32Array;
  }

  /** What `attentionRows` takes for rows of one layer; positions ascending. */
  feeds(state: TraceState, layer: number, positions: readonly number[]): Record<string, Tensor> {
    const { nHeads, nKvHeads, dHead, windows } = this.config;
    const columns = positions[positions.length - 1] + 1; // causal: nothing beyond is seen
    const { q, k } = state.layers[layer];
    return {
      q: float32(q.gather(positions.map((position) => position - state.firstRow)), [positions.length, nHeads * dHead]),
      k: float32(k.rows(0, columns), [columns, nKvHeads, dHead]),
      rowPos: float32(Float32Array.from(positions), [positions.length]),
      colPos: positionsTensor(0, columns),
      window: float32(Float32Array.of(windows[layer] ?? 2 ** 25), [1]),
    };
  }

  async release(): Promise<void> {
    await this.columns.release();
    await this.patterns.release();
    await this.keptColumns.release();
  }
}
