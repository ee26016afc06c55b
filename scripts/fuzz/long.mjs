// Coverage-guided fuzzing with Jazzer.js, target by target: npm run fuzz -- [--target NAME] [--seconds N]
// Its corpus begins with the sound inputs and goes on with what earlier runs have found (out/fuzz/corpus); inputs that fail are kept in out/fuzz/findings.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildTargets, OUT, ROOT } from './build.mjs';

/** An input that takes longer hangs; limits of the engine itself end before. */
const HANG_MS = 60_000;
const MEMORY_MB = 3_000;

const { values: given } = parseArgs({ options: { target: { type: 'string' }, seconds: { type: 'string', default: '300' } } });
try {
  createRequire(import.meta.url)('@jazzer.js/fuzzer');
} catch (error) {
  console.error(`Jazzer.js does not load here ("${error instanceof Error ? error.message.split('\n')[0] : error}"); it needs Linux with glibc 2.38 (Debian 13, Ubuntu 24.04), macOS or Windows x64. npm run test:fuzz runs anywhere.`);
  process.exit(2);
}
const { targets, corpusOf } = await buildTargets();
const chosen = targets.filter(({ name }) => given.target === undefined || name === given.target);
if (chosen.length === 0) {
  console.error(`There is no target "${given.target}"; give one of ${targets.map(({ name }) => name).join(', ')}.`);
  process.exit(2);
}

/** @param {string} word as libFuzzer's dictionaries have it */
const entry = (word) => `"${[...Buffer.from(word)].map((byte) => (byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`)).join('')}"`;

let failed = false;
for (const { name } of chosen) {
  const [corpus, findings] = [join(OUT, 'corpus', name), join(OUT, 'findings')];
  mkdirSync(corpus, { recursive: true });
  mkdirSync(findings, { recursive: true });
  const { inputs, words } = corpusOf(name);
  for (const input of inputs) writeFileSync(join(corpus, createHash('sha1').update(input).digest('hex')), input);
  const dictionary = join(OUT, `${name}.dict`);
  writeFileSync(dictionary, `${words.map(entry).join('\n')}\n`);
  const started = performance.now();
  const child = spawn(process.execPath, [
    join(ROOT, 'node_modules', '@jazzer.js', 'core', 'dist', 'cli.js'), join(OUT, 'jazzerTarget.js'), corpus, '--fuzzEntryPoint', 'fuzz', '--includes', 'out/fuzz/', '--excludes', 'node_modules/.*dist', '--timeout', String(HANG_MS),
    '--disableBugDetectors', '.*', '--',
    `-max_total_time=${given.seconds}`, `-rss_limit_mb=${MEMORY_MB}`, `-artifact_prefix=${join(findings, `${name}-`)}`, `-dict=${dictionary}`, '-max_len=20000', '-print_final_stats=1', '-use_value_profile=0',
  ], { cwd: ROOT, env: { ...process.env, FUZZ_TARGET: name }, stdio: ['ignore', 'inherit', 'pipe'] });
  let tail = '';
  let coverage = '';
  let executions = '?';
  let most = 0;
  child.stderr.on('data', (data) => {
    tail = (tail + data).slice(-20_000);
    // The final statistics are missing where the time ends within an input.
    const found = [...String(data).matchAll(/#(\d+)\s.*cov: (\d+) ft: (\d+).*?(?: rss: (\d+)Mb)?/g)].at(-1);
    if (found) [executions, coverage] = [found[1], `${found[2]} edges, ${found[3]} features`];
    for (const [, megabytes] of String(data).matchAll(/rss: (\d+)Mb/g)) most = Math.max(most, Number(megabytes));
  });
  const code = await new Promise((resolve) => child.on('exit', resolve));
  const stat = (/** @type {string} */ key) => new RegExp(`stat::${key}:\\s+(\\d+)`).exec(tail)?.[1];
  console.log(`${name}: ${stat('number_of_executed_units') ?? executions} executions, ${coverage}, ${Math.round((performance.now() - started) / 1000)} s, at most ${Math.max(most, Number(stat('peak_rss_mb') ?? 0))} MB${code === 0 ? '' : `, FAILED (code ${code})`}.`);
  if (code !== 0) {
    failed = true;
    console.log(tail.slice(-4_000));
  }
}
process.exit(failed ? 1 : 0);
