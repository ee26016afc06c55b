// `npm run families`: runs the random checkpoint of every family (test/data/families) and writes into figures.json there how far it is from what is recorded; then
// `npm run manifest` writes the tables. `-- FOLDER` takes the checkpoints from another folder.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { extendState } from '../../src/engine/model/extendState';
import { ModelRuntime } from '../../src/engine/model/modelRuntime';
import { TraceState } from '../../src/engine/state/traceState';
import { runTokenCase, type TokenCase, type TokenCaseResult } from '../../src/evaluation/tokenCases';
import { FIGURES_PATH, FOLDER, readFigures, type Figures } from './figures';

/** Fields of cases.json. A case may name a sequence in place of its own ids. */
interface Recorded {
  readonly sequences: readonly { readonly input_ids: readonly number[]; readonly last_logits: readonly number[]; readonly log_probs: readonly number[] }[];
  readonly cases: readonly (TokenCase & { readonly sequence?: number; readonly expected_fp64: TokenCaseResult })[];
  /** Contributions of columns to the token that each of the rows produced. */
  readonly moved: { readonly sequence: number; readonly rows: readonly number[]; readonly values: readonly (readonly number[])[] };
}

const SCORES = ['per_hop_token_importance', 'observation_per_hop', 'observation_sum', 'thinking_ratios', 'token_importance_total', 'token_importance_matrix'] as const;

async function measure(dir: string): Promise<Figures> {
  const recorded = JSON.parse(readFileSync(join(dir, 'cases.json'), 'utf8')) as Recorded;
  const model = await ModelRuntime.load(dir, 'cpu', join(__dirname, '..', '..', 'dist'), { precision: 'exact' });
  try {
    return { family: model.checkpoint.config.family, ...await logitsOf(model, recorded), scores: await scoresOf(model, recorded), contributions: await contributionsOf(model, recorded) };
  } finally {
    await model.dispose();
  }
}

/** The rows come in several runs, as those of a transcript that grows. */
async function logitsOf(model: ModelRuntime, { sequences }: Recorded): Promise<Pick<Figures, 'logits' | 'logProbs'>> {
  let [logits, logProbs] = [0, 0];
  for (const { input_ids: ids, last_logits: wanted, log_probs: wantedLogProbs } of sequences) {
    const state = new TraceState(model.checkpoint.config, 0, ids.length);
    for (const end of [33, 35, ids.length].filter((rows) => rows <= ids.length)) await extendState(model, state, ids.slice(0, end));
    await model.session.readLogits(state);
    logits = Math.max(logits, largestDifference(Array.from(state.lastLogits), wanted));
    logProbs = Math.max(logProbs, largestDifference(state.logProbs.slice(0, wantedLogProbs.length), wantedLogProbs));
  }
  return { logits, logProbs };
}

async function scoresOf(model: ModelRuntime, { sequences, cases }: Recorded): Promise<number> {
  let largest = 0;
  for (const { sequence, ...own } of cases) {
    const testCase = sequence === undefined ? own : { ...sequences[sequence], ...own };
    const found = await runTokenCase(model, testCase);
    for (const field of SCORES) if (testCase.expected_fp64[field]) largest = Math.max(largest, partOfLargest(found[field], testCase.expected_fp64[field]));
  }
  return largest;
}

async function contributionsOf(model: ModelRuntime, { sequences, moved: { sequence, rows, values } }: Recorded): Promise<number> {
  const ids = sequences[sequence].input_ids;
  const state = new TraceState(model.checkpoint.config, 0, ids.length);
  await extendState(model, state, ids);
  const contributions = await model.logitContributions();
  await contributions.compute(state, rows, () => Promise.resolve());
  const found = rows.map((row) => {
    const { moved } = state.contributions.get(row)!;
    return ids.map((_, column) => (column < moved.length ? moved[column] : 0));
  });
  return partOfLargest(found, values);
}

type Numbers = number | readonly Numbers[] | undefined;

function flat(numbers: Numbers): number[] {
  return numbers === undefined ? [] : typeof numbers === 'number' ? [numbers] : numbers.flatMap(flat);
}

/** Not a number where one of them is none; infinite where their counts differ. */
function largestDifference(found: Numbers, wanted: Numbers): number {
  const [a, b] = [flat(found), flat(wanted)];
  return a.length === b.length ? b.reduce((largest, value, i) => Math.max(largest, Math.abs(value - a[i])), 0) : Infinity;
}

function partOfLargest(found: Numbers, wanted: Numbers): number {
  return largestDifference(found, wanted) / flat(wanted).reduce((largest, value) => Math.max(largest, Math.abs(value)), Number.MIN_VALUE);
}

function rounded(figures: Figures): Figures {
  return Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, typeof value === 'number' ? Number(value.toPrecision(2)) : value])) as unknown as Figures;
}

async function main(folder: string): Promise<void> {
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'cases.json'))).sort();
  if (names.length === 0) throw new Error(`"${folder}" holds no checkpoint with cases.json.`);
  const random: Record<string, Figures> = {};
  for (const name of names) {
    random[name] = rounded(await measure(join(folder, name)));
    console.log(name, JSON.stringify(random[name]));
  }
  const real = existsSync(FIGURES_PATH) ? readFigures().real : [];
  const lines = Object.entries(random).map(([name, figures]) => `    ${JSON.stringify(name)}: ${JSON.stringify(figures)}`);
  writeFileSync(FIGURES_PATH, `{\n  "random": {\n${lines.join(',\n')}\n  },\n  "real": [${real.map((one) => `\n    ${JSON.stringify(one)}`).join(',')}${real.length > 0 ? '\n  ' : ''}]\n}\n`);
}

void main(process.argv[2] ?? FOLDER);
