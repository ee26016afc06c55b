import { fromErrorData, toErrorData } from '../../base/errors';
import type { ContributionRow } from '../../state/contributionRow';
import { createShareKernel } from '../aggregation/createShareKernel';
import { readProjection } from '../aggregation/outputProjection';
import type { SourceLayer, SpanSource, WeightedRows } from '../aggregation/spanSource';
import { SpanTracer } from '../aggregation/spanTracer';
import { trace } from '../methods/methodRegistry';
import type { FromTracer, ToTracer, TracerWorkerData } from './tracerProtocol';

/** The worker's side: runs traces and asks the session's thread for the layers that they read. Knows no threads. */
export class TracerHandler {
  private readonly tracer: SpanTracer;
  private readonly waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: unknown) => void }>();
  private nextRequest = 1;

  constructor({ shape, projections, kernels }: TracerWorkerData, private readonly post: (message: FromTracer, transfer?: ArrayBuffer[]) => void) {
    this.tracer = new SpanTracer(shape, createShareKernel(kernels, shape), (layer) => readProjection(projections[layer], shape[layer]));
  }

  receive(message: ToTracer): void {
    switch (message.type) {
      case 'trace':
        void this.trace(message);
        break;
      case 'answer':
        this.settle(message.request)?.resolve(message.answer);
        break;
      case 'refusal':
        this.settle(message.request)?.reject(fromErrorData(message.error));
        break;
    }
  }

  private async trace({ id, job }: Extract<ToTracer, { type: 'trace' }>): Promise<void> {
    try {
      const output = await trace(job, this.source(id), this.tracer, (done, total) => this.post({ type: 'progress', id, done, total }));
      this.post({ type: 'result', id, output });
    } catch (error) {
      this.post({ type: 'error', id, error: toErrorData(error) });
    }
  }

  private source(id: number): SpanSource {
    return {
      layer: (layer: number, spans: readonly WeightedRows[], spare?: ArrayBuffer) =>
        this.ask<SourceLayer>((request) => this.post({ type: 'layer', request, id, layer, spans, ...(spare && { spare }) }, spare && [spare])),
      contributions: (tokens: readonly number[]) => this.ask<readonly ContributionRow[]>((request) => this.post({ type: 'contributions', request, id, tokens })),
    };
  }

  private ask<T>(post: (request: number) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const request = this.nextRequest++;
      this.waiting.set(request, { resolve: resolve as (answer: unknown) => void, reject });
      post(request);
    });
  }

  private settle(request: number) {
    const waiting = this.waiting.get(request);
    this.waiting.delete(request);
    return waiting;
  }
}
