/** A thread that runs one target's property cases; `scripts/fuzz/properties.mjs` starts it and watches it. */
import fc from 'fast-check';
import { parentPort, workerData } from 'node:worker_threads';
import { inputsOf } from './inputs';
import { TARGETS } from './targets/allTargets';

interface Task {
  readonly target: string;
  readonly seed: number;
  readonly cases: number;
  /** Of a failure, to try it again alone. */
  readonly path?: string;
  /** Cases that have been begun, and the length of the latest input. */
  readonly begun: SharedArrayBuffer;
  /** The latest input, which is told where its case does not end. */
  readonly latest: SharedArrayBuffer;
}

const { target: name, seed, cases, path, begun, latest } = workerData as Task;
const target = TARGETS.find((one) => one.name === name)!;
const counter = new Int32Array(begun);
const shown = new Uint8Array(latest);

void (async () => {
  const details = await fc.check(fc.asyncProperty(inputsOf(target), async (input) => {
    shown.set(input.subarray(0, shown.length));
    Atomics.store(counter, 1, Math.min(input.length, shown.length));
    Atomics.add(counter, 0, 1);
    await target.run(input);
  }), { seed, numRuns: cases, ...(path !== undefined && { path }), endOnFailure: false });
  const { failed, counterexample, errorInstance, counterexamplePath } = details;
  parentPort!.postMessage(failed ? { failed, path: counterexamplePath, input: counterexample?.[0], error: errorInstance instanceof Error ? errorInstance.stack : String(errorInstance) } : { failed });
})();
