import type { EvaluationReport, FoundEvidence } from '../../src/evaluation/report/evaluationReport';
import { TABLE_PLOT, vegaSvg } from '../measuring/vegaSvg';

const MEASURES = ['first source', 'Recovery@10%'];
const METHOD_COLOURS = ['#6b7280', '#d97706', '#7c3aed'];
/** Methods stand side by side at a hop, this far apart. */
const BESIDE = 0.12;

function byMeasure({ firstSource, recovery }: Pick<FoundEvidence, 'firstSource' | 'recovery'>) {
  return [firstSource, recovery].map((found, i) => ({ measure: MEASURES[i], ...found }));
}

/** Both measures of every method with their 95% intervals; SVG. */
export function recoveryPlot({ methods, ceiling, promptTokens }: EvaluationReport): Promise<string> {
  const label = (method: string, n: number) => (n < promptTokens.n ? `${method} (first ${n})` : method);
  const values = methods.flatMap(({ method, ...found }) => byMeasure(found).map((of) => ({
    ...of, method: label(method, of.n), ours: /^(flashtrace-producing|logit-flow|verified)/.test(method) ? 'ours' : 'others', text: of.mean.toFixed(2),
  })));
  const y = { field: 'method', type: 'nominal', sort: null, title: null, axis: { ticks: false, domain: false } } as const;
  const x = { field: 'mean', type: 'quantitative', scale: { domain: [0, 1.12] as number[] }, axis: { values: [0, 0.2, 0.4, 0.6, 0.8, 1] as number[] }, title: null } as const;
  const color = { field: 'ours', type: 'nominal', scale: { domain: ['ours', 'others'] as string[], range: ['#b45309', '#6b7280'] as string[] }, legend: null } as const;
  return vegaSvg({
    title: { text: `${promptTokens.n} transcripts; Recovery@10% can be ${ceiling.mean.toFixed(2)} at most; 95% intervals`, fontSize: 12, fontWeight: 'normal', anchor: 'start' },
    data: { values },
    facet: { column: { field: 'measure', type: 'nominal', sort: MEASURES } },
    spec: {
      width: 300,
      height: { step: 19 },
      layer: [
        { mark: { type: 'rule', strokeWidth: 2, opacity: 0.5 }, encoding: { y, x: { ...x, field: 'low' }, x2: { field: 'high' }, color } },
        { mark: { type: 'point', filled: true, size: 55, opacity: 1 }, encoding: { y, x, color } },
        { mark: { type: 'text', align: 'left', fontSize: 10 }, encoding: { y, x: { datum: 1.03 }, text: { field: 'text' } } },
      ],
    },
    config: TABLE_PLOT,
  });
}

/** Both measures by the number of hops; SVG. */
export function hopsPlot({ dynamics }: EvaluationReport): Promise<string> {
  const values = dynamics.flatMap(({ method, hops }, m) => hops.flatMap((found, hop) => byMeasure(found).map((of) => ({ ...of, method, at: hop + BESIDE * (m - (dynamics.length - 1) / 2) }))));
  const last = dynamics[0].hops.length - 1;
  const x = { field: 'at', type: 'quantitative', title: 'hops', scale: { domain: [-0.3, last + 0.3] as number[], nice: false }, axis: { values: Array.from({ length: last + 1 }, (_, hop) => hop), format: 'd', grid: false } } as const;
  const y = { field: 'mean', type: 'quantitative', scale: { domain: [0, 1] as number[] }, title: null } as const;
  const color = { field: 'method', type: 'nominal', sort: dynamics.map(({ method }) => method), scale: { range: METHOD_COLOURS } } as const;
  return vegaSvg({
    data: { values },
    facet: { column: { field: 'measure', type: 'nominal', sort: MEASURES } },
    spec: {
      width: 300,
      height: 240,
      layer: [
        { mark: { type: 'rule', strokeWidth: 2, opacity: 0.5 }, encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, color } },
        { mark: { type: 'line', strokeWidth: 1.5 }, encoding: { x, y, color } },
        { mark: { type: 'point', filled: true, size: 45, opacity: 1 }, encoding: { x, y, color } },
      ],
    },
    config: TABLE_PLOT,
  });
}

/** Where each hop's mass falls; SVG. */
export function dynamicsPlot({ dynamics }: EvaluationReport): Promise<string> {
  const regions = ['prompt', 'reasoning', 'answer', 'template', 'stop'] as const;
  const name = (region: (typeof regions)[number]) => (region === 'stop' ? 'stop tokens' : region);
  const values = dynamics.flatMap(({ method, hops }) => hops.flatMap(({ mass }, hop) => regions.map((region, order) => ({ method, hop, region: name(region), order, mass: mass[region] }))));
  return vegaSvg({
    data: { values },
    facet: { column: { field: 'method', type: 'nominal', sort: dynamics.map(({ method }) => method) } },
    spec: {
      width: 190,
      height: 240,
      mark: { type: 'bar', size: 26 },
      encoding: {
        x: { field: 'hop', type: 'ordinal', title: 'hop', axis: { labelAngle: 0 } },
        y: { field: 'mass', type: 'quantitative', stack: 'zero', scale: { domain: [0, 1] }, title: 'part of the attribution' },
        color: { field: 'region', type: 'nominal', sort: regions.map(name), scale: { domain: regions.map(name), range: ['#d97706', '#7c3aed', '#c4b5fd', '#9ca3af', '#e5e7eb'] } },
        order: { field: 'order', type: 'quantitative' },
      },
    },
    config: TABLE_PLOT,
  });
}
