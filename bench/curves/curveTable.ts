import { formatBytes, formatDuration } from '../../src/concepts/formatNumbers';
import { markdownTable } from '../../src/evaluation/report/markdownTable';
import type { Curve } from './curve';
import { curveLines, factors, placesOn, type CurveAxis, type CurveQuantity } from './curveLines';
import { CURVE_METHODS } from './curveMethods';
import { total } from './curveRun';

const QUANTITIES: Readonly<Record<CurveQuantity, string>> = {
  warm: 'Time of a trace from the state of a run',
  cold: 'Time from nothing, with the run',
  memory: 'Peak memory beyond the loaded model, of state and trace',
};

/** The curves of one measurement, as Markdown. @param curves by model */
export function curveTable(curves: Readonly<Record<string, Curve>>, machine: string): string {
  return `# Time and memory against length\n\n${machine}\n${Object.entries(curves).map(([model, curve]) => modelTables(model, curve)).join('')}`;
}

function modelTables(model: string, curve: Curve): string {
  const { sizes, runs } = curve;
  return [
    `\n## ${model}\n`,
    `${markdownTable(['run of', 'rows tapped', 'time', 'peak memory'], runs.map((run) => [count(run.context), count(run.taps), formatDuration(total(run.marks)), formatBytes(run.peakBytes)]))}\n`,
    ...axisTables(curve, 'target', `### Against target length, ${count(sizes.context)} tokens in all`),
    ...axisTables(curve, 'context', `### Against context length, ${count(sizes.target)} of them the target`),
    `\n### With ${count(Math.max(...sizes.targets))} target tokens\n`,
    `${markdownTable(['', 'times as long'], factors(curve).map(({ slow, fast, factor }) => [
      `${CURVE_METHODS[slow.method]} / ${CURVE_METHODS[fast.method]}${slow.basis === null ? '' : ` (${slow.basis})`}`, figure(factor),
    ]))}\n`,
  ].join('\n');
}

function axisTables(curve: Curve, axis: CurveAxis, title: string): string[] {
  const all = placesOn(curve, axis);
  const tokens = [...new Set(all.map((reading) => reading[axis]))].sort((a, b) => a - b);
  const tables = (Object.keys(QUANTITIES) as CurveQuantity[]).map((quantity) => {
    const lines = curveLines(curve, axis, quantity);
    const write = quantity === 'memory' ? formatBytes : formatDuration;
    const rows = tokens.map((at) => {
      const values = lines.map((line) => line.values.find((value) => value.tokens === at));
      // What holds for ablation by token holds for that by sentence.
      const bases = lines.flatMap(({ method }, i) => (method === 'ablation-sentence' || values[i]?.basis == null ? [] : [`${method === 'ablation' ? 'ablation' : CURVE_METHODS[method]} ${values[i].basis}`]));
      return [count(at), ...values.map((value) => (value === undefined ? '' : `${value.basis === null ? '' : '~ '}${write(value.value)}`)), ...(quantity === 'memory' ? [] : [bases.join('; ')])];
    });
    const slopes = ['slope of the log-log line', ...lines.map(({ slope }) => (Number.isNaN(slope) ? '' : slope.toFixed(2))), ...(quantity === 'memory' ? [] : [''])];
    const head = [`${axis} tokens`, ...lines.map(({ method }) => CURVE_METHODS[method]), ...(quantity === 'memory' ? [] : ['~'])];
    return `\n${QUANTITIES[quantity]}:\n\n${markdownTable(head, [...rows, slopes])}\n`;
  });
  return [`\n${title}`, ...tables];
}

function count(tokens: number): string {
  return tokens.toLocaleString('en-US');
}

/** Two digits at least. */
function figure(x: number): string {
  return x < 10 ? x.toPrecision(2) : Math.round(x).toLocaleString('en-US');
}
