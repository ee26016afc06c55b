import { join } from 'node:path';
import type { DeviceSetting, ModelInfo } from '../../protocol/engine/model';
import { loadKernelModule } from '../attribution/aggregation/kernelModule';
import { projectionFiles } from '../attribution/aggregation/outputProjection';
import { LogitContributions } from '../attribution/inputs/logitContributions';
import { TracerThread } from '../attribution/thread/tracerThread';
import { CheckpointError, DeviceError, EngineError } from '../base/errors';
import { openCheckpoint, type Checkpoint } from '../checkpoint/checkpoint';
import { chooseDevice } from '../decoder/device';
import { fileWeights } from '../decoder/graph/initializers';
import { ModelSession } from '../decoder/modelSession';

/** A checkpoint that is ready to run: its session and its tracer. Token ids go in; texts are not known here. */
export class ModelRuntime {
  /** How fast the last run was; null before the first. */
  flopsPerSecond: number | null = null;
  private contributions: Promise<LogitContributions> | null = null;

  private constructor(readonly checkpoint: Checkpoint, readonly session: ModelSession, readonly tracer: TracerThread, readonly info: ModelInfo) {}

  /**
   * @param distDir folder of the built programs
   * @throws EngineError
   */
  static async load(modelDir: string, device: DeviceSetting, distDir: string): Promise<ModelRuntime> {
    const checkpoint = await openCheckpoint(modelDir);
    const { provider, log } = await chooseDevice(device);
    const session = await createSession(checkpoint, provider, log);
    const { config } = checkpoint;
    const tracer = new TracerThread(join(distDir, 'tracerWorker.js'), { shape: config, projections: projectionFiles(checkpoint), kernels: loadKernelModule(distDir) });
    return new ModelRuntime(checkpoint, session.session, tracer, {
      name: checkpoint.name,
      modelDir: checkpoint.dir,
      family: config.family,
      parameters: checkpoint.parameters,
      nLayers: config.nLayers,
      contextLength: config.contextLength,
      dtype: checkpoint.dtype,
      device: session.session.provider,
      deviceLog: session.log,
    });
  }

  /** Made by the first method that asks for them. @throws CheckpointError */
  logitContributions(): Promise<LogitContributions> {
    this.contributions ??= LogitContributions.create(this.checkpoint, this.session).catch((error: unknown) => {
      this.contributions = null; // the next request tries again
      throw error;
    });
    return this.contributions;
  }

  async dispose(): Promise<void> {
    await (await this.contributions?.catch(() => null))?.release();
    await this.tracer.dispose();
    await this.session.release();
  }
}

/** The model on the chosen device; where it does not fit there (memory, say), on the CPU. */
async function createSession(checkpoint: Checkpoint, provider: ModelSession['provider'], log: readonly string[]): Promise<{ session: ModelSession; log: readonly string[] }> {
  const create = (on: ModelSession['provider']) =>
    ModelSession.create(checkpoint.config, fileWeights(checkpoint), { provider: on, externalRoot: checkpoint.root });
  try {
    return { session: await create(provider), log };
  } catch (error) {
    if (error instanceof EngineError) throw error; // there is no ONNX Runtime, or a weight that it does not take
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    if (provider === 'cpu') throw new CheckpointError(`ONNX Runtime cannot load "${checkpoint.dir}" ("${reason}"); the checkpoint is damaged or too large for this machine's memory.`, { cause: error });
    try {
      return { session: await create('cpu'), log: [...log, `The CPU is used after all: the model does not load on ${provider} ("${reason}").`] };
    } catch (cause) {
      throw new DeviceError(`"${checkpoint.dir}" loads neither on ${provider} ("${reason}") nor on the CPU; choose a smaller model.`, { cause });
    }
  }
}
