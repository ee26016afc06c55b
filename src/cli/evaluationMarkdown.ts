import type { EvaluationReport } from '../engine/evaluation/evaluate';
import type { Estimate } from '../engine/evaluation/statistics';
import { formatDuration } from '../shared/formatNumbers';

/** An evaluation as Markdown tables: overall with 95% intervals, then first-source precision by task. */
export function evaluationMarkdown({ model, asked, answered, answeredByTask, ceiling, promptTokens, methods }: EvaluationReport): string {
  const tasks = Object.keys(methods[0].byTask);
  const deleted = methods[0].deletion !== null;
  const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
    [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `${model}: ${answered} of ${asked} samples answered exactly (${Object.entries(answeredByTask).map(([task, of]) => `${task} ${of.answered}/${of.asked}`).join(', ')}); `
    + `prompts of ${promptTokens.mean.toFixed(0)} tokens on average; Recovery@10% can be ${written(ceiling)} at most.

${table(['method', 'first source', 'Recovery@10%', ...(deleted ? ['RISE', 'MAS'] : []), 'time'], methods.map(({ method, firstSource, recovery, deletion, ms }) =>
    [method, written(firstSource), written(recovery), ...(deletion ? [written(deletion.rise), written(deletion.mas)] : []), formatDuration(ms)]))}

First source by task:

${table(['method', ...tasks], methods.map(({ method, byTask }) => [method, ...tasks.map((task) => byTask[task].firstSource.mean.toFixed(2))]))}
`;
}

function written({ mean, margin }: Estimate): string {
  return `${mean.toFixed(3)}${Number.isNaN(margin) ? '' : ` ± ${margin.toFixed(3)}`}`;
}
