/**
 * `npm run soak [-- --highlights N --generations N --switches N] [--part engine|editor] [--out DIR]`: traces of random spans, generations and switches of models, and what is held after them: the
 * engine's process, then the extension in a real VS Code. The engine's part reads /proc (Linux). Writes DIR/soak.json (bench/output by default). With 20,000 highlights, 500 generations and 200 switches, the
 * default, the engine takes about 15 minutes on two cores and the editor about 45. Fails where something has grown by more than 5% after the warm-up.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { thisMachine } from './measuring/machine';
import { engineSoak } from './soak/engineSoak';
import { LONG_SOAK, type SoakSize } from './soak/soakSize';

const ROOT = join(__dirname, '..');
const MOST_GROWTH = 0.05;

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { highlights: text, generations: text, switches: text, part: text, out: { type: 'string', default: join(__dirname, 'output') } } });
  const size: SoakSize = { highlights: count('highlights', values.highlights), generations: count('generations', values.generations), switches: count('switches', values.switches) };
  if (values.part !== undefined && !['engine', 'editor'].includes(values.part)) throw new Error(`There is no part "${values.part}"; it can be engine or editor.`);
  const report: Record<string, unknown> = { ...thisMachine(), size };
  const grown: string[] = [];
  if (values.part !== 'editor') {
    const samples = await engineSoak(size, ({ turn, holdings }) => { console.log(`engine, turn ${turn}: ${JSON.stringify(holdings)}`); });
    report.engine = samples;
    const [first, last] = [samples[0].holdings, samples.at(-1)!.holdings];
    for (const what of ['rss', 'heapUsed', 'external'] as const) grown.push(...growth(`the engine's ${what}`, first[what], last[what]));
  }
  if (values.part !== 'engine') {
    const held = editorSoak(size);
    report.editor = held;
    const [first, last] = [held[Math.floor(held.length / 4)], held.at(-1)!];
    for (const what of ['heap', 'listeners', 'decorationTypes'] as const) grown.push(...growth(`the extension host's ${what}`, first[what], last[what]));
  }
  mkdirSync(values.out, { recursive: true });
  writeFileSync(join(values.out, 'soak.json'), `${JSON.stringify(report, null, 1)}\n`);
  if (grown.length > 0) throw new Error(`${grown.join('; ')}.`);
}

function count(name: keyof SoakSize, given: string | undefined): number {
  const value = Number(given ?? LONG_SOAK[name]);
  if (!Number.isInteger(value) || value < (name === 'highlights' ? 1 : 0)) throw new Error(`--${name} is "${given}"; give a whole number.`);
  return value;
}

/** The same test as in the integration tests, with more of everything. */
function editorSoak(size: SoakSize): readonly Record<'heap' | 'listeners' | 'decorationTypes', number>[] {
  const { status } = spawnSync(process.execPath, [join(ROOT, 'scripts', 'integration.mjs'), '--grep', '^Soak'], {
    cwd: ROOT, stdio: 'inherit', env: { ...process.env, FLASHTRACE_SOAK: JSON.stringify(size), FLASHTRACE_INTEGRATION_MINUTES: process.env.FLASHTRACE_INTEGRATION_MINUTES ?? '240' },
  });
  if (status !== 0) throw new Error('The editor did not come through; see the lines above.');
  return (JSON.parse(readFileSync(join(ROOT, 'test', 'output', 'soakEditor.json'), 'utf8')) as { held: ReturnType<typeof editorSoak> }).held;
}

function growth(what: string, first: number, last: number): string[] {
  const part = last / first - 1;
  console.log(`${what}: ${first.toLocaleString('en-US')} after the warm-up, ${last.toLocaleString('en-US')} at the end (${part < 0 ? '−' : '+'}${Math.abs(100 * part).toFixed(1)}%)`);
  return part > MOST_GROWTH ? [`${what[0].toUpperCase()}${what.slice(1)} grew by ${(100 * part).toFixed(1)}%, more than ${100 * MOST_GROWTH}%`] : [];
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
