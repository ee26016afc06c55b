import { estimate, median, proportion, spearman } from '../../../src/evaluation/measures/statistics';
import { markdownTable, written } from '../../../src/evaluation/report/markdownTable';
import { TRUTHS, type RealRecord, type Truth } from '../realRecord';
import { agreement, best } from './agreement';
import { DERIVED } from './derived';
import { realPlots } from './realPlots';
import { agreementOf, ARBITERS, methodsOf, scoresOf, SHOWN, type ModelRecords } from './recordedScores';

/** docs/evaluation/real.md from what was recorded. */
export async function realReport(models: readonly ModelRecords[]): Promise<{ readonly page: string; readonly plots: Readonly<Record<string, string>> }> {
  const seed = 'npm run eval:real';
  const page = `# Evaluation on real models

    ${seed} -- --fetch ${models[0].model}
    ${seed} -- --report

${models.map(({ model, records }) => counted(model, records)).join('\n')}

The prompts are of ${kindsOf(models[0].records, false).length} kinds, and of ${kindsOf(models[0].records, true).length} that are held out: nothing was chosen by what came of them. Everything that a model wrote, greedily, is traced, right or wrong. What a sentence is worth is measured by doing without it, in four ways:

- **padding**: its tokens are replaced with the neutral token, and what stands behind is run again (Verify Sources does this);
- **deletion**: its tokens are gone, what stands behind moves up;
- **cut**: what was generated cannot attend to it, keys and values of the prompt stay as they are (the method \`cut\`);
- **cut everywhere**: nothing behind it attends to it, the rest of the prompt with it.

## In short

${models.map(({ model, records }) => inShort(model, records)).join('\n')}

So: of the traces, which are there at once, none is right more often than logit-flow beyond the intervals, and editor and command line begin with it; it says where to look rather than what is so: its order of the sentences is far from what taking them out gives. Hops matter little where a model answers without reasoning, as these mostly do. What an answer
rests on, a cut tells better, above all how much: the method \`cut\`, or Verify Sources, which goes by cuts where it follows a trace by itself. A cut can miss what the question's own rows had taken from a sentence before; where a verdict must not miss that, verify by removal. Models of a few hundred million parameters are what was
measured; intervals below say how sure each figure is.

## How it was measured

Each way to do without a sentence gives the drop of log P of all that was generated. None is the truth: padding is a text that nobody writes, deletion moves positions, a cut leaves what others took from the sentence before. How far they agree with one another is the most that can be asked of a method. Intervals are 95%.

![Methods against padding](real/methods.svg)

${models.map(({ model, records }) => ofModel(model, records)).join('\n\n')}

![First right by kind](real/kinds.svg)
`;
  return { page, plots: await realPlots(models) };
}

function kindsOf(records: readonly RealRecord[], isHeldOut: boolean): string[] {
  return [...new Set(records.filter((record) => record.isHeldOut === isHeldOut).map(({ kind }) => kind))];
}

function counted(model: string, records: readonly RealRecord[]): string {
  const right = records.filter(({ isRight }) => isRight).length;
  const tokens = estimate(records.map(({ promptLength }) => promptLength)).mean;
  const generated = estimate(records.map(({ ids, promptLength }) => ids.length - promptLength)).mean;
  const sentences = estimate(records.map((record) => record.sentences.length)).mean;
  return `- ${model}: ${records.length} transcripts, ${right} answered rightly; on average ${tokens.toFixed(0)} tokens and ${sentences.toFixed(1)} sentences of prompt, ${generated.toFixed(0)} tokens written`;
}

function ofModel(model: string, records: readonly RealRecord[]): string {
  const chosen = records.filter(({ isHeldOut }) => !isHeldOut);
  const heldOut = records.filter(({ isHeldOut }) => isHeldOut);
  return `## ${model}

### How far the ways to do without a sentence agree

First right | Spearman over sentences, each against each, all kinds:

${truthsTable(records)}

### Methods

Against padding, kinds that may be chosen by:

${methodsTable(chosen)}

Against padding, kinds that are held out:

${methodsTable(heldOut)}

Tried, to come nearer from what traces say already (first right | Spearman against padding):

${derivedTable(chosen, heldOut)}

First right | Spearman, all kinds, against every way to do without:

${arbitersTable(records)}

First right by kind, against padding:

${kindsTable(records)}

By what the answer is and how long the prompt is (first right | Spearman, against padding):

${partsTable(records)}

### Known evidence

How often the best-scored sentence that does not ask for the answer is the evidence, and which part of the evidence's tokens are among the best-scored tenth of the prompt's (answers that are right):

${evidenceTable(records.filter(({ isRight }) => isRight))}
${wordsAndCurves(records)}
### What they cost

Median over the transcripts, in runs of the whole transcript (prefills; median ${median(records.map(({ times }) => times.prefill)).toFixed(0)} ms):

${costTable(records)}`;
}

/** A model's figures in a sentence. */
function inShort(model: string, records: readonly RealRecord[]): string {
  const traces = Object.keys(records[0].scores).map((method) => ({ method, ...agreementOf(records, method, 'padding') })).sort((a, b) => b.first.mean - a.first.mean);
  const cut = agreementOf(records, 'cut', 'padding');
  const deletion = agreement(records.map(({ truths }) => ({ scores: truths.deletion, truth: truths.padding })));
  const usual = agreementOf(records, 'logit-flow, 2 hops', 'padding');
  const prefills = median(records.map(({ times }) => times.truths.cut / times.prefill));
  return `- **${model}**: \`cut\` puts the sentence first that padding puts first in ${percent(cut.first.mean)} of the transcripts (Spearman ${cut.spearman.mean.toFixed(2)}), for ${prefills.toFixed(1)} prefills with every sentence cut; the editor's trace (logit-flow, 2 hops) in ${percent(usual.first.mean)} `
    + `(${usual.spearman.mean.toFixed(2)}), the best of the traces (${traces[0].method}) in ${percent(traces[0].first.mean)} (${traces[0].spearman.mean.toFixed(2)}). Deletion and padding, two ways to take a sentence out, agree to ${percent(deletion.first.mean)} (${deletion.spearman.mean.toFixed(2)}): more cannot be asked of a method.`;
}

function percent(part: number): string {
  return `${Math.round(100 * part)}%`;
}

function truthsTable(records: readonly RealRecord[]): string {
  const cell = (a: Truth, b: Truth) => {
    if (a === b) return '';
    const { first, spearman: rank } = agreement(records.flatMap(({ truths }) => {
      const [scores, truth] = [truths[a], truths[b]];
      return scores && truth ? [{ scores, truth }] : [];
    }));
    return both(first.mean, rank.mean);
  };
  return markdownTable(['', ...TRUTHS], TRUTHS.map((a) => [a, ...TRUTHS.map((b) => cell(a, b))]));
}

function both(first: number, rank: number): string {
  return Number.isNaN(first) ? '' : `${first.toFixed(2)} \\| ${rank.toFixed(2)}`;
}

function methodsTable(records: readonly RealRecord[]): string {
  if (records.length === 0) return 'None was recorded.';
  const rows = methodsOf(records).map((method) => {
    const { first, spearman: rank, shareOfFirst } = agreementOf(records, method, 'padding');
    return [method, `${first.n}`, written(first), written(rank), written(shareOfFirst)];
  });
  return markdownTable(['method', 'transcripts', 'first right', 'Spearman', 'share of the true first'], rows);
}

function derivedTable(chosen: readonly RealRecord[], heldOut: readonly RealRecord[]): string {
  const cell = (records: readonly RealRecord[], scores: (record: RealRecord) => readonly number[]) => {
    const { first, spearman: rank } = agreement(records.map((record) => ({ scores: scores(record), truth: record.truths.padding })));
    return both(first.mean, rank.mean);
  };
  return markdownTable(['', 'kinds to choose by', 'held out'], Object.entries(DERIVED).map(([name, scores]) => [name, cell(chosen, scores), cell(heldOut, scores)]));
}

function arbitersTable(records: readonly RealRecord[]): string {
  const rows = methodsOf(records).map((method) => [method, ...ARBITERS.map((truth) => {
    const { first, spearman: rank } = agreementOf(records, method, truth);
    return both(first.mean, rank.mean);
  })]);
  return markdownTable(['method', ...ARBITERS], rows);
}

function kindsTable(records: readonly RealRecord[]): string {
  const kinds = [...kindsOf(records, false), ...kindsOf(records, true)];
  const rows = kinds.map((kind) => {
    const part = records.filter((record) => record.kind === kind);
    return [`${kind}${part[0].isHeldOut ? ' (held out)' : ''}`, `${part.length}`, `${part.filter(({ isRight }) => isRight).length}`, ...SHOWN.map((method) => agreementOf(part, method, 'padding').first.mean.toFixed(2))];
  });
  return markdownTable(['kind', 'transcripts', 'right', ...SHOWN], rows);
}

function partsTable(records: readonly RealRecord[]): string {
  const length = median(records.map(({ promptLength }) => promptLength));
  const parts: readonly (readonly [string, readonly RealRecord[]])[] = [
    ['right answers', records.filter(({ isRight }) => isRight)],
    ['wrong answers', records.filter(({ isRight }) => !isRight)],
    [`prompts below ${length} tokens`, records.filter(({ promptLength }) => promptLength < length)],
    [`prompts from ${length} tokens`, records.filter(({ promptLength }) => promptLength >= length)],
  ];
  return markdownTable(['', 'transcripts', ...SHOWN], parts.map(([name, part]) => [name, `${part.length}`, ...SHOWN.map((method) => {
    const { first, spearman: rank } = agreementOf(part, method, 'padding');
    return both(first.mean, rank.mean);
  })]));
}

function evidenceTable(records: readonly RealRecord[]): string {
  const rows = [...methodsOf(records), 'padding', 'deletion', 'cut everywhere'].map((method) => {
    const found = records.flatMap((record) => {
      const scores = scoresOf(record, method) ?? record.truths[method as Truth];
      const told = record.sentences.flatMap(({ asks }, i) => (asks ? [] : [i]));
      return scores ? [record.sentences[told[best(told.map((i) => scores[i]))]].isEvidence ? 1 : 0] : [];
    });
    const recovered = records.flatMap(({ recovery }) => recovery[method] ?? []);
    return [method, `${found.length}`, written(proportion(found)), recovered.length > 0 ? written(estimate(recovered, [0, 1])) : ''];
  });
  return markdownTable(['', 'transcripts', 'evidence first', 'Recovery@10%'], rows);
}

function wordsAndCurves(records: readonly RealRecord[]): string {
  const long = records.filter(({ words, curves }) => words && curves);
  if (long.length < 2) return '';
  const rows = [...Object.keys(records[0].scores), 'cut'].map((method) => {
    const rank = estimate(long.map(({ words }) => spearman(method === 'cut' ? words!.truths.cut : words!.scores[method], words!.truths.padding)), [-1, 1]);
    const curve = (of: 'deletion' | 'insertion') => estimate(long.map(({ curves }) => curveArea(curves![method], of)));
    return [method, written(rank), written(curve('deletion')), written(curve('insertion'))];
  });
  return `
### Words, and taking out more than one sentence

${long.length} transcripts. Spearman over the prompt's words against padding; which part of what the whole prompt is worth is lost when the best one to four sentences go, and is there when only they stay (means over one to four; higher is better):

${markdownTable(['method', 'Spearman over words', 'lost without the best', 'kept by the best'], rows)}
`;
}

/** @param of log P as the sentences go, or come */
export function curveArea({ deletion, insertion }: NonNullable<RealRecord['curves']>[string], of: 'deletion' | 'insertion'): number {
  const [all, none] = [deletion[0], insertion[0]];
  const steps = (of === 'deletion' ? deletion : insertion).slice(1);
  const parts = steps.map((value) => (of === 'deletion' ? all - value : value - none) / (all - none || 1));
  return parts.reduce((a, b) => a + b, 0) / parts.length;
}

function costTable(records: readonly RealRecord[]): string {
  const prefills = (ms: (record: RealRecord) => number | undefined) => {
    const found = records.flatMap((record) => (ms(record) === undefined ? [] : [ms(record)! / record.times.prefill]));
    return found.length > 0 ? median(found).toFixed(2) : '';
  };
  return markdownTable(['', 'prefills'], [
    ...Object.keys(records[0].scores).map((method) => [method, prefills(({ times }) => times.methods[method])]),
    ...TRUTHS.map((truth) => [`${truth}, every sentence`, prefills(({ times }) => times.truths[truth])]),
    ...methodsOf(records).flatMap((method) => {
      const found = records.flatMap(({ peers }) => (peers && method in peers.times ? [peers.times[method] / peers.times.prefill] : []));
      return found.length > 0 ? [[`${method} (PyTorch, of its own prefill)`, median(found).toFixed(2)]] : [];
    }),
  ]);
}
