import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { breathe } from '../../base/breathe';
import type { Checkpoint } from '../../checkpoint/checkpoint';
import { outputEmbedding } from '../../checkpoint/config/modelConfig';
import { readRows } from '../../checkpoint/weights/readTensor';
import { RowReader } from '../../checkpoint/weights/rowReader';
import { contributionGraph } from '../../decoder/graph/contributionGraph';
import { directionGraph } from '../../decoder/graph/directionGraph';
import type { GraphWeights } from '../../decoder/graph/builder/initializers';
import type { ModelSession } from '../../decoder/modelSession';
import { createSession } from '../../decoder/runtime/onnxRuntime';
import { recurrenceOf } from '../../decoder/recurrent/recurrentLayer';
import { float32, positionsTensor } from '../../decoder/runtime/sessionTensors';
import { contributionRow, type ContributionRow } from '../../state/contributionRow';
import { keysLayer } from '../../state/layerLayout';
import type { RowStore } from '../../state/rowStore';
import type { TraceState } from '../../state/traceState';
import { attentionBlocks } from './attentionBlocks';
import { recurrentRows } from './gatedReach';

/** Bytes of a block's attention: what stays in the nearer caches over six operators. */
const BLOCK_BYTES = 2 << 20;
/** Bytes of directions that are computed at once: all output projections are read, and cast, for each time. */
const DIRECTION_BYTES = 64 << 20;

/**
 * Logit-directed contributions (docs/methods.md) of producing rows. A row's contributions depend on the row alone, never on a span or its
 * weights: they are computed once, [M, N] over all layers and heads, and from then on any span, hop count and token of it is a sum of rows.
 */
export class LogitContributions {
  private constructor(
    private readonly outputRows: RowReader,
    private readonly session: ModelSession,
    private readonly directions: InferenceSession,
    private readonly contributions: InferenceSession,
    private readonly centre: Float32Array,
  ) {}

  /** @throws CheckpointError */
  static async create(checkpoint: Checkpoint, weights: GraphWeights, session: ModelSession): Promise<LogitContributions> {
    const { config, tensors } = checkpoint;
    const [directions, contributions] = await Promise.all([
      // Weights are cast as they are used: folded, they would stay in memory a second time.
      createSession(directionGraph(config, weights), {
        ...session.options,
        extra: { ...session.options.extra, optimization: { disable_specified_optimizers: 'ConstantFolding' } },
      }),
      createSession(contributionGraph(config), session.options),
    ]);
    return new LogitContributions(new RowReader(tensors.get(outputEmbedding(config))!), session, directions, contributions, await meanEmbedding(checkpoint));
  }

  /**
   * Computes what is missing of the rows; afterwards `state.contributions` has them all.
   * @param rows positions whose produced token, the one after, is in the state
   * @param onRows told how many are done; may throw to stop
   */
  async compute(state: TraceState, rows: readonly number[], onRows: (done: number, total: number) => void): Promise<void> {
    const missing = rows.filter((row) => !state.contributions.has(row));
    const { layers } = this.session.config;
    const rowsAtOnce = Math.max(1, Math.floor(DIRECTION_BYTES / layers.reduce((bytes, { mixer }) => bytes + 4 * mixer.nHeads * mixer.dHead, 0)));
    const mostHeads = layers.reduce((most, { mixer }) => Math.max(most, mixer.nHeads), 1);
    let done = 0;
    for (let first = 0; first < missing.length; first += rowsAtOnce) {
      const pointed = missing.slice(first, first + rowsAtOnce);
      await breathe();
      onRows(done, missing.length);
      const directions = await this.pointed(state, pointed, this.centre);
      for (const block of attentionBlocks(mostHeads, state.length, pointed, BLOCK_BYTES)) {
        await breathe();
        onRows(done, missing.length);
        const found = await this.block(state, block, directions, done - first);
        block.forEach((row, i) => state.contributions.set(row, found[i]));
        done += block.length;
      }
    }
    onRows(done, missing.length);
  }

  /**
   * What moved the logit of the token that a row produced away from another one's: the row with `E[other]` in place of the vocabulary's mean.
   */
  async contrast(state: TraceState, row: number, other: number): Promise<ContributionRow> {
    const embedding = await this.outputRows.rows([other]);
    return (await this.block(state, [row], await this.pointed(state, [row], embedding), 0))[0];
  }

  /**
   * Directions of the tokens that the rows produced, away from what `centre` is, [dModel].
   * @returns by layer, [rows, nHeads * dHead]
   */
  private async pointed(state: TraceState, rows: readonly number[], centre: Float32Array): Promise<readonly Float32Array[]> {
    const { nLayers, dModel } = this.session.config;
    const taps = rows.map((row) => row - state.firstRow);
    const pointed = await this.outputRows.rows(rows.map((row) => state.ids[row + 1]));
    for (let i = 0; i < pointed.length; i++) pointed[i] -= centre[i % dModel];
    const feeds: Record<string, Tensor> = { xFinal: float32(state.xFinal.gather(taps), [rows.length, dModel]), pointed: float32(pointed, [rows.length, dModel]) };
    state.layers.forEach((layer, l) => {
      for (const name of ['scale', 'gate'] as const) if (name in layer.taps) feeds[`${name}.${l}`] = float32(layer.taps[name].gather(taps), [rows.length, layer.taps[name].width]);
    });
    const out = await this.directions.run(feeds);
    return Array.from({ length: nLayers }, (_, l) => out[`z.${l}`].data as Float32Array);
  }

  /** @param directions of these rows and others, in which the first of these is `from` */
  private async block(state: TraceState, rows: readonly number[], directions: readonly Float32Array[], from: number): Promise<ContributionRow[]> {
    const { config, attention, recurrent } = this.session;
    const columns = rows[rows.length - 1] + 1; // causal: nothing beyond is seen
    const feeds: Record<string, Tensor> = { rowPos: float32(Float32Array.from(rows), [rows.length]), colPos: positionsTensor(0, columns) };
    // In memory that the tracer's thread shares; a row sees nothing beyond itself.
    const moved = new Float32Array(new SharedArrayBuffer(4 * rows.length * columns));
    for (const [l, { mixer }] of config.layers.entries()) {
      const width = mixer.nHeads * mixer.dHead;
      const z = directions[l].subarray(from * width, (from + rows.length) * width);
      const { v } = state.layers[keysLayer(config, l)].columns;
      if (mixer.kind === 'convolution') {
        addConvolved(moved, rows, columns, z, v, attention.constants[l].kernel!);
        continue;
      }
      feeds[`z.${l}`] = float32(z, [rows.length, width]);
      if (mixer.kind === 'attention') {
        const { nKvHeads, dHead, window } = mixer;
        const { first, end } = attention.seen(l, rows);
        const { q, k, colPos, sinks } = attention.feeds(state, l, rows);
        const { valueBias } = attention.constants[keysLayer(config, l)];
        Object.assign(feeds, { [`q.${l}`]: q, [`k.${l}`]: k, [`v.${l}`]: float32(v.rows(first, end), [end - first, nKvHeads, dHead]) });
        if (window !== null) feeds[`colPos.${window}`] = colPos;
        if (sinks) feeds[`sinks.${l}`] = sinks;
        if (valueBias) feeds[`vBias.${l}`] = float32(valueBias, [nKvHeads, dHead]);
        continue;
      }
      const { columns: written, rows: asking } = recurrentRows(state, l, rows);
      const pattern = await recurrent!.pattern(recurrenceOf(mixer), written, asking, attention.constants[l].skip, breathe);
      feeds[`pattern.${l}`] = float32(pattern, [mixer.nHeads, rows.length, columns]);
      feeds[`v.${l}`] = float32(v.rows(0, columns), [columns, mixer.nHeads, mixer.dHead]);
    }
    const { contributions } = await this.contributions.run(feeds);
    const data = contributions.data as Float32Array;
    for (let i = 0; i < moved.length; i++) moved[i] += data[i];
    return rows.map((row, i) => contributionRow(moved.subarray(i * columns, i * columns + row + 1)));
  }

  async release(): Promise<void> {
    await this.directions.release();
    await this.contributions.release();
    this.outputRows.close();
  }
}

/** The mean over the vocabulary of the output embedding, [1, dModel]: what it adds to a logit, it adds to all. */
async function meanEmbedding({ config, tensors }: Checkpoint): Promise<Float32Array> {
  const tensor = tensors.get(outputEmbedding(config))!;
  const { dModel, dVocab } = config;
  const sum = new Float64Array(dModel);
  const block = 4096;
  for (let first = 0; first < dVocab; first += block) {
    const rows = Math.min(block, dVocab - first);
    const part = await readRows(tensor, first, first + rows);
    for (let i = 0; i < part.length; i += dModel) for (let d = 0; d < dModel; d++) sum[d] += part[i + d];
  }
  return Float32Array.from(sum, (x) => x / dVocab);
}

/** What a short convolution moves along the rows' directions, added up. moved: [rows, columns], z: [rows, channels], kernel: [channels, width] */
function addConvolved(moved: Float32Array, rows: readonly number[], columns: number, z: Float32Array, v: RowStore, kernel: Float32Array): void {
  const channels = v.width;
  const width = kernel.length / channels;
  rows.forEach((row, i) => {
    for (let lag = 0; lag < Math.min(width, row + 1); lag++) {
      const values = v.rows(row - lag, row - lag + 1);
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += values[c] * kernel[c * width + width - 1 - lag] * z[i * channels + c];
      moved[i * columns + row - lag] += sum;
    }
  });
}
