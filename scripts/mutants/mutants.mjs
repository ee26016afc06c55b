// npm run mutants: changes the code in one place at a time and looks whether a test says so.
// -- --group ranges|stale|tracer|formats (all by itself), --file PATH (or a folder) for a part of it, --sample PERCENT [--seed TEXT] for that part of the mutants, drawn at random, --alive for those alone that the last run left alive, --report for what is known already
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { GROUPS, sourceFiles } from './groups.mjs';
import { isAlive, report } from './report.mjs';
import { hashOf, mergeResults, readMutant, readResults, writeResults } from './results.mjs';
import { progress } from './strykerPlugins.mjs';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const OUTPUT = 'test/output/mutants';
const REASONS = 'test/mutants/survivors.json';
/** What a group must reach, in percent. */
const WANTED_SCORE = 85;

process.chdir(ROOT);
const { values: { group: wantedGroup, file, alive, report: isReportAlone, sample: percent, seed } } = parseArgs({ options: {
  group: { type: 'string' }, file: { type: 'string', multiple: true }, alive: { type: 'boolean' }, report: { type: 'boolean' }, sample: { type: 'string' }, seed: { type: 'string', default: '1' },
} });
const names = wantedGroup === undefined ? Object.keys(GROUPS) : [wantedGroup];
if (names.some((name) => !(name in GROUPS))) {
  console.error(`There is no group "${wantedGroup}"; choose one of ${Object.keys(GROUPS).join(', ')}.`);
  process.exit(2);
}
if (percent !== undefined && !(Number(percent) > 0 && Number(percent) <= 100)) {
  console.error(`--sample ${percent} is no percentage: it wants a number from 1 to 100.`);
  process.exit(2);
}
progress.sample = percent === undefined ? undefined : { percent: Number(percent), seed };

/** @param {string} group @param {readonly string[]} mutate files, or places in them as Stryker writes them */
async function mutate(group, mutate) {
  const stryker = new Stryker(/** @type {any} */ ({
    mutantGroup: group,
    ...(progress.sample && { mutantSample: progress.sample }),
    mutate,
    plugins: [join(ROOT, 'scripts/mutants/strykerPlugins.mjs')],
    testRunner: 'reloading-mocha',
    ignorers: ['message-words'],
    ignorePatterns: ['*', '!src/**', '!test/**', 'test/output', '!scripts/**', '!bench/**', 'bench/output', '!models/**', '!samples/**', '!dist/**', '!package.json', '!tsconfig.json'],
    buildCommand: 'node scripts/mutants/compile.mjs',
    coverageAnalysis: 'perTest',
    concurrency: 1, // a mutant that waits for a busy core would count as one that never ends
    // What does not end is known by how often it reaches its mutant (strykerPlugins.mjs); the time is for what hangs otherwise, and generous: on a busy machine
    // a mutant that only waits must not count as found.
    timeoutMS: 60_000,
    timeoutFactor: 1,
    tempDirName: 'out/mutants', // neither lint nor the type check looks there
    reporters: ['html', 'progress-append-only', 'progress-kept'],
    htmlReporter: { fileName: `${OUTPUT}/${group}.html` },
    allowConsoleColors: false,
    warnings: { slow: false },
  }));
  progress.results.length = 0;
  progress.planned.clear();
  await stryker.runMutationTest();
}

/** @returns {import('./results.mjs').Results} what the run has found, so far */
function found() {
  /** @type {import('./results.mjs').Results} */
  const results = {};
  for (const result of progress.results) {
    const path = relative(ROOT, result.fileName).replaceAll('\\', '/');
    results[path] ??= { hash: hashOf(path), planned: progress.planned.get(result.fileName) ?? 0, ...(progress.sample && { sample: progress.sample }), mutants: [] };
    results[path].mutants.push(readMutant(path, result));
  }
  return results;
}

/** @param {string} group @param {import('./results.mjs').Results} results @returns {boolean} whether the score is reached */
function tell(group, results) {
  const reasons = JSON.parse(readFileSync(REASONS, 'utf8'));
  const { text, score } = report(group, results, reasons, sourceFiles(GROUPS[group]).filter((path) => !(path in results)));
  writeFileSync(join(OUTPUT, `${group}.md`), text);
  console.log(text);
  return score >= WANTED_SCORE;
}

let isGood = true;
for (const group of names) {
  const files = sourceFiles(GROUPS[group]).filter((path) => !file || file.some((part) => path.startsWith(part)));
  const known = readResults(OUTPUT, group);
  if (!isReportAlone && files.length > 0) {
    const begin = performance.now();
    const places = files.flatMap((path) => (known[path]?.mutants ?? []).filter(isAlive).map(({ start, end }) => `${path}:${start.line}:${start.column}-${end.line}:${end.column}`));
    const keep = () => {
      const results = alive ? mergeResults(known, found()) : { ...known, ...found() };
      writeResults(OUTPUT, group, results);
      console.log(`${group}: ${((performance.now() - begin) / 60_000).toFixed(1)} minutes`);
      return results;
    };
    const cutOff = () => tell(group, keep());
    for (const signal of ['SIGINT', 'SIGTERM']) process.prependOnceListener(signal, cutOff);
    if (!alive || places.length > 0) await mutate(group, alive ? places : files);
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, cutOff);
    const results = keep();
    if (!alive) for (const path of files) results[path] ??= { hash: hashOf(path), planned: 0, mutants: [] }; // types alone
    writeResults(OUTPUT, group, results);
  }
  if (!tell(group, readResults(OUTPUT, group))) isGood = false;
}
process.exit(isGood ? 0 : 1);
