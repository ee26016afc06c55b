import { Worker } from 'node:worker_threads';

/** Samples the process's resident memory from another thread: ONNX Runtime blocks this one. */
const SAMPLER = `
const { parentPort, workerData } = require('node:worker_threads');
const peak = new BigInt64Array(workerData);
setInterval(() => {
  const rss = BigInt(process.memoryUsage.rss());
  if (rss > Atomics.load(peak, 0)) Atomics.store(peak, 0, rss);
}, 10);
parentPort.postMessage('ready');
`;

/** @returns what `work` gives, and by how many bytes the process grew at most while it ran */
export async function peakMemory<T>(work: () => Promise<T>): Promise<{ result: T; bytes: number }> {
  const shared = new SharedArrayBuffer(8);
  const peak = new BigInt64Array(shared);
  const worker = new Worker(SAMPLER, { eval: true, workerData: shared });
  await new Promise((resolve) => worker.once('message', resolve));
  const before = process.memoryUsage.rss();
  Atomics.store(peak, 0, BigInt(before));
  try {
    const result = await work();
    return { result, bytes: Math.max(Number(Atomics.load(peak, 0)), process.memoryUsage.rss()) - before };
  } finally {
    await worker.terminate();
  }
}
