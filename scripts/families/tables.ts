import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AttentionMixer, ModelConfig } from '../../src/engine/checkpoint/config/modelConfig';
import type { ModelFamily } from '../../src/engine/checkpoint/families/description/family';
import { FAMILIES } from '../../src/engine/checkpoint/families/familyRegistry';
import { parseModelConfig } from '../../src/engine/checkpoint/parseModelConfig';
import { FOLDER, readFigures, type AllFigures } from './figures';

/** A family with configurations of it: that of its class, and those of its random checkpoints. */
interface Described {
  readonly family: ModelFamily;
  readonly configs: readonly ModelConfig[];
  readonly checkpoints: readonly string[];
}

/** Files whose tables are written from the descriptions of families and from what was measured, by what stands between the markers. */
export const TABLES: Readonly<Record<string, () => string>> = { 'README.md': shortTable, [join('docs', 'families.md')]: fullTable };

const [START, END] = ['<!-- families: written by npm run manifest -->', '<!-- /families -->'];

/** @param text of a file of TABLES @throws Error where it has no place for the table */
export function withTable(text: string, table: string): string {
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start) throw new Error(`The table of families has no place: a line "${START}" and one "${END}" after it.`);
  return `${text.slice(0, start)}${START}\n${table}\n${text.slice(end)}`;
}

function described(): Described[] {
  const named = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => {
    const path = join(FOLDER, name, 'config.json');
    return { name, config: parseModelConfig(JSON.parse(readFileSync(path, 'utf8')), path) };
  });
  return FAMILIES.map((family) => {
    const own = named.filter(({ config }) => config.family === family.id);
    return { family, checkpoints: own.map(({ name }) => name).sort(), configs: [parseModelConfig({ model_type: family.id }, family.id), ...own.map(({ config }) => config)] };
  });
}

const GROUPS = ['attention and a dense MLP', 'norms on what attention and MLP give', 'mixture of experts', 'recurrent layers beside attention'] as const;

/** By what is most unlike a Llama. */
function groupOf({ configs }: Described): (typeof GROUPS)[number] {
  const layers = configs.flatMap((config) => config.layers);
  if (layers.some(({ mixer }) => mixer.kind !== 'attention')) return GROUPS[3];
  if (layers.some(({ mlp }) => mlp.experts)) return GROUPS[2];
  return GROUPS[layers.some(({ norms }) => norms.mixerOut !== null) ? 1 : 0];
}

function shortTable(): string {
  const figures = readFigures();
  const all = described();
  const rows = GROUPS.map((group) => {
    const members = all.filter((one) => groupOf(one) === group);
    const measured = members.flatMap(({ checkpoints }) => checkpoints.map((name) => figures.random[name]));
    return [group, members.map(({ family }) => family.name).join(', '), largest(measured.map(({ logits }) => logits)), largest(measured.map(({ scores }) => scores))];
  });
  return table(['layers', 'families', 'logits', 'scores'], rows, 2);
}

function fullTable(): string {
  const figures = readFigures();
  const rows = described().map((one) => {
    const { family, checkpoints, configs } = one;
    const measured = checkpoints.map((name) => figures.random[name]);
    return [
      family.name, modelTypes(family), mixing(one), normsOf(configs), expertsOf(configs), [...checkpoints.map((name) => `\`${name}\``), ...realOf(figures, family)].join(', ') || 'none of its own',
      largest(measured.map(({ logits }) => logits)), largest(measured.map(({ scores }) => scores)),
    ];
  });
  return table(['family', '`model_type` (multimodal)', 'mixes tokens by', 'norms', 'MLP', 'run', 'logits', 'scores'], rows, 2);
}

/** @param figures columns of numbers, the last ones */
function table(head: readonly string[], rows: readonly (readonly string[])[], figures: number): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i < head.length - figures ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

function largest(values: readonly number[]): string {
  return values.length === 0 ? '' : Math.max(...values).toExponential(1);
}

function realOf({ real }: AllFigures, { id }: ModelFamily): string[] {
  return real.filter(({ family }) => family === id).map(({ model, texts, logProbs, logits, scores }) => {
    const measured = [texts === undefined ? null : `${texts[0]} of ${texts[1]} greedy texts`, logProbs === undefined ? null : `log P ${logProbs.toExponential(1)}`, logits === undefined ? null : `logits ${logits.toExponential(1)}`, scores === undefined ? null : `scores ${scores.toExponential(1)}`].filter((part) => part !== null);
    return measured.length > 0 ? `${model} (${measured.join(', ')})` : model;
  });
}

function modelTypes({ id, also, multimodal }: ModelFamily): string {
  const quoted = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
  const others = Object.keys(multimodal ?? {});
  return `${quoted([id, ...Object.keys(also ?? {})])}${others.length > 0 ? ` (${quoted(others)})` : ''}`;
}

const MIXERS = { attention: 'attention', delta: 'gated delta rule', mamba: 'Mamba-2', convolution: 'short convolution' } as const;

/** What mixes tokens, and what of attention is unlike Llama's. */
function mixing({ family, configs }: Described): string {
  const kinds = (Object.keys(MIXERS) as (keyof typeof MIXERS)[]).filter((kind) => configs.some(({ layers }) => layers.some(({ mixer }) => mixer.kind === kind)));
  return kinds.map((kind) => (kind === 'attention' ? attention(family, configs) : MIXERS[kind])).join(', ');
}

function attention(family: ModelFamily, configs: readonly ModelConfig[]): string {
  const byConfig = configs.map(({ layers }) => layers.flatMap(({ mixer }) => (mixer.kind === 'attention' ? [mixer] : [])));
  /** In no checkpoint, in all, or in some of their layers or some of them. */
  const where = (says: string, has: (mixer: AttentionMixer, config: ModelConfig) => boolean): string | null => {
    const found = byConfig.map((mixers, i) => ({ of: mixers.length, count: mixers.filter((mixer) => has(mixer, configs[i])).length }));
    if (found.every(({ count }) => count === 0)) return null;
    if (found.some(({ of, count }) => count > 0 && count < of)) return `${says} in some layers`;
    return found.every(({ of, count }) => count === of) ? says : `${says} if set`;
  };
  const parts = [
    where('window', ({ window }) => window !== null) ?? (family.windows ? 'window if set' : null),
    where('gate', ({ isGated }) => isGated),
    where('sinks', ({ hasSinks }) => hasSinks),
    where('capped scores', ({ scoreCap }) => scoreCap !== null),
    where('norms of q and k', ({ qkNorm }) => qkNorm !== null),
    where('normed values', ({ valueNorm }) => valueNorm),
    where('keys and values of other layers', ({ sharedWith }) => sharedWith !== null),
    where('no RoPE', ({ rope }) => rope === null),
    where('RoPE of a part of the head', ({ rope, dHead }, { ropes }) => rope !== null && ropes[rope].nRotary < dHead),
    where('queries that grow with the position', ({ rope }, { ropes }) => rope !== null && ropes[rope].queryScale !== null),
  ].filter((part) => part !== null);
  return parts.length === 0 ? MIXERS.attention : `${MIXERS.attention} (${parts.join(', ')})`;
}

function normsOf(configs: readonly ModelConfig[]): string {
  const [{ norm, layers: [{ norms }], isParallel }] = configs;
  const place = [norms.mixerIn === null ? null : 'before', norms.mixerOut === null ? null : 'after'].filter((part) => part !== null).join(' and ');
  return `${norm.kind === 'layer' ? 'LayerNorm ' : ''}${place}${isParallel ? ', one for both' : ''}`;
}

function expertsOf(configs: readonly ModelConfig[]): string {
  const mlps = configs.flatMap(({ layers }) => layers.map(({ mlp }) => mlp));
  const mixed = mlps.filter(({ experts }) => experts);
  if (mixed.length === 0) return 'dense';
  const beside = mixed.some(({ dense }) => dense) ? 'experts and an MLP that all rows share' : 'experts';
  return mixed.length < mlps.length ? `${beside}, or dense` : beside;
}
