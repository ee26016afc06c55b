import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import type { ModelConfig } from './checkpoint/modelConfig';
import { columnGraph } from './onnx/columnGraph';
import { decoderGraph } from './onnx/decoderGraph';
import { headGraph } from './onnx/headGraph';
import type { WeightSource } from './onnx/weights';
import { rotaryAngles } from './rope';
import type { TraceState } from './traceState';

export type ExecutionProvider = 'cpu' | 'cuda' | 'webgpu';

export interface SessionOptions {
  readonly provider: ExecutionProvider;
  /** Folder that external weights are given relative to. */
  readonly externalRoot?: string;
}

// Whatever fails is thrown and told in our words; ONNX Runtime would print it to stderr besides.
env.logLevel = 'fatal';

/** Rows of logits that one head run may hold, in bytes: 152,000 entries a row add up quickly. */
const HEAD_BYTES = 64 << 20;
/** Attention scores that one run may hold, in bytes. */
const SCORE_BYTES = 128 << 20;
const MAX_ROWS = 512;

/** The model's three ONNX Runtime sessions; one owner, one thread (sessions in several threads have crashed). */
export class ModelSession {
  private constructor(
    readonly config: ModelConfig,
    readonly provider: ExecutionProvider,
    private readonly decoder: InferenceSession,
    private readonly head: InferenceSession,
    private readonly columns: InferenceSession,
  ) {}

  static async create(config: ModelConfig, weights: WeightSource, options: SessionOptions): Promise<ModelSession> {
    const sessionOptions: InferenceSession.SessionOptions = {
      executionProviders: [options.provider],
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      ...(options.externalRoot && { extra: { session: { model_external_initializers_file_folder_path: options.externalRoot } } }),
    };
    const decoder = await InferenceSession.create(decoderGraph(config, weights), sessionOptions);
    const head = await InferenceSession.create(headGraph(config, weights), sessionOptions);
    const columns = await InferenceSession.create(columnGraph(config), sessionOptions);
    return new ModelSession(config, options.provider, decoder, head, columns);
  }

  /** How many new rows to run at once on top of `past` positions. */
  chunkRows(past: number): number {
    const perRow = 4 * this.config.nHeads * (past + MAX_ROWS);
    return Math.max(16, Math.min(MAX_ROWS, Math.floor(SCORE_BYTES / perRow)));
  }

  /**
   * Runs `ids` on top of the state and appends to it: cache rows for all, taps from `state.firstRow` on.
   * A run that throws leaves the state as it was.
   */
  async extend(state: TraceState, ids: readonly number[]): Promise<void> {
    const { config } = this;
    const start = state.length;
    const rows = ids.length;
    state.cache.reserve(start + rows);
    const slots = state.cache.pastSlots(rows);
    const cacheShape = [config.nKvHeads, slots, config.dHead];
    const { cos, sin } = rotaryAngles(config, start, rows);
    const angleShape = [rows, config.dHead / 2];
    const tapStart = Math.min(rows, Math.max(0, state.firstRow - start));
    const feeds: Record<string, Tensor> = {
      ids: int64(ids),
      rowPos: new Tensor('float32', Float32Array.from({ length: rows }, (_, i) => start + i), [rows]),
      colPos: new Tensor('float32', state.cache.positions.subarray(0, slots), [slots]),
      cos: new Tensor('float32', cos, angleShape),
      sin: new Tensor('float32', sin, angleShape),
      tapStart: int64([tapStart]),
    };
    for (let l = 0; l < config.nLayers; l++) {
      const past = state.cache.past(l, rows);
      feeds[`pastK.${l}`] = new Tensor('float32', past.k, cacheShape);
      feeds[`pastV.${l}`] = new Tensor('float32', past.v, cacheShape);
    }
    const out = await this.decoder.run(feeds);
    const data = (name: string) => out[name].data as Float32Array;
    const predicted = tapStart < rows ? await this.predict(data('xFinal'), ids.slice(tapStart + 1)) : null;
    if (predicted) {
      const known = state.logProbs.length === start - state.firstRow; // taken over with the row before
      if (start > state.firstRow && !known) state.logProbs.push(state.logProb(start, ids[0]));
      state.logProbs.push(...predicted.logProbs);
      state.argmax.push(...predicted.argmax);
      state.lastLogits = predicted.lastLogits;
    }
    state.cache.append(rows, (l) => data(`k.${l}`), (l) => data(`v.${l}`));
    if (tapStart < rows) {
      for (let l = 0; l < config.nLayers; l++) {
        state.taps[l].q.append(data(`q.${l}`));
        state.taps[l].xIn.append(data(`xIn.${l}`));
        state.taps[l].xMid.append(data(`xMid.${l}`));
      }
    }
    for (const id of ids) state.ids.push(id);
  }

  /**
   * Reads the output embedding for tapped rows.
   * @param xFinal [R, dModel]
   * @param successors the tokens after the first R - 1 rows
   */
  private async predict(xFinal: Float32Array, successors: readonly number[]): Promise<{ logProbs: number[]; argmax: number[]; lastLogits: Float32Array }> {
    const { dModel, dVocab } = this.config;
    const block = Math.max(1, Math.floor(HEAD_BYTES / (4 * dVocab)));
    const rows = successors.length + 1;
    const result = { logProbs: [] as number[], argmax: [] as number[], lastLogits: new Float32Array(0) as Float32Array };
    for (let start = 0; start < rows; start += block) {
      const end = Math.min(rows, start + block);
      const targets = Array.from({ length: end - start }, (_, i) => successors[start + i] ?? 0);
      const out = await this.head.run({
        xFinal: new Tensor('float32', xFinal.subarray(start * dModel, end * dModel), [end - start, dModel]),
        targets: int64(targets),
      });
      result.logProbs.push(...(out.logProb.data as Float32Array));
      for (const id of out.argmax.data as BigInt64Array) result.argmax.push(Number(id));
      result.lastLogits = out.lastLogits.data as Float32Array;
    }
    result.logProbs.length = successors.length; // the last row's successor is not known yet
    return result;
  }

  /**
   * Weighted column sums of attention rows of one layer, METHOD's `a[h, j]`, [nHeads, spans, columns] fp32 where
   * `columns` is the cache's slot count (columns past the last row are 0).
   * @param positions of the block's rows, ascending
   * @param rowWeights [spans, rows]
   */
  async columnSums(state: TraceState, layer: number, positions: readonly number[], rowWeights: Float32Array): Promise<Float32Array> {
    const { nHeads, nKvHeads, dHead, windows } = this.config;
    const slots = state.cache.slots;
    const rows = positions.length;
    const out = await this.columns.run({
      q: new Tensor('float32', state.taps[layer].q.gather(positions.map((position) => position - state.firstRow)), [rows, nHeads * dHead]),
      k: new Tensor('float32', state.cache.k[layer], [nKvHeads, slots, dHead]),
      rowPos: new Tensor('float32', Float32Array.from(positions), [rows]),
      colPos: new Tensor('float32', state.cache.positions, [slots]),
      window: new Tensor('float32', Float32Array.of(windows[layer] ?? 2 ** 25), [1]),
      rowWeights: new Tensor('float32', rowWeights, [rowWeights.length / rows, rows]),
    });
    return out.columns.data as Float32Array;
  }

  async release(): Promise<void> {
    await this.decoder.release();
    await this.head.release();
    await this.columns.release();
  }
}

function int64(values: readonly number[]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), [values.length]);
}
