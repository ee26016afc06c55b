import type { TokenizedTranscript, TranscriptDocument } from '../../concepts/transcript';
import type { LoadParams, ModelInfo } from '../../protocol/engine/model';
import { AttentionKeeper } from '../attribution/inputs/attentionKeeper';
import { inSmallHeap } from '../base/smallHeap';
import { tokenizeTranscript } from '../prompt/tokenizeTranscript';
import { StateStore } from '../state/stateStore';
import { openTokenizer } from '../tokenizer/openTokenizer';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { ModelRuntime, type RuntimeOptions } from './modelRuntime';

/** Transcripts whose tokens are remembered. */
const REMEMBERED = 4;

/** A model that transcripts can be traced with: the runtime, its tokenizer and the trace states so far. */
export class LoadedModel {
  readonly states: StateStore;
  readonly keeper: AttentionKeeper;
  private transcripts: readonly { readonly document: TranscriptDocument; readonly transcript: TokenizedTranscript }[] = [];

  private constructor(readonly runtime: ModelRuntime, readonly tokenizer: Tokenizer) {
    this.states = new StateStore(runtime.checkpoint.config);
    this.keeper = new AttentionKeeper(runtime.session.attention);
  }

  /**
   * @param distDir folder of the built programs
   * @throws EngineError
   */
  static load({ modelDir, device, precision, weightCache, memoryBudget }: LoadParams, distDir: string, onProgress?: RuntimeOptions['onProgress']): Promise<LoadedModel> {
    return inSmallHeap(async () => {
      const runtime = await ModelRuntime.load(modelDir, device, distDir, { precision, weightCache, onProgress });
      try {
        const tokenizer = await openTokenizer(runtime.checkpoint.dir);
        tokenizer.checkVocabulary(runtime.checkpoint.config.dVocab);
        const model = new LoadedModel(runtime, tokenizer);
        if (memoryBudget !== undefined) model.states.budget = memoryBudget;
        return model;
      } catch (error) {
        await runtime.dispose();
        throw error;
      }
    });
  }

  /**
   * `tokenizeTranscript`, with the latest transcripts remembered: live traces ask for the same text again and again.
   * @throws EngineError
   */
  transcript(document: TranscriptDocument): TokenizedTranscript {
    const known = this.transcripts.find(({ document: { name, text, format, conversation } }) =>
      name === document.name && text === document.text && format === document.format && conversation === document.conversation);
    const entry = known ?? { document, transcript: tokenizeTranscript(document, this.tokenizer, { contextLength: this.runtime.checkpoint.config.contextLength }) };
    this.transcripts = [entry, ...this.transcripts.filter((other) => other !== entry)].slice(0, REMEMBERED);
    return entry.transcript;
  }

  get info(): ModelInfo {
    return this.runtime.info;
  }

  async dispose(): Promise<void> {
    await this.keeper.stop();
    await this.runtime.dispose();
  }
}
