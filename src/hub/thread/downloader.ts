import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { CancelledError, EngineCrashedError, EngineError, fromErrorData } from '../../engine/base/errors';
import { isFromDownloader } from '../../protocol/hub/checkedMessages';
import type { DownloaderData, FromDownloader, HubMethod, HubMethods, ToDownloader } from '../../protocol/hub/messages';
import type { DownloadProgress } from '../../protocol/hub/repository';

/** A thread that is cancelled writes down what it has; one that hangs is ended. */
const LEAVE_MS = 5000;

interface Running {
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/** The one thread that uses the network, and hashes gigabytes beside. It starts with the first request. */
export class Downloader {
  private worker: Worker | null = null;
  private nextId = 1;
  private readonly running = new Map<number, Running>();

  /**
   * @param path the built `download.js`
   * @param env proxies are read from it
   */
  constructor(private readonly path: string, private readonly data: DownloaderData, private readonly env: NodeJS.ProcessEnv = process.env) {}

  /** @throws EngineError */
  async call<M extends HubMethod>(method: M, params: HubMethods[M]['params'], { signal, onProgress }: { readonly signal?: AbortSignal; readonly onProgress?: (progress: DownloadProgress) => void } = {}): Promise<HubMethods[M]['result']> {
    if (signal?.aborted) throw new CancelledError();
    const id = this.nextId++;
    const worker = this.started();
    const cancel = (): void => { post(worker, { type: 'cancel', id }); };
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await new Promise<HubMethods[M]['result']>((resolve, reject) => {
        this.running.set(id, { onProgress, resolve, reject });
        post(worker, { type: 'request', id, method, params } as ToDownloader);
      });
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.running.delete(id);
    }
  }

  /** Cancels what runs; what came stays. */
  async dispose(): Promise<void> {
    const { worker } = this;
    if (!worker) return;
    for (const id of this.running.keys()) post(worker, { type: 'cancel', id });
    const end = performance.now() + LEAVE_MS;
    while (this.running.size > 0 && performance.now() < end) await pause(20);
    this.worker = null;
    await worker.terminate();
    this.fail(new CancelledError());
  }

  private started(): Worker {
    if (this.worker) return this.worker;
    const worker = new Worker(this.path, { workerData: this.data, env: this.env });
    const died = (sentence: string): void => {
      if (this.worker !== worker) return;
      this.worker = null;
      this.fail(new EngineCrashedError(sentence));
    };
    worker.on('message', (message: unknown) => {
      if (isFromDownloader(message)) this.receive(message);
      else console.warn('A message of the downloader has a form that it never sends and was dropped.');
    });
    worker.on('error', (error) => { died(`The download stopped with "${error.message}"; run the command again, what came is kept.`); });
    worker.on('exit', () => { died('The download stopped before it had finished; run the command again, what came is kept.'); });
    this.worker = worker;
    return worker;
  }

  private receive(message: FromDownloader): void {
    const running = this.running.get(message.id);
    if (message.type === 'progress') running?.onProgress?.(message.progress);
    else if (message.type === 'result') running?.resolve(message.result as never);
    else running?.reject(fromErrorData(message.error));
  }

  private fail(error: Error): void {
    for (const { reject } of this.running.values()) reject(error);
  }
}

/** The hub asks for a token, or for another one. */
export function needsToken(error: unknown): error is EngineError {
  return error instanceof EngineError && error.code === 'access';
}

function post(worker: Worker, message: ToDownloader): void {
  worker.postMessage(message);
}
