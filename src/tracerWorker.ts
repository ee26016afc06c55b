/** The tracer's thread: span aggregation and recursion for one checkpoint. */
import { parentPort, workerData } from 'node:worker_threads';
import { TracerHandler } from './engine/attribution/thread/tracerHandler';
import { isToTracer } from './engine/attribution/thread/checkedMessages';
import type { TracerWorkerData } from './engine/attribution/thread/tracerProtocol';

const port = parentPort!;
const handler = new TracerHandler(workerData as TracerWorkerData, (message, transfer) => port.postMessage(message, transfer));
port.on('message', (message: unknown) => {
  if (isToTracer(message)) handler.receive(message);
  else console.warn('A message to the tracer has a form that the engine never sends and was dropped.');
});
