import { Worker } from 'node:worker_threads';
import { CancelledError, EngineCrashedError, fromErrorData, toErrorData, type EngineError } from '../../base/errors';
import type { SourceLayer, SpanSource } from '../aggregation/spanSource';
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
  private worker: Worker | null = null;
  private disposed = false;
  private readonly running = new Map<number, Running>();
  private nextId = 1;

  /** @param workerPath the built `tracerWorker.js` */
  constructor(private readonly workerPath: string, private readonly data: TracerWorkerData) {}

  /** Starts the worker beside a run of the model, so that a trace need not wait for it; who only generates does without its memory. */
  prepare(): void {
    this.started();
  }

  /**
   * @param source answers on this thread; a rejection (cancel) ends the trace
   * @throws EngineError
   */
  async trace(job: TraceJob, source: SpanSource, onProgress: (done: number, total: number) => void, signal?: AbortSignal): Promise<TraceOutput> {
    if (signal?.aborted) throw new CancelledError();
    const id = this.nextId++;
    const worker = this.started();
    worker.ref();
    // The worker notices a cancel at its next layer; the caller need not wait for that.
    const cancel = () => this.running.get(id)?.reject(new CancelledError());
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await new Promise<TraceOutput>((resolve, reject) => {
        this.running.set(id, { source, onProgress, resolve, reject });
        post(worker, { type: 'trace', id, job });
      });
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.running.delete(id);
      if (this.running.size === 0) worker.unref();
    }
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    this.fail(new CancelledError());
    await this.worker?.terminate();
  }

  /** The worker; one that has died (its heap was full, say) took its traces with it, and the next one gets another. */
  private started(): Worker {
    if (this.worker) return this.worker;
    const worker = new Worker(this.workerPath, { workerData: this.data });
    const died = (sentence: string) => {
      if (this.worker !== worker || this.disposed) return;
      this.worker = null;
      this.fail(new EngineCrashedError(sentence));
    };
    worker.on('message', (message: unknown) => {
      if (isFromTracer(message)) this.receive(message, worker);
      else console.warn('A message of the tracer has a form that it never sends and was dropped.');
    });
    worker.on('error', (error) => { died(`The tracer stopped with "${error.message}"; run the command again.`); });
    worker.on('exit', () => { died('The tracer stopped before it had finished; run the command again.'); });
    worker.unref(); // an idle tracer keeps no process alive
    this.worker = worker;
    return worker;
  }

  private receive(message: FromTracer, worker: Worker): void {
    const running = this.running.get(message.id);
    switch (message.type) {
      case 'layer':
      case 'contributions':
        void answer(worker, message, running);
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

  private fail(error: EngineError): void {
    for (const { reject } of this.running.values()) reject(error);
  }
}

async function answer(worker: Worker, message: Extract<FromTracer, { type: 'layer' | 'contributions' }>, running: Running | undefined): Promise<void> {
  const { request } = message;
  try {
    if (!running) throw new CancelledError();
    if (message.type === 'contributions') {
      post(worker, { type: 'answer', request, answer: await running.source.contributions(message.tokens) });
    } else {
      const found = await running.source.layer(message.layer, message.spans, message.spare);
      post(worker, { type: 'answer', request, answer: found }, buffersOf(found));
    }
  } catch (error) {
    post(worker, { type: 'refusal', request, error: toErrorData(error) });
  }
}

function post(worker: Worker, message: ToTracer, transfer: ArrayBuffer[] = []): void {
  worker.postMessage(message, transfer);
}

/** What goes over to the tracer: each buffer once. */
function buffersOf({ values, spans }: SourceLayer): ArrayBuffer[] {
  const arrays = [values, ...spans.flatMap((span) => [span.attention, span.values ?? null])];
  return [...new Set(arrays.flatMap((array) => (array ? [array.buffer as ArrayBuffer] : [])))];
}
