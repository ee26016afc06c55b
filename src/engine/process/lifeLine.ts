/**
 * The life line: a pipe between the engine's process and the one that started it, beside the channel of messages. At the engine's end stands a
 * thread of its own (`src/engineWatcher.ts`), which no native call and no busy loop of the main thread holds up: it sends beats, and it sees the
 * other end go, however its process has died.
 */
import type { Socket } from 'node:net';

/** Which of the engine's file descriptors it is. */
export const LIFE_LINE = 4;
/** Time between two beats. */
export const BEAT_MS = 1000;
/** Beats that may be late before the process counts as standing still: a loaded machine is late, too. */
const LATE_BEATS = 5;

/** A beat is one byte: whether the main thread's loop has turned since the last one. */
const TURNED = 1;
const BUSY = 0;

export function beat(turned: boolean): Uint8Array {
  return Uint8Array.of(turned ? TURNED : BUSY);
}

/**
 * What can be told of an engine that sends no message. `busy`: the process runs, its main thread is in one native call or loop. `waiting`: its main
 * thread has nothing to do, and yet no answer. `still`: not even beats come; it was suspended (SIGSTOP, a debugger), or the machine is very slow.
 */
export type Condition = 'busy' | 'waiting' | 'still';

/** The starter's end of the life line. */
export class LifeLine {
  private missed = 0;
  private busy = false;

  constructor(line: Socket) {
    line.on('data', (beats: Buffer) => {
      this.missed = 0;
      this.busy = beats[beats.length - 1] === BUSY;
    });
    line.on('error', () => undefined); // it ends with the process, which is told elsewhere
  }

  /** To be called once in the time of a beat. Time in which this process stood still itself (a machine that was asleep) is counted as one. */
  tick(): void {
    this.missed++;
  }

  get condition(): Condition {
    return this.missed > LATE_BEATS ? 'still' : this.busy ? 'busy' : 'waiting';
  }
}
