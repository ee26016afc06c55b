/** The target that Jazzer.js calls, by the name in FUZZ_TARGET; `scripts/fuzz/long.mjs` builds and starts it. */
import { TARGETS } from './targets/allTargets';

const target = TARGETS.find(({ name }) => name === process.env.FUZZ_TARGET)!;

export function fuzz(input: Buffer): Promise<void> {
  return target.run(input);
}
