/**
 * Loaded into an engine's process before it (`--import`): brings a real fault about in the midst of a stage, once. The address says which:
 * `?stage=prefill&way=abort`. The stage is known from what the engine reports of itself; `idle` is the time after the first result. With `&once=FILE` the
 * fault comes about in the tracer's thread, at its first trace, unless there is such a file.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';

const { stage, way, once } = Object.fromEntries(new URL(import.meta.url).searchParams);

const WAYS = {
  abort: () => process.abort(),
  exit: () => process.exit(7),
  throw: () => { setImmediate(() => { throw new Error('thrown in the engine'); }); },
  /** Until V8 ends the process. */
  heap: () => {
    const held = [];
    for (;;) held.push(new Array(10_000).fill(held.length));
  },
  /** As a native call that does not return. */
  block: () => { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); },
  spin: () => { for (;;); },
};

// Threads of the process load it, too.
if (isMainThread && !once) {
  const send = process.send.bind(process);
  let due = true;
  const strike = () => {
    due = false;
    WAYS[way]();
  };
  process.send = (message, ...rest) => {
    if (way === 'mute' && message.type === 'result') return true;
    const sent = send(message, ...rest);
    if (due && message.type === 'progress' && message.progress.phase === stage) strike();
    if (due && message.type === 'result' && stage === 'idle') setTimeout(strike, 50);
    return sent;
  };
}
if (once && workerData?.shape && !existsSync(once)) {
  parentPort.once('message', () => {
    writeFileSync(once, '');
    if (way === 'throw') throw new Error('thrown in the engine'); // not later: a short trace may have ended by then
    WAYS[way]();
  });
}
