import type { DeviceSetting, ModelInfo } from '../shared/engineProtocol';
import { AttentionKeeper } from './attentionKeeper';
import { ModelRuntime } from './modelRuntime';
import { StateStore } from './stateStore';
import { openTokenizer } from './tokenizer/openTokenizer';
import type { Tokenizer } from './tokenizer/tokenizer';

/** A model that transcripts can be traced with: the runtime, its tokenizer and the trace states so far. */
export class LoadedModel {
  readonly states: StateStore;
  readonly keeper: AttentionKeeper;

  private constructor(readonly runtime: ModelRuntime, readonly tokenizer: Tokenizer) {
    this.states = new StateStore(runtime.checkpoint.config);
    this.keeper = new AttentionKeeper(runtime.session);
  }

  /**
   * @param distDir folder of the built programs
   * @throws EngineError
   */
  static async load(modelDir: string, device: DeviceSetting, distDir: string): Promise<LoadedModel> {
    const runtime = await ModelRuntime.load(modelDir, device, distDir);
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

  async dispose(): Promise<void> {
    await this.keeper.stop();
    await this.runtime.dispose();
  }
}
