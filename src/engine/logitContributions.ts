import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Checkpoint } from './checkpoint/checkpoint';
import { outputEmbedding } from './checkpoint/modelConfig';
import { readTensor } from './checkpoint/readTensor';
import type { ModelSession } from './modelSession';
import { contributionGraph } from './onnx/contributionGraph';
import { directionGraph } from './onnx/directionGraph';
import { fileWeights } from './onnx/weights';
import { attentionBlocks, breathe } from './stateSpanSource';
import type { ContributionRow } from './tracer/spanSource';
import type { TraceState } from './traceState';

/** Bytes of a block's attention: what stays in the nearer caches over six operators. */
const BLOCK_BYTES = 2 << 20;

/**
 * Logit-directed contributions (docs/methods.md) of producing rows. A row's contributions depend on the row alone, never on a span or its
 * weights: they are computed once, [M, N] over all layers and heads, and from then on any span, hop count and token of it is a sum of rows.
 */
export class LogitContributions {
  private constructor(
    private readonly checkpoint: Checkpoint,
    private readonly session: ModelSession,
    private readonly directions: InferenceSession,
    private readonly contributions: InferenceSession,
    private readonly centre: Float32Array,
    private readonly valueBiases: readonly Float32Array[] | null,
  ) {}

  /** @throws CheckpointError */
  static async create(checkpoint: Checkpoint, session: ModelSession): Promise<LogitContributions> {
    const { config, tensors } = checkpoint;
    const [directions, contributions] = await Promise.all([
      // Weights are cast as they are used: folded, they would stay in memory a second time.
      InferenceSession.create(directionGraph(config, fileWeights(checkpoint)), {
        ...session.options,
        extra: { ...session.options.extra, optimization: { disable_specified_optimizers: 'ConstantFolding' } },
      }),
      InferenceSession.create(contributionGraph(config), session.shortOptions),
    ]);
    const biases = config.attentionBias
      ? await Promise.all(Array.from({ length: config.nLayers }, (_, l) => readTensor(tensors.get(`model.layers.${l}.self_attn.v_proj.bias`)!)))
      : null;
    return new LogitContributions(checkpoint, session, directions, contributions, await meanEmbedding(checkpoint), biases);
  }

  /**
   * Computes what is missing of the rows; afterwards `state.contributions` has them all.
   * @param rows positions whose produced token, the one after, is in the state
   * @param onRows told how many are done; may throw to stop
   */
  async compute(state: TraceState, rows: readonly number[], onRows: (done: number, total: number) => void): Promise<void> {
    const missing = rows.filter((row) => !state.contributions.has(row));
    let done = 0;
    for (const block of attentionBlocks(state, missing, BLOCK_BYTES)) {
      const found = await this.block(state, block, block.map((row) => state.ids[row + 1]), this.centre, () => { onRows(done, missing.length); });
      block.forEach((row, i) => state.contributions.set(row, found[i]));
      done += block.length;
    }
    onRows(done, missing.length);
  }

  /**
   * What moved the logit of the token that a row produced away from another one's: the row with `E[other]` in place of the vocabulary's mean.
   */
  async contrast(state: TraceState, row: number, other: number): Promise<ContributionRow> {
    const { dModel, dVocab } = this.session.config;
    const tensor = this.checkpoint.tensors.get(outputEmbedding(this.session.config))!;
    const width = tensor.length / dVocab;
    const embedding = await readTensor({ ...tensor, offset: tensor.offset + other * width, length: width, shape: [1, dModel] });
    return (await this.block(state, [row], [state.ids[row + 1]], embedding, () => undefined))[0];
  }

  /**
   * @param tokens the tokens that the rows point at
   * @param centre [dModel] what they are pointed away from
   */
  private async block(state: TraceState, rows: readonly number[], tokens: readonly number[], centre: Float32Array, onLayer: () => void): Promise<ContributionRow[]> {
    const { nLayers, nHeads, nKvHeads, dHead, dModel } = this.session.config;
    const columns = rows[rows.length - 1] + 1;
    const xFinal = state.xFinal.gather(rows.map((row) => row - state.firstRow));
    const directions = await this.directions.run({
      xFinal: new Tensor('float32', xFinal, [rows.length, dModel]),
      tokens: new Tensor('int64', BigInt64Array.from(tokens, BigInt), [rows.length]),
      centre: new Tensor('float32', centre, [1, dModel]),
    });
    const total = new Float32Array(rows.length * columns);
    for (let l = 0; l < nLayers; l++) {
      await breathe();
      onLayer();
      const out = await this.contributions.run({
        ...this.session.attentionFeeds(state, l, rows),
        z: new Tensor('float32', directions[`z.${l}`].data as Float32Array, [rows.length, nHeads * dHead]),
        v: new Tensor('float32', state.layers[l].v.rows(0, columns), [columns, nKvHeads, dHead]),
        ...(this.valueBiases && { vBias: new Tensor('float32', this.valueBiases[l], [nKvHeads, dHead]) }),
      });
      const part = out.contributions.data as Float32Array;
      for (let i = 0; i < total.length; i++) total[i] += part[i];
    }
    // A row sees nothing beyond itself.
    return rows.map((row, i) => contributionRow(total.subarray(i * columns, i * columns + row + 1)));
  }

  async release(): Promise<void> {
    await this.directions.release();
    await this.contributions.release();
  }
}

/** A row of its own, in memory that it can share with the tracer's thread. */
function contributionRow(values: Float32Array): ContributionRow {
  const moved = new Float32Array(new SharedArrayBuffer(values.byteLength));
  moved.set(values);
  let [raised, lowered] = [0, 0];
  for (const x of values) {
    raised += Math.max(0, x);
    lowered -= Math.min(0, x);
  }
  return { moved, raised, lowered };
}

/** The mean over the vocabulary of the output embedding, [1, dModel]: what it adds to a logit, it adds to all. */
async function meanEmbedding({ config, tensors }: Checkpoint): Promise<Float32Array> {
  const tensor = tensors.get(outputEmbedding(config))!;
  const { dModel, dVocab } = config;
  const width = tensor.length / dVocab;
  const sum = new Float64Array(dModel);
  const block = 4096;
  for (let first = 0; first < dVocab; first += block) {
    const rows = Math.min(block, dVocab - first);
    const part = await readTensor({ ...tensor, offset: tensor.offset + first * width, length: rows * width, shape: [rows, dModel] });
    for (let i = 0; i < part.length; i += dModel) for (let d = 0; d < dModel; d++) sum[d] += part[i + d];
  }
  return Float32Array.from(sum, (x) => x / dVocab);
}
