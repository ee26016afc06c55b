import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ExecutionProvider } from '../../protocol/engine/model';
import type { AttentionMixer, ModelConfig } from '../checkpoint/config/modelConfig';
import type { AttentionBlock } from '../state/keptAttention';
import { keysLayer } from '../state/layerLayout';
import type { TraceState } from '../state/traceState';
import { columnGraph, gatedColumnGraph, keptColumnGraph, patternGraph, type RowScores } from './graph/columnGraph';
import type { LayerConstants } from './layerConstants';
import { createSession } from './runtime/onnxRuntime';
import { float32, positionsTensor } from './runtime/sessionTensors';

/** Weighted column sums of attention rows. */
export interface ColumnSums {
  /** The first column. */
  readonly first: number;
  readonly end: number;
  /** [nHeads, spans, end - first]; of layers with a gate [spans, end - first, nHeads, dHead] */
  readonly sums: Float32Array;
}

/** Sessions of layers whose rows are computed alike. */
interface RowSessions {
  readonly columns: InferenceSession;
  readonly patterns: InferenceSession;
  readonly keptColumns: InferenceSession;
  readonly gatedColumns: InferenceSession | null;
}

/** Attention of rows of a trace state, computed from its queries and keys: no weights, no run of the model. */
export class AttentionSession {
  private constructor(
    readonly config: ModelConfig,
    readonly constants: LayerConstants,
    readonly provider: ExecutionProvider,
    /** By layer; null for what is no softmax attention. */
    private readonly sessions: readonly (RowSessions | null)[],
  ) {}

  static async create(config: ModelConfig, constants: LayerConstants, provider: ExecutionProvider, options: InferenceSession.SessionOptions): Promise<AttentionSession> {
    const known = new Map<string, RowSessions>();
    const sessions: (RowSessions | null)[] = [];
    for (const { mixer } of config.layers) sessions.push(mixer.kind === 'attention' ? await sessionsFor(mixer, known, options) : null);
    return new AttentionSession(config, constants, provider, sessions);
  }

  /**
   * Weighted column sums of attention rows of one layer, METHOD's `a[h, j]`: fp32, with the columns that the rows see.
   * @param positions of the block's rows, ascending
   * @param rowWeights [spans, rows]
   */
  async columnSums(state: TraceState, layer: number, positions: readonly number[], rowWeights: Float32Array): Promise<ColumnSums> {
    const rows = positions.length;
    const out = await this.sessions[layer]!.columns.run({
      ...this.feeds(state, layer, positions),
      rowWeights: float32(rowWeights, [rowWeights.length / rows, rows]),
    });
    return { ...this.seen(layer, positions), sums: out.columns.data as Float32Array };
  }

  /** The same where rows have a gate: sum_i a[h, i, j] y[i, h]. @param y [spans, rows, nHeads, dHead] */
  async gatedColumnSums(state: TraceState, layer: number, positions: readonly number[], y: Float32Array): Promise<ColumnSums> {
    const { nHeads, dHead } = this.mixer(layer);
    const rows = positions.length;
    const out = await this.sessions[layer]!.gatedColumns!.run({
      ...this.feeds(state, layer, positions),
      y: float32(y, [y.length / (rows * nHeads * dHead), rows, nHeads, dHead]),
    });
    return { ...this.seen(layer, positions), sums: out.reach.data as Float32Array };
  }

  /** Attention rows of one layer; positions ascending. */
  async pattern(state: TraceState, layer: number, positions: readonly number[]): Promise<AttentionBlock> {
    const out = await this.sessions[layer]!.patterns.run(this.feeds(state, layer, positions));
    return { positions, ...this.seen(layer, positions), pattern: out.pattern.data as Float32Array };
  }

  /** `columnSums` of a block that was kept. rowWeights: [spans, rows] */
  async keptColumnSums(layer: number, { pattern, positions: { length: rows }, first, end }: AttentionBlock, rowWeights: Float32Array): Promise<ColumnSums> {
    const out = await this.sessions[layer]!.keptColumns.run({
      pattern: float32(pattern, [this.mixer(layer).nHeads, rows, end - first]),
      rowWeights: float32(rowWeights, [rowWeights.length / rows, rows]),
    });
    return { first, end, sums: out.columns.data as Float32Array };
  }

  /** What `attentionRows` takes for rows of one layer; positions ascending. */
  feeds(state: TraceState, layer: number, positions: readonly number[]): Record<string, Tensor> {
    const { nHeads, nKvHeads, dHead, window } = this.mixer(layer);
    const { first, end } = this.seen(layer, positions);
    const { k } = state.layers[keysLayer(this.config, layer)].columns;
    const { q } = state.layers[layer].taps;
    const { sinks } = this.constants[layer];
    return {
      q: float32(q.gather(positions.map((position) => position - state.firstRow)), [positions.length, nHeads * dHead]),
      k: float32(k.rows(first, end), [end - first, nKvHeads, dHead]),
      rowPos: float32(Float32Array.from(positions), [positions.length]),
      colPos: positionsTensor(first, end - first),
      window: float32(Float32Array.of(window ?? 2 ** 25), [1]),
      ...(sinks && { sinks: float32(sinks, [nHeads]) }),
    };
  }

  /** Columns that rows of a layer see: causal, nothing beyond the last one; nothing before the first one's window. */
  seen(layer: number, positions: readonly number[]): { readonly first: number; readonly end: number } {
    const { window } = this.mixer(layer);
    return { first: window === null ? 0 : Math.max(0, positions[0] - window + 1), end: positions[positions.length - 1] + 1 };
  }

  async release(): Promise<void> {
    for (const session of new Set(this.sessions.flatMap((sessions) => (sessions ? Object.values<InferenceSession | null>({ ...sessions }) : [])))) await session?.release();
  }

  private mixer(layer: number): AttentionMixer {
    return this.config.layers[layer].mixer as AttentionMixer;
  }
}

async function sessionsFor({ nHeads, nKvHeads, dHead, scoreScale, scoreCap, hasSinks, isGated }: AttentionMixer, known: Map<string, RowSessions>, options: InferenceSession.SessionOptions): Promise<RowSessions> {
  const scores: RowScores = { nHeads, nKvHeads, dHead, scoreScale, scoreCap, hasSinks };
  const key = JSON.stringify([scores, isGated]);
  const sessions = known.get(key) ?? {
    columns: await createSession(columnGraph(scores), options),
    patterns: await createSession(patternGraph(scores), options),
    keptColumns: await createSession(keptColumnGraph(scores), options),
    gatedColumns: isGated ? await createSession(gatedColumnGraph(scores), options) : null,
  };
  known.set(key, sessions);
  return sessions;
}
