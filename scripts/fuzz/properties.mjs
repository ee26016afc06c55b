// Property cases of every reader of what people, tools and other programs write: 100,000 in all, each target in a thread of its own that is watched.
// node scripts/fuzz/properties.mjs [--target NAME] [--cases N] [--seed S] [--path P]
import { randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { buildTargets, OUT, ROOT } from './build.mjs';

/** A case takes milliseconds; one that goes on for so long hangs, on any machine. */
const HANG_MS = 60_000;
const HEAP_MB = 1_024;
/** Of an input whose case does not end. */
const LONGEST_SHOWN = 1 << 20;
const FINDINGS = join(ROOT, 'out', 'fuzz', 'findings');

const { values: given } = parseArgs({ options: { target: { type: 'string' }, cases: { type: 'string' }, seed: { type: 'string' }, path: { type: 'string' } } });
const { targets } = await buildTargets();
const chosen = targets.filter(({ name }) => given.target === undefined || name === given.target);
if (chosen.length === 0) {
  console.error(`There is no target "${given.target}"; give one of ${targets.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}
const seed = given.seed === undefined ? randomInt(0x7fffffff) : Number(given.seed);
const started = performance.now();
console.log(`Seed ${seed}.`);

/** @param {{ name: string, cases: number }} target */
function runTarget({ name, cases: usual }) {
  const cases = given.cases === undefined ? usual : Number(given.cases);
  const [begun, latest] = [new SharedArrayBuffer(8), new SharedArrayBuffer(LONGEST_SHOWN)];
  const counter = new Int32Array(begun);
  const began = performance.now();
  return new Promise((resolve) => {
    const worker = new Worker(join(OUT, 'propertyWorker.js'), { workerData: { target: name, seed, cases, path: given.path, begun, latest }, resourceLimits: { maxOldGenerationSizeMb: HEAP_MB }, stdout: true });
    let [last, since] = [0, performance.now()];
    const watch = setInterval(() => {
      const now = Atomics.load(counter, 0);
      if (now !== last) [last, since] = [now, performance.now()];
      else if (performance.now() - since > HANG_MS) end(`case ${now} has not ended after ${HANG_MS / 1000} seconds\n${keepLatest()}`);
    }, 500);
    /** @param {string | null} failure */
    const end = (failure) => {
      clearInterval(watch);
      void worker.terminate();
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      console.log(failure === null ? `${name}: ${Atomics.load(counter, 0).toLocaleString('en-US')} cases in ${seconds} s.` : `${name} FAILED: ${failure}\n  Again: npm run test:fuzz -- --target ${name} --seed ${seed}`);
      resolve({ failed: failure !== null, cases: Atomics.load(counter, 0) });
    };
    /** @param {Uint8Array} input */
    const keep = (input) => {
      mkdirSync(FINDINGS, { recursive: true });
      const file = join(FINDINGS, `${name}-${seed}`);
      writeFileSync(file, input);
      return `  Input: ${file} (${Buffer.from(input).toString('latin1').slice(0, 300)})`;
    };
    const keepLatest = () => keep(Uint8Array.from(new Uint8Array(latest, 0, Atomics.load(counter, 1))));
    worker.on('message', ({ failed, path, input, error }) => end(failed ? `${error}\n${keep(input ?? new Uint8Array())}\n  Alone: --path ${path}` : null));
    worker.on('error', (error) => end(`${error}\n${keepLatest()}`));
  });
}

// The longest first, one for every processor.
const waiting = [...chosen];
const results = [];
await Promise.all(Array.from({ length: Math.max(1, Math.min(availableParallelism(), waiting.length)) }, async () => {
  for (let target = waiting.shift(); target; target = waiting.shift()) results.push(await runTarget(target));
}));
const cases = results.reduce((sum, result) => sum + result.cases, 0);
const { user, system } = process.cpuUsage();
console.log(`${cases.toLocaleString('en-US')} cases in ${((performance.now() - started) / 1000).toFixed(0)} s, ${((user + system) / 1e6).toFixed(0)} s of processor time, at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MB.`);
process.exit(results.some(({ failed }) => failed) ? 1 : 0);
