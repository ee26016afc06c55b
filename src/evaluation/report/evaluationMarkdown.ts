import { formatDuration } from '../../concepts/formatNumbers';
import { median, type Estimate } from '../measures/statistics';
import { dynamicsMarkdown } from './dynamicsMarkdown';
import type { Evaluation, EvaluationReport } from './evaluationReport';
import { markdownTable, written, writtenGain } from './markdownTable';

/** An evaluation as Markdown tables: overall with 95% intervals, by task, then what each hop does. */
export function evaluationMarkdown({ report, times }: Evaluation): string {
  const { model, reasoning, answeredByTask, ceiling, promptTokens, copied, methods, dynamics } = report;
  const counts = Object.entries(answeredByTask);
  const total = (of: 'asked' | 'answered') => counts.reduce((sum, [, count]) => sum + count[of], 0);
  const deleted = methods[0].deletion;
  const cells = ({ rise, mas }: { rise: Estimate; mas: Estimate }) => [written(rise), written(mas)];
  const condition = reasoning === 'all' ? 'answered exactly' : 'answered exactly, and again from the last sentence of the reasoning alone, which does not state all evidence';
  return `${model}: ${total('answered')} of ${total('asked')} samples ${condition} (${counts.map(([task, of]) => `${task} ${of.answered}/${of.asked}`).join(', ')}); `
    + `prompts of ${promptTokens.mean.toFixed(0)} tokens on average; in ${(100 * copied.mean).toFixed(0)}% the reasoning states all evidence as the prompt does; Recovery@10% can be ${ceiling.mean.toFixed(3)} at most. `
    + `Means with 95% intervals${deleted ? `; RISE and MAS (lower is better) on the first ${deleted.rise.n}` : ''}; median times of ${times.transcripts} transcripts that have been run and not been traced.

${markdownTable(['method', 'first source', 'all sources', 'Recovery@10%', 'beside the question', ...(deleted ? ['RISE', 'MAS'] : []), 'time'], methods.map(({ method, firstSource, allSources, recovery, recoveryBesideQuestion, deletion }) => [
    recovery.n < promptTokens.n ? `${method} (first ${recovery.n})` : method,
    written(firstSource), written(allSources), written(recovery), written(recoveryBesideQuestion), ...(deletion ? cells(deletion) : deleted ? ['', ''] : []), formatDuration(times.methods[method]),
  ]))}

## By task

First source:

${byTask(report, ({ firstSource }) => firstSource)}

Recovery@10%:

${byTask(report, ({ recovery }) => recovery)}

flashtrace with 1 hop, what it gains on Recovery@10% over another, transcript by transcript:

${gains(report)}

${dynamicsMarkdown(dynamics)}`;
}

function byTask({ methods }: EvaluationReport, figure: (found: EvaluationReport['methods'][number]['byTask'][string]) => Estimate): string {
  const tasks = Object.keys(methods[0].byTask);
  const widths = (of: readonly Estimate[]) => of.flatMap(({ low, high }) => (low === null || high === null ? [] : (high - low) / 2));
  const rows = methods.map(({ method, byTask: found }) => [method, ...tasks.map((task) => (task in found ? figure(found[task]).mean.toFixed(2) : ''))]);
  const counts = ['transcripts', ...tasks.map((task) => figure(methods[0].byTask[task]).n.toString())];
  const spread = ['median half-width of the 95% intervals', ...tasks.map((task) => median(widths(methods.flatMap(({ byTask: found }) => (task in found ? [figure(found[task])] : []))))?.toFixed(2) ?? '')];
  return markdownTable(['method', ...tasks], [...rows, counts, spread]);
}

function gains({ oneHop }: EvaluationReport): string {
  const tasks = Object.keys(oneHop[0].byTask);
  return markdownTable(['over', 'all', ...tasks], oneHop.map(({ over, recovery, byTask: found }) => [over, writtenGain(recovery), ...tasks.map((task) => writtenGain(found[task]))]));
}
