import { join } from 'node:path';
import type { DeviceSetting, ModelInfo, Precision, WeightCache } from '../../protocol/engine/model';
import { loadKernelModule } from '../attribution/aggregation/kernelModule';
import { projectionFiles, tracerShape } from '../attribution/aggregation/outputProjection';
import { LogitContributions } from '../attribution/inputs/logitContributions';
import { TracerThread } from '../attribution/thread/tracerThread';
import { CheckpointError, DeviceError, EngineError } from '../base/errors';
import { openCheckpoint, type Checkpoint } from '../checkpoint/checkpoint';
import { PER_LAYER_TABLE } from '../checkpoint/config/modelConfig';
import { openPackedWeights, type PackedWeights } from '../checkpoint/packed/packedCache';
import { RowReader } from '../checkpoint/weights/rowReader';
import { chooseDevice } from '../decoder/device';
import { readLayerConstants } from '../decoder/layerConstants';
import { fileWeights } from '../decoder/graph/builder/initializers';
import { ModelSession, type DecoderWeights } from '../decoder/modelSession';
import { refuseTooLarge } from './memoryCheck';

/** A checkpoint that is ready to run: its session and its tracer. Token ids go in; texts are not known here. */
export class ModelRuntime {
  /** How fast the last run was; null before the first. */
  flopsPerSecond: number | null = null;
  private contributions: Promise<LogitContributions> | null = null;

  private constructor(readonly checkpoint: Checkpoint, private readonly weights: HeldWeights, readonly session: ModelSession, readonly tracer: TracerThread, readonly info: ModelInfo) {}

  /**
   * @param distDir folder of the built programs
   * @throws EngineError
   */
  static async load(modelDir: string, device: DeviceSetting, distDir: string, { precision = 'as stored', weightCache, onProgress = () => Promise.resolve() }: RuntimeOptions = {}): Promise<ModelRuntime> {
    const checkpoint = await openCheckpoint(modelDir);
    refuseTooLarge(checkpoint, precision);
    const { provider, log } = await chooseDevice(device);
    const { session, weights, log: deviceLog } = await createSession(checkpoint, provider, log, (on) => heldWeights(checkpoint, on === 'cpu' ? precision : 'exact', weightCache ?? null, onProgress));
    const { config } = checkpoint;
    const tracer = new TracerThread(join(distDir, 'tracerWorker.js'), { shape: tracerShape(config), projections: projectionFiles(checkpoint), kernels: loadKernelModule(distDir) });
    return new ModelRuntime(checkpoint, weights, session, tracer, {
      name: checkpoint.name,
      modelDir: checkpoint.dir,
      family: config.family,
      parameters: checkpoint.parameters,
      nLayers: config.nLayers,
      contextLength: config.contextLength,
      dtype: checkpoint.dtype,
      device: session.provider,
      deviceLog: [...deviceLog, ...heldNote(checkpoint, weights, session.provider, precision)],
    });
  }

  /** Made by the first method that asks for them. @throws CheckpointError */
  logitContributions(): Promise<LogitContributions> {
    this.contributions ??= LogitContributions.create(this.checkpoint, this.weights.decoder, this.session).catch((error: unknown) => {
      this.contributions = null; // the next request tries again
      throw error;
    });
    return this.contributions;
  }

  async dispose(): Promise<void> {
    await (await this.contributions?.catch(() => null))?.release();
    await this.tracer.dispose();
    await this.session.release();
    await this.weights.packed.release();
  }
}

/** How weights are held. */
export interface RuntimeOptions {
  readonly precision?: Precision;
  readonly weightCache?: WeightCache;
  /** Bytes of weights that are converted, of all. */
  readonly onProgress?: (done: number, total: number) => Promise<void>;
}

interface HeldWeights {
  readonly packed: PackedWeights;
  readonly decoder: DecoderWeights;
}

async function heldWeights(checkpoint: Checkpoint, precision: Precision, cache: WeightCache | null, onProgress: (done: number, total: number) => Promise<void>): Promise<HeldWeights> {
  const packed = await openPackedWeights(checkpoint, precision, cache, onProgress);
  return {
    packed,
    decoder: {
      initializers: fileWeights(checkpoint, packed),
      activations: precision === '8 bit' ? '8 bit' : 'exact',
      externalRoot: packed.root,
      embeddings: new RowReader(checkpoint.tensors.get('model.embed_tokens.weight')!),
      ...(checkpoint.config.perLayerInput !== null && { perLayer: new RowReader(checkpoint.tensors.get(PER_LAYER_TABLE)!) }),
      constants: await readLayerConstants(checkpoint.config, checkpoint),
    },
  };
}

/** A sentence where weights are held otherwise than was asked. */
function heldNote(checkpoint: Checkpoint, { packed }: HeldWeights, provider: ModelSession['provider'], precision: Precision): string[] {
  if (precision === 'exact' || provider === 'cpu') return [];
  return packed.file !== null || precision === '8 bit' ? [`The weights of "${checkpoint.name}" are held in fp32: products with quantised weights run on the CPU only.`] : [];
}

/** The model on the chosen device; where it does not fit there (memory, say), on the CPU. */
async function createSession(checkpoint: Checkpoint, provider: ModelSession['provider'], log: readonly string[], weightsOn: (provider: ModelSession['provider']) => Promise<HeldWeights>): Promise<{ session: ModelSession; weights: HeldWeights; log: readonly string[] }> {
  const create = async (on: ModelSession['provider']) => {
    const weights = await weightsOn(on);
    try {
      return { session: await ModelSession.create(checkpoint.config, weights.decoder, on), weights };
    } catch (error) {
      weights.decoder.embeddings.close();
      weights.decoder.perLayer?.close();
      await weights.packed.release();
      throw error;
    }
  };
  try {
    return { ...(await create(provider)), log };
  } catch (error) {
    if (error instanceof EngineError) throw error; // there is no ONNX Runtime, no room for converted weights
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    if (provider === 'cpu') throw new CheckpointError(`ONNX Runtime cannot load "${checkpoint.dir}" ("${reason}"); the checkpoint is damaged or too large for this machine's memory.`, { cause: error });
    try {
      return { ...(await create('cpu')), log: [...log, `The CPU is used after all: the model does not load on ${provider} ("${reason}").`] };
    } catch (cause) {
      throw new DeviceError(`"${checkpoint.dir}" loads neither on ${provider} ("${reason}") nor on the CPU; choose a smaller model.`, { cause });
    }
  }
}
