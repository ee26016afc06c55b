/** The tracer's thread: span aggregation and recursion for one checkpoint. */
import { parentPort, workerData } from 'node:worker_threads';
import { TracerHandler } from './engine/attribution/thread/tracerHandler';
import type { ToTracer, TracerWorkerData } from './engine/attribution/thread/tracerProtocol';

const port = parentPort!;
const handler = new TracerHandler(workerData as TracerWorkerData, (message, transfer) => port.postMessage(message, transfer));
port.on('message', (message: ToTracer) => handler.receive(message));
