import { Worker } from 'node:worker_threads';
import { CancelledError, EngineCrashedError, fromErrorData, toErrorData, type EngineError } from '../../base/errors';
import type { SpanSource } from '../aggregation/spanSource';
import type { TraceJob, TraceOutput } from '../methods/traceJob';
import { isFromTracer } from './checkedMessages';
import type { FromTracer, ToTracer, TracerWorkerData } from './tracerProtocol';

interface Running {
  readonly source: SpanSource;
  readonly onProgress: (done: number, total: number) => void;
  readonly resolve: (output: TraceOutput) => void;
  readonly reject: (error: unknown) => void;
}

/** The session thread's handle on a tracer worker, which serves one checkpoint. */
export class TracerThread {
  private readonly worker: Worker;
  private readonly running = new Map<number, Running>();
  private nextId = 1;

  /** @param workerPath the built `tracerWorker.js` */
  constructor(workerPath: string, data: TracerWorkerData) {
    this.worker = new Worker(workerPath, { workerData: data });
    this.worker.on('message', (message: unknown) => {
      if (isFromTracer(message)) this.receive(message);
      else console.warn('A message of the tracer has a form that it never sends and was dropped.');
    });
    this.worker.on('error', (error) => this.fail(new EngineCrashedError(`The tracer stopped with "${error.message}"; run the command again.`)));
    this.worker.on('exit', () => this.fail(new EngineCrashedError('The tracer stopped before it had finished; run the command again.')));
    this.worker.unref(); // an idle tracer keeps no process alive
  }

  /**
   * @param source answers on this thread; a rejection (cancel) ends the trace
   * @throws EngineError
   */
  async trace(job: TraceJob, source: SpanSource, onProgress: (done: number, total: number) => void, signal?: AbortSignal): Promise<TraceOutput> {
    if (signal?.aborted) throw new CancelledError();
    const id = this.nextId++;
    this.worker.ref();
    // The worker notices a cancel at its next layer; the caller need not wait for that.
    const cancel = () => this.running.get(id)?.reject(new CancelledError());
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await new Promise<TraceOutput>((resolve, reject) => {
        this.running.set(id, { source, onProgress, resolve, reject });
        this.post({ type: 'trace', id, job });
      });
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.running.delete(id);
      if (this.running.size === 0) this.worker.unref();
    }
  }

  async dispose(): Promise<void> {
    this.fail(new CancelledError());
    await this.worker.terminate();
  }

  private receive(message: FromTracer): void {
    const running = this.running.get(message.id);
    switch (message.type) {
      case 'layer':
      case 'contributions':
        void this.answer(message, running);
        break;
      case 'progress':
        running?.onProgress(message.done, message.total);
        break;
      case 'result':
        running?.resolve(message.output);
        break;
      case 'error':
        running?.reject(fromErrorData(message.error));
        break;
    }
  }

  private async answer(message: Extract<FromTracer, { type: 'layer' | 'contributions' }>, running: Running | undefined): Promise<void> {
    const { request } = message;
    try {
      if (!running) throw new CancelledError();
      if (message.type === 'contributions') {
        this.post({ type: 'answer', request, answer: await running.source.contributions(message.tokens) });
      } else {
        const answer = await running.source.layer(message.layer, message.spans, message.spare);
        this.post({ type: 'answer', request, answer }, [answer.values, ...answer.spans.map(({ attention }) => attention)].map(({ buffer }) => buffer as ArrayBuffer));
      }
    } catch (error) {
      this.post({ type: 'refusal', request, error: toErrorData(error) });
    }
  }

  private post(message: ToTracer, transfer: ArrayBuffer[] = []): void {
    this.worker.postMessage(message, transfer);
  }

  private fail(error: EngineError): void {
    for (const { reject } of this.running.values()) reject(error);
  }
}
