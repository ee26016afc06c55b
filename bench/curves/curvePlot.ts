import type { TopLevelSpec } from 'vega-lite';
import { vegaSvg } from '../measuring/vegaSvg';
import type { Curve } from './curve';
import { curveLines, type CurveAxis, type CurveQuantity } from './curveLines';
import { CURVE_METHODS, type CurveMethod } from './curveMethods';

/** Colour and dash of every line: what belongs together shares a colour. */
const STYLES: readonly (readonly [method: CurveMethod, colour: string, dash: readonly number[]])[] = [
  ['ablation', '#0f766e', [1, 0]],
  ['ablation-sentence', '#0f766e', [5, 3]],
  ['logit-flow', '#7c3aed', [1, 0]],
  ['logit-flow-later', '#7c3aed', [5, 3]],
  ['flashtrace', '#b45309', [1, 0]],
  ['flashtrace-kept', '#b45309', [5, 3]],
  ['tokenwise', '#4b5563', [1, 0]],
];

type Panel = Extract<TopLevelSpec, { concat: unknown }>['concat'][number];

/** Time and memory against target and context length on logarithmic scales, a row of panels a model and axis; SVG. @param curves by model */
export function curvePlot(curves: Readonly<Record<string, Curve>>): Promise<string> {
  return vegaSvg({
    concat: Object.entries(curves).flatMap(([model, curve]) => (['target', 'context'] as const).flatMap((axis) => (['warm', 'memory'] as const).map((quantity) => panel(model, curve, axis, quantity)))),
    columns: 2,
    // Plot areas stand in a grid, whatever their labels take.
    bounds: 'flush',
    spacing: { row: 80, column: 90 },
    padding: 10,
    config: {
      view: { stroke: null }, background: 'white', font: 'sans-serif',
      axis: { labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal', gridColor: '#e5e7eb', labelColor: '#374151', titleColor: '#374151' },
      legend: { labelFontSize: 12, labelColor: '#374151', labelLimit: 0, titleFontSize: 12, titleFontWeight: 'normal', titleColor: '#374151', titleLimit: 800 },
      title: { fontSize: 13, anchor: 'start', frame: 'group', fontWeight: 'bold', color: '#111827' },
    },
  });
}

function panel(model: string, curve: Curve, axis: CurveAxis, quantity: CurveQuantity): Panel {
  const { sizes } = curve;
  const isMemory = quantity === 'memory';
  const values = curveLines(curve, axis, quantity).flatMap(({ method, values: line }) => line.map(({ tokens, value, basis }) => (
    { method: CURVE_METHODS[method], tokens, value: isMemory ? value / 1e6 : value / 1000, basis }
  )));
  const ticks = logTicks(values.map(({ value }) => value));
  const tokens = [...new Set(values.map((value) => value.tokens))];
  const legend = { title: 'hollow: extrapolated from a part', orient: 'bottom', direction: 'horizontal', columns: 2, symbolType: 'stroke', symbolSize: 700, symbolStrokeWidth: 2 } as const;
  const domain = STYLES.map(([method]) => CURVE_METHODS[method]);
  const color = { field: 'method', type: 'nominal', scale: { domain, range: STYLES.map(([, colour]) => colour) }, legend } as const;
  const strokeDash = { field: 'method', type: 'nominal', scale: { domain, range: STYLES.map(([, , dash]) => [...dash]) }, legend } as const;
  const unit = isMemory
    ? "datum.value < 1000 ? format(datum.value, ',') + ' MB' : format(datum.value / 1000, ',') + ' GB'"
    : "datum.value < 1 ? format(datum.value * 1000, '~r') + ' ms' : format(datum.value, ',') + ' s'";
  return {
    width: 360,
    height: 260,
    title: isMemory ? 'peak memory beyond the loaded model' : `${model}, ${axis === 'target' ? `${sizes.context.toLocaleString('en-US')} tokens in all` : `${sizes.target.toLocaleString('en-US')} target tokens`}: time of a trace`,
    data: { values },
    encoding: {
      x: {
        field: 'tokens', type: 'quantitative', title: axis === 'target' ? 'target tokens' : 'tokens in all',
        scale: { type: 'log', domain: [Math.min(...tokens), Math.max(...tokens)], nice: false, padding: 12 }, axis: { values: tokens, format: ',', labelOverlap: true },
      },
      y: {
        field: 'value', type: 'quantitative', title: null, scale: { type: 'log', domain: [ticks[0], ticks[ticks.length - 1]] }, axis: { values: ticks, labelExpr: unit },
      },
      color,
    },
    layer: [
      { mark: { type: 'line', strokeWidth: 2 }, encoding: { strokeDash } },
      { mark: { type: 'circle', size: 40, opacity: 1 } },
      { transform: [{ filter: 'datum.basis !== null' }], mark: { type: 'circle', size: 14, opacity: 1 }, encoding: { color: { value: 'white' } } },
    ],
  };
}

/** Powers of ten around the values, and 2 and 5 times those where there are few. */
function logTicks(values: readonly number[]): number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const first = Math.floor(Math.log10(least));
  const steps = most / least < 100 ? [1, 2, 5] : [1];
  const ticks = Array.from({ length: Math.floor(Math.log10(most)) - first + 2 }, (_, i) => steps.map((step) => Number(`${step}e${first + i}`))).flat();
  return ticks.filter((_, i) => (ticks[i + 1] ?? Infinity) > least && (ticks[i - 1] ?? 0) < most);
}
