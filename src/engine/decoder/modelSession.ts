import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { TokenRange } from '../../concepts/ranges';
import type { ExecutionProvider } from '../../protocol/engine/model';
import type { ModelConfig } from '../checkpoint/config/modelConfig';
import { isRecurrent, layerLayout, type LayerLayout } from '../state/layerLayout';
import { logSoftmax, type TraceState } from '../state/traceState';
import { AttentionSession } from './attentionSession';
import { decoderGraph } from './graph/decoderGraph';
import { headGraph } from './graph/headGraph';
import type { GraphWeights } from './graph/builder/initializers';
import { createSession } from './runtime/onnxRuntime';
import { hidingMask, positionsOf, type HidingRows, type PastColumns } from './hiding';
import { RecurrentSession } from './recurrent/recurrentSession';
import { recurrencesOf } from './recurrent/recurrentLayer';
import { queryScales, rotaryAngles } from './rope';
import type { LayerConstants } from './layerConstants';
import { HEAD_BYTES, rowScoreBytes, scoreBytes } from './scratchBytes';
import { float32, int64, positionsTensor } from './runtime/sessionTensors';

/** A decoder's weights: what its graphs read, and what it reads row by row. */
export interface DecoderWeights extends GraphWeights {
  /** Folder that the files of initializers are given relative to. */
  readonly externalRoot?: string;
  /** The input embedding. */
  readonly embeddings: Rows;
  /** Gemma 4: the table that every layer reads. */
  readonly perLayer?: Rows;
  readonly constants: LayerConstants;
}

/** A table that is read row by row. */
interface Rows {
  rows(ids: readonly number[]): Promise<Float32Array>;
  close(): void;
}

/** Twice as many are no faster, and their keys, values and taps wait in ONNX Runtime until the run ends. */
const MAX_ROWS = 256;

/** A column that holds nothing lies beyond every row, so the causal mask hides it. Exact in fp32. */
const UNUSED_POSITION = 2 ** 24;

/** Rows of a run whose end is worth keeping what recurrent layers carried there. */
const MOMENT_ROWS = 16;

/** The model's ONNX Runtime sessions: runs rows into a trace state and reads logits from it. One owner, one thread (sessions in several threads have crashed). */
export class ModelSession {
  /** Dimensions of what layers carry from run to run. */
  private readonly carried: readonly LayerLayout['carried'][];
  /** Names of what a state keeps of a run. */
  private readonly outputs: readonly string[];

  private constructor(
    readonly config: ModelConfig,
    /** What a further session, on the same weights or none, is created with. */
    readonly options: InferenceSession.SessionOptions,
    private readonly weights: DecoderWeights,
    private readonly decoder: InferenceSession,
    private readonly head: InferenceSession,
    /** What rows of a state attend to. */
    readonly attention: AttentionSession,
    /** What they take through a recurrent state; null where no layer has one. */
    readonly recurrent: RecurrentSession | null,
  ) {
    const layouts = config.layers.map((layer) => layerLayout(config, layer));
    this.carried = layouts.map(({ carried }) => carried);
    this.outputs = ['xFinal', ...layouts.flatMap(({ columns, taps, carried }, l) => Object.keys({ ...columns, ...taps, ...carried }).map((name) => `${name}.${l}`))];
  }

  get provider(): ExecutionProvider {
    return this.attention.provider;
  }

  static async create(config: ModelConfig, weights: DecoderWeights, provider: ExecutionProvider): Promise<ModelSession> {
    // Threads that wait for their session's next run spin for a while, on cores that another session or the tracer's thread wants: only the
    // decoder's may, whose runs are many small operators. When the head's did, removals took half as long again on two cores.
    const withSpinning = (allowed: boolean): InferenceSession.SessionOptions => ({
      executionProviders: [provider],
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
      // It would keep where everything lay in memory for every combination of sizes that it has run, and no two runs of a generation have the same: 19 to 49 MB after 400 tokens of SmolLM2-135M.
      enableMemPattern: false,
      extra: {
        session: {
          use_device_allocator_for_initializers: '1',
          ...(weights.externalRoot && { model_external_initializers_file_folder_path: weights.externalRoot }),
          ...(!allowed && { intra_op: { allow_spinning: '0' } }),
        },
      },
    });
    const decoder = await createSession(decoderGraph(config, weights), withSpinning(true));
    const others = withSpinning(false);
    const head = await createSession(headGraph(config, weights), others);
    const attention = await AttentionSession.create(config, weights.constants, provider, others);
    const recurrences = recurrencesOf(config);
    return new ModelSession(config, others, weights, decoder, head, attention, recurrences.length > 0 ? await RecurrentSession.create(recurrences, others) : null);
  }

  /** How many new rows to run at once on top of `past` positions. */
  chunkRows(past: number): number {
    return Math.max(16, Math.min(MAX_ROWS, Math.floor(scoreBytes(this.config) / rowScoreBytes(this.config, past, MAX_ROWS))));
  }

  /**
   * Runs `ids` on top of the state and appends to it: keys and values of all, taps from `state.firstRow` on.
   * A run that throws leaves the state as it was.
   * @param hidden columns of the state that the new rows do not see
   */
  async extend(state: TraceState, ids: readonly number[], hidden: readonly TokenRange[] = []): Promise<void> {
    const { config } = this;
    const start = state.length;
    const end = start + ids.length;
    const tapStart = Math.min(ids.length, Math.max(0, state.firstRow - start));
    const out = await this.run(state, ids, [{ start, hidden }], end, tapStart, this.outputs);
    const data = (name: string) => out[name].data as Float32Array;
    state.layers.forEach(({ columns, taps }, l) => {
      for (const [name, store] of Object.entries(columns)) store.append(data(`${name}.${l}`));
      if (tapStart < ids.length) for (const [name, store] of Object.entries(taps)) store.append(data(`${name}.${l}`));
    });
    if (tapStart < ids.length) state.xFinal.append(data('xFinal'));
    for (const id of ids) state.ids.push(id);
    if (isRecurrent(config)) {
      state.carried = state.carried.map((arrays, l) => Object.fromEntries(Object.keys(arrays).map((name) => [name, data(`${name}.${l}`)])));
      state.snapshots.add(state.length, state.carried, ids.length >= MOMENT_ROWS);
    }
  }

  /**
   * Runs rows of the state once more, with columns hidden from them: each of `runs` from its start to `end` by itself, all at once over the state's keys and values.
   * The state stays as it is. Of layers with attention alone: what a recurrent layer carries cannot be hidden in part.
   * @returns residual stream after the last layer, [rows, dModel], rows as `positionsOf` has them
   */
  async runHiding(state: TraceState, runs: readonly HidingRows[], end: number): Promise<Float32Array> {
    const ids = positionsOf(runs, end).map((position) => state.ids[position]);
    // Nothing is tapped: those slices would be copied for nobody.
    return (await this.run(state, ids, runs, end, ids.length, ['xOut'])).xOut.data as Float32Array;
  }

  private async run(state: TraceState, ids: readonly number[], runs: readonly HidingRows[], end: number, tapStart: number, outputs: readonly string[]): Promise<InferenceSession.ReturnType> {
    const { config } = this;
    const positions = positionsOf(runs, end);
    const rows = positions.length;
    const feeds: Record<string, Tensor> = {
      embeddings: float32(await this.weights.embeddings.rows(ids), [rows, config.dModel]),
      rowPos: float32(Float32Array.from(positions), [rows]),
      tapStart: int64([tapStart]),
    };
    if (config.perLayerInput !== null) feeds.perLayer = float32(await this.weights.perLayer!.rows(ids), [rows, config.nLayers * config.perLayerInput]);
    config.ropes.forEach((rope, r) => {
      const { cos, sin } = rotaryAngles(rope, positions, state.ropeLength);
      feeds[`cos.${r}`] = float32(cos, [rows, rope.nRotary / 2]);
      feeds[`sin.${r}`] = float32(sin, [rows, rope.nRotary / 2]);
      if (rope.queryScale) feeds[`queryScale.${r}`] = float32(queryScales(rope, positions), [rows, 1]);
    });
    config.layers.forEach((_, l) => { this.feedPast(feeds, state, l, runs, end); });
    return this.decoder.run(feeds, outputs);
  }

  /** What a layer's new rows start from: the cache as far as its window sees and it is not hidden, and what is carried. */
  private feedPast(feeds: Record<string, Tensor>, state: TraceState, layer: number, runs: readonly HidingRows[], end: number): void {
    const { mixer } = this.config.layers[layer];
    if (mixer.kind !== 'attention') {
      for (const [name, dims] of Object.entries(this.carried[layer])) feeds[`past_${name}.${layer}`] = float32(state.carried[layer][name], dims);
      return;
    }
    const { nKvHeads, dHead, window, sharedWith } = mixer;
    const starts = runs.map(({ start }) => start);
    const pastEnd = Math.max(...starts);
    const first = window === null ? 0 : Math.max(0, Math.min(...starts) - (window - 1));
    // One slot at least: not every execution provider takes an empty tensor.
    const isEmpty = first === pastEnd;
    const past = isEmpty ? { first, end: first + 1 } : { first, end: pastEnd };
    const suffix = window === null ? '' : `.${window}`;
    feeds[`colPos${suffix}`] ??= isEmpty ? positionsTensor(UNUSED_POSITION, 1) : positionsTensor(first, pastEnd - first);
    feeds[`hidden${suffix}`] ??= hidingTensor(runs, end, past);
    if (sharedWith !== null) return;
    for (const name of ['k', 'v'] as const) {
      feeds[`past_${name}.${layer}`] = float32(isEmpty ? new Float32Array(nKvHeads * dHead) : state.layers[layer].columns[name].rows(first, pastEnd), [past.end - first, nKvHeads, dHead]);
    }
  }

  /**
   * Reads the output embedding for the tapped rows that it has not been read for: `state.argmax`, `logProbs` and `lastLogits` are
   * complete afterwards. A step of its own: the vocabulary costs 5% of a prefill, and only who looks at probabilities pays.
   * @param between two blocks of rows; may throw to stop, which leaves the rows read so far
   */
  async readLogits(state: TraceState, between: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    const read = state.argmax.length;
    if (read > 0 && state.logProbs.length < read && state.lastLogits.length > 0 && state.firstRow + read < state.length) {
      state.logProbs.push(logSoftmax(state.lastLogits, state.ids[state.firstRow + read])); // it has come since
    }
    for (let start = read; start < state.xFinal.length; start += this.headRows) {
      if (start > read) await between();
      const end = Math.min(state.xFinal.length, start + this.headRows);
      const successors = state.ids.slice(state.firstRow + start + 1, state.firstRow + end + 1);
      const out = await this.runHead(state.xFinal.rows(start, end), Array.from({ length: end - start }, (_, i) => successors[i] ?? 0), ['logProb', 'argmax', 'lastLogits']);
      state.logProbs.push(...(out.logProb.data as Float32Array).subarray(0, successors.length));
      for (const id of out.argmax.data as BigInt64Array) state.argmax.push(Number(id));
      state.lastLogits = out.lastLogits.data as Float32Array;
    }
  }

  /** Logits after each of the tapped rows [start, end), absolute positions, [end - start, dVocab]; the caller has the memory for them. */
  logits({ xFinal, firstRow }: TraceState, { start, end }: TokenRange): Promise<Float32Array> {
    return this.logitsAfter(xFinal.rows(start - firstRow, end - firstRow));
  }

  /** The same after rows of the residual stream. @param x [rows, dModel], as `runHiding` gives them */
  async logitsAfter(x: Float32Array): Promise<Float32Array> {
    return (await this.runHead(x, new Array<number>(x.length / this.config.dModel).fill(0), ['logits'])).logits.data as Float32Array;
  }

  /**
   * log P(target) after each of these rows, [rows].
   * @param x [rows, dModel]
   * @param between two blocks of rows; may throw to stop
   */
  async logProbsAfter(x: Float32Array, targets: readonly number[], between: () => Promise<void>): Promise<Float32Array> {
    const { dModel } = this.config;
    const logProbs = new Float32Array(targets.length);
    for (let start = 0; start < targets.length; start += this.headRows) {
      if (start > 0) await between();
      const end = Math.min(targets.length, start + this.headRows);
      logProbs.set((await this.runHead(x.subarray(start * dModel, end * dModel), targets.slice(start, end), ['logProb'])).logProb.data as Float32Array, start);
    }
    return logProbs;
  }

  /** Rows whose logits are read at once. */
  private get headRows(): number {
    return Math.max(1, Math.floor(HEAD_BYTES / (8 * this.config.dVocab)));
  }

  private runHead(x: Float32Array, targets: readonly number[], outputs: readonly string[]): Promise<InferenceSession.ReturnType> {
    return this.head.run({ xFinal: float32(x, [targets.length, this.config.dModel]), targets: int64(targets) }, outputs);
  }

  async release(): Promise<void> {
    await this.decoder.release();
    await this.head.release();
    await this.attention.release();
    await this.recurrent?.release();
    this.weights.embeddings.close();
    this.weights.perLayer?.close();
  }
}

/** [1, 1] where one run sees everything. */
function hidingTensor(runs: readonly HidingRows[], end: number, past: PastColumns): Tensor {
  if (runs.length === 1 && runs[0].hidden.length === 0) return float32(new Float32Array(1), [1, 1]);
  const rows = runs.reduce((sum, { start }) => sum + end - start, 0);
  return float32(hidingMask(runs, end, past), [rows, past.end - past.first + rows]);
}
