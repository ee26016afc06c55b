import { vegaSvg } from '../measuring/vegaSvg';
import type { Speed } from './speed';

/** Times of one run in plain prefills, as bars on a logarithmic scale; SVG. @param speeds by title */
export function speedPlot(speeds: Readonly<Record<string, Speed>>): Promise<string> {
  const bars: readonly (readonly [string, (s: Speed) => number, 'ours' | 'baseline'])[] = [
    ['token-wise IFR of the whole generation', (s) => s.tokenwise.ms, 'baseline'],
    ['brute force, span of the whole generation', (s) => s.bruteForce.ms, 'baseline'],
    ['plain prefill', (s) => s.plainPrefill.ms, 'baseline'],
    ['3 hops, first time or small budget', (s) => s.leanThreeHops.ms, 'ours'],
    ['1 hop, first time or small budget', (s) => s.leanOneHop.ms, 'ours'],
    ['3 hops, attention kept', (s) => s.threeHops.ms, 'ours'],
    ['1 hop, attention kept', (s) => s.oneHop.ms, 'ours'],
  ];
  const values = Object.entries(speeds).flatMap(([model, speed]) => bars.map(([name, ms, kind]) => ({ model, name, kind, ratio: ms(speed) / speed.plainPrefill.ms, label: (ms(speed) / speed.plainPrefill.ms).toPrecision(2) })));
  const domain = [Math.min(...values.map(({ ratio }) => ratio)) / 2, Math.max(...values.map(({ ratio }) => ratio)) * 4];
  const y = { field: 'name', type: 'nominal', sort: bars.map(([name]) => name), title: null, axis: { ticks: false, domain: false } } as const;
  const x = { field: 'ratio', type: 'quantitative', scale: { type: 'log', domain }, title: 'time / plain prefill of the same tokens' } as const;
  return vegaSvg({
    data: { values },
    facet: { row: { field: 'model', type: 'nominal', title: null, sort: Object.keys(speeds), header: { labelAngle: 0, labelAnchor: 'start', labelOrient: 'top', labelFontSize: 13, labelFontWeight: 'bold' } } },
    spec: {
      width: 420,
      height: { step: 22 },
      layer: [
        { mark: { type: 'bar', height: 12 }, encoding: { y, x, x2: { datum: domain[0] }, color: { field: 'kind', type: 'nominal', legend: null, scale: { domain: ['ours', 'baseline'], range: ['#b45309', '#9ca3af'] } } } },
        { mark: { type: 'text', align: 'left', dx: 4, fontSize: 11 }, encoding: { y, x, text: { field: 'label' } } },
      ],
    },
    config: { view: { stroke: null }, background: 'white', font: 'sans-serif', axis: { labelLimit: 400, labelFontSize: 12, titleFontWeight: 'normal', gridColor: '#eeeeee' } },
  });
}
