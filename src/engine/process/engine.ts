import type { CallOptions, EngineApi } from '../../protocol/engine/engineApi';
import type { LoadParams } from '../../protocol/engine/model';
import type { EngineMethod, EngineMethods } from '../../protocol/engine/requests';
import { CancelledError, ColdStateError } from '../base/errors';
import { LoadedModel } from '../model/loadedModel';
import { tokenizeTranscript } from '../prompt/tokenizeTranscript';
import { alternatives } from '../requests/alternatives';
import { generateTranscript } from '../requests/generateTranscript';
import { traceTranscript } from '../requests/traceTranscript';
import { verifyTranscript } from '../requests/verify/verifyTranscript';
import { openTokenizer } from '../tokenizer/openTokenizer';

type Handlers = { readonly [M in EngineMethod]: (params: EngineMethods[M]['params'], options: CallOptions) => Promise<EngineMethods[M]['result']> };

/** The engine in this process: one model at a time, loaded on demand and kept until another one is asked for. */
export class Engine implements EngineApi {
  private current: { readonly key: string; readonly model: Promise<LoadedModel>; users: number } | null = null;

  /** @param distDir folder of the built programs */
  constructor(private readonly distDir: string, private readonly log: (message: string) => void = () => undefined) {}

  private readonly handlers: Handlers = {
    load: (params, options) => this.withModel(params, options, (model) => Promise.resolve(model.info)),
    tokenize: async ({ document, modelDir }) => tokenizeTranscript(document, await openTokenizer(modelDir)),
    trace: async (params, options) => {
      if (params.warmOnly && this.current?.key !== keyOf(params)) {
        throw new ColdStateError(`The model in ${params.modelDir} is not in memory; run Trace Selection, which loads it.`);
      }
      return this.withModel(params, options, (model) => traceTranscript(model, params, options));
    },
    alternatives: (params, options) => this.withModel(params, options, (model) => alternatives(model, params, options)),
    verify: (params, options) => this.withModel(params, options, (model) => verifyTranscript(model, params, options)),
    generate: (params, options) => this.withModel(params, options, (model) => generateTranscript(model, params, options)),
  };

  async call<M extends EngineMethod>(method: M, params: EngineMethods[M]['params'], options: CallOptions = {}): Promise<EngineMethods[M]['result']> {
    if (options.signal?.aborted) throw new CancelledError();
    return this.handlers[method](params, options);
  }

  async dispose(): Promise<void> {
    const { current } = this;
    this.current = null;
    await (await current?.model.catch(() => null))?.dispose();
  }

  /** A model that is replaced stays until the last request that uses it has ended. */
  private async withModel<R>(params: LoadParams, { signal, onProgress }: CallOptions, use: (model: LoadedModel) => Promise<R>): Promise<R> {
    const key = keyOf(params);
    if (this.current?.key !== key) {
      const previous = this.current;
      onProgress?.({ kind: 'phase', phase: 'load', done: 0, total: 1 });
      const model = this.load(params);
      model.catch(() => undefined); // told to those who await it; the model before it may take a while to go
      this.current = { key, model, users: 0 };
      if (previous?.users === 0) await release(previous.model);
    }
    const slot = this.current;
    slot.users++;
    try {
      const model = await slot.model;
      if (params.memoryBudget !== undefined) model.states.budget = params.memoryBudget;
      if (signal?.aborted) throw new CancelledError();
      return await model.keeper.during(() => use(model));
    } catch (error) {
      if (slot === this.current && (await slot.model.catch(() => null)) === null) this.current = null; // try again next time
      throw error;
    } finally {
      slot.users--;
      if (slot.users === 0 && slot !== this.current) await release(slot.model);
    }
  }

  private async load({ modelDir, device }: LoadParams): Promise<LoadedModel> {
    const started = performance.now();
    const model = await LoadedModel.load(modelDir, device, this.distDir);
    const { name, family, parameters, dtype } = model.info;
    this.log(`Loaded ${name} (${family}, ${(parameters / 1e6).toFixed(1)}M parameters, ${dtype}) in ${Math.round(performance.now() - started)} ms. ${[...model.info.deviceLog, ...model.runtime.checkpoint.notes].join(' ')}`);
    return model;
  }
}

function keyOf({ modelDir, device }: LoadParams): string {
  return JSON.stringify([modelDir, device]);
}

async function release(model: Promise<LoadedModel>): Promise<void> {
  await (await model.catch(() => null))?.dispose();
}
