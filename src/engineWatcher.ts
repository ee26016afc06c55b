/** The watcher's thread in the engine's process: beats while the process runs, and ends it with the process that started it. */
import { Socket } from 'node:net';
import { workerData } from 'node:worker_threads';
import { beat, BEAT_MS, LIFE_LINE } from './engine/process/lifeLine';

/** Not 0 when the main thread's loop has turned. Memory that both threads share. */
const turns = workerData as Int32Array;

const line = new Socket({ fd: LIFE_LINE, readable: true, writable: true });
// The main thread may be in the middle of a native call, which no exit waits for; it owns nothing that must be put in order.
line.on('close', () => { process.kill(process.pid, 'SIGKILL'); });
line.on('error', () => undefined); // followed by `close`
line.resume();
setInterval(() => {
  // Where the other side stands still, beats need not queue up.
  if (line.writableLength === 0) line.write(beat(Atomics.exchange(turns, 0, 0) !== 0));
}, BEAT_MS);
