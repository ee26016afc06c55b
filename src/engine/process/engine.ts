import type { CallOptions, EngineApi } from '../../protocol/engine/engineApi';
import type { LoadParams } from '../../protocol/engine/model';
import type { EngineMethod, EngineMethods } from '../../protocol/engine/requests';
import { abortable } from '../base/abortable';
import { breathe } from '../base/breathe';
import { CancelledError, ColdStateError } from '../base/errors';
import { findModels } from '../discovery/findModels';
import { heldHere } from '../discovery/memory';
import { LoadedModel } from '../model/loadedModel';
import { tokenizeTranscript } from '../prompt/tokenizeTranscript';
import { alternatives } from '../requests/alternatives';
import { generateTranscript } from '../requests/generateTranscript';
import { traceByMethod } from '../requests/cut/traceByMethod';
import { rewriteTranscript } from '../requests/rewrite/rewriteTranscript';
import { verifyTranscript } from '../requests/verify/verifyTranscript';
import { openTokenizer } from '../tokenizer/openTokenizer';

type Handlers = { readonly [M in EngineMethod]: (params: EngineMethods[M]['params'], options: CallOptions) => Promise<EngineMethods[M]['result']> };

/** A model that is in memory or on its way. */
interface Slot {
  readonly key: string;
  readonly model: Promise<LoadedModel>;
  /** Of those who wait for it. */
  readonly onProgress: Set<NonNullable<CallOptions['onProgress']>>;
  users: number;
  ready: boolean;
}

/** The engine in this process: one model at a time, loaded on demand and kept until another one is asked for. */
export class Engine implements EngineApi {
  private current: Slot | null = null;

  /** @param distDir folder of the built programs */
  constructor(private readonly distDir: string, private readonly log: (message: string) => void = () => undefined) {}

  private readonly handlers: Handlers = {
    // Before another model is loaded, the one in memory is let go of.
    findModels: async (params, { signal }) => findModels({ ...params, held: await heldHere(), signal }),
    load: (params, options) => this.withModel(params, options, (model) => Promise.resolve(model.info)),
    tokenize: async ({ document, modelDir }) => tokenizeTranscript(document, await openTokenizer(modelDir)),
    trace: async (params, options) => {
      if (params.warmOnly && this.current?.key !== keyOf(params)) {
        throw new ColdStateError(`The model in ${params.modelDir} is not in memory; run Trace Selection, which loads it.`);
      }
      return this.withModel(params, options, (model) => traceByMethod(model, params, options));
    },
    alternatives: (params, options) => this.withModel(params, options, (model) => alternatives(model, params, options)),
    verify: (params, options) => this.withModel(params, options, (model) => verifyTranscript(model, params, options)),
    rewrite: (params, options) => this.withModel(params, options, (model) => rewriteTranscript(model, params, options)),
    generate: (params, options) => this.withModel(params, options, (model) => generateTranscript(model, params, options)),
  };

  async call<M extends EngineMethod>(method: M, params: EngineMethods[M]['params'], options: CallOptions = {}): Promise<EngineMethods[M]['result']> {
    if (options.signal?.aborted) throw new CancelledError();
    return this.handlers[method](params, options);
  }

  async dispose(): Promise<void> {
    const { current } = this;
    this.current = null;
    if (current) await release(current);
  }

  /**
   * A model that is replaced stays until the last request that uses it has ended. Who cancels while a model loads is answered at once; it goes on
   * loading, for the next request.
   */
  private async withModel<R>(params: LoadParams, { signal, onProgress }: CallOptions, use: (model: LoadedModel) => Promise<R>): Promise<R> {
    const previous = this.current;
    const slot = previous?.key === keyOf(params) ? previous : this.begin(params);
    slot.users++;
    try {
      if (!slot.ready && onProgress) {
        slot.onProgress.add(onProgress);
        onProgress({ kind: 'phase', phase: 'load', done: 0, total: 1 });
      }
      if (previous !== slot && previous?.users === 0) await abortable(release(previous), signal);
      const model = await abortable(slot.model, signal);
      if (params.memoryBudget !== undefined) model.states.budget = params.memoryBudget;
      if (signal?.aborted) throw new CancelledError();
      return await model.keeper.during(() => use(model));
    } finally {
      if (onProgress) slot.onProgress.delete(onProgress);
      slot.users--;
      if (slot.users === 0 && slot !== this.current) {
        const released = release(slot);
        if (!signal?.aborted) await released;
      }
    }
  }

  private begin(params: LoadParams): Slot {
    const onProgress: Slot['onProgress'] = new Set();
    const model = this.load(params, onProgress);
    const slot: Slot = { key: keyOf(params), model, onProgress, users: 0, ready: false };
    model.then(
      () => { slot.ready = true; },
      // Told to those who await it, of whom there may be none left; the next request tries again.
      () => { if (this.current === slot) this.current = null; },
    );
    this.current = slot;
    return slot;
  }

  private async load(params: LoadParams, waiting: Slot['onProgress']): Promise<LoadedModel> {
    const started = performance.now();
    const model = await LoadedModel.load(params, this.distDir, async (done, total) => {
      for (const onProgress of waiting) onProgress({ kind: 'phase', phase: 'convert', done, total });
      await breathe();
    });
    const { name, family, parameters, dtype } = model.info;
    this.log(`Loaded ${name} (${family}, ${(parameters / 1e6).toFixed(1)}M parameters, ${dtype}) in ${Math.round(performance.now() - started)} ms. ${[...model.info.deviceLog, ...model.runtime.checkpoint.notes].join(' ')}`);
    return model;
  }
}

function keyOf({ modelDir, device, precision = 'as stored' }: LoadParams): string {
  return JSON.stringify([modelDir, device, precision]);
}

/** Never rejects: nobody could do anything about it. */
async function release({ model }: Slot): Promise<void> {
  await model.then((loaded) => loaded.dispose()).catch(() => undefined);
}
