import type { DeviceSetting, ModelInfo } from '../shared/engineProtocol';
import { ModelRuntime } from './modelRuntime';
import { StateStore } from './stateStore';
import { openTokenizer } from './tokenizer/openTokenizer';
import type { Tokenizer } from './tokenizer/tokenizer';

/** A model that transcripts can be traced with: the runtime, its tokenizer and the trace states so far. */
export class LoadedModel {
  readonly states = new StateStore();

  private constructor(readonly runtime: ModelRuntime, readonly tokenizer: Tokenizer) {}

  /** @throws EngineError */
  static async load(modelDir: string, device: DeviceSetting, tracerWorkerPath: string): Promise<LoadedModel> {
    const runtime = await ModelRuntime.load(modelDir, device, tracerWorkerPath);
    try {
      const tokenizer = await openTokenizer(runtime.checkpoint.dir);
      tokenizer.checkVocabulary(runtime.checkpoint.config.dVocab);
      return new LoadedModel(runtime, tokenizer);
    } catch (error) {
      await runtime.dispose();
      throw error;
    }
  }

  get info(): ModelInfo {
    return this.runtime.info;
  }

  dispose(): Promise<void> {
    return this.runtime.dispose();
  }
}
