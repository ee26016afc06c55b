import { fromErrorData, toErrorData } from '../errors';
import { readProjection, type OutputProjection, type ProjectionFiles, type TracerShape } from './outputProjection';
import { SpanTracer } from './spanTracer';
import type { SpanLayer } from './layerShares';
import type { SpanSource, WeightedRows } from './spanSource';
import { trace } from './trace';
import type { FromTracer, ToTracer, TracerWorkerData } from './tracerProtocol';

/** fp32 output projections kept between passes; the rest of a large model's are read again, from the page cache. */
const PROJECTION_BYTES = 512 << 20;

/** The worker's side: runs traces and asks the session's thread for the layers that they read. Knows no threads. */
export class TracerHandler {
  private readonly tracer: SpanTracer;
  private readonly waiting = new Map<number, { resolve: (layers: readonly SpanLayer[]) => void; reject: (error: unknown) => void }>();
  private nextRequest = 1;

  constructor({ shape, projections }: TracerWorkerData, private readonly post: (message: FromTracer, transfer?: ArrayBuffer[]) => void) {
    this.tracer = new SpanTracer(shape, projectionCache(projections, shape));
  }

  receive(message: ToTracer): void {
    switch (message.type) {
      case 'trace':
        void this.trace(message);
        break;
      case 'layer':
        this.settle(message.request)?.resolve(message.layers);
        break;
      case 'layerError':
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
      layer: (layer: number, spans: readonly WeightedRows[]) =>
        new Promise((resolve, reject) => {
          const request = this.nextRequest++;
          this.waiting.set(request, { resolve, reject });
          this.post({ type: 'layer', request, id, layer, spans });
        }),
    };
  }

  private settle(request: number) {
    const waiting = this.waiting.get(request);
    this.waiting.delete(request);
    return waiting;
  }
}

/** Layers come in order, pass after pass: keeping the first ones that fit beats evicting the least recently used, which would keep none. */
function projectionCache(files: readonly ProjectionFiles[], shape: TracerShape): (layer: number) => Promise<OutputProjection> {
  const bytes = 4 * shape.dModel * shape.nHeads * shape.dHead;
  const kept = new Map<number, Promise<OutputProjection>>();
  return (layer) => {
    const found = kept.get(layer);
    if (found) return found;
    const projection = readProjection(files[layer], shape);
    if ((kept.size + 1) * bytes <= PROJECTION_BYTES) {
      kept.set(layer, projection);
      projection.catch(() => kept.delete(layer));
    }
    return projection;
  };
}
