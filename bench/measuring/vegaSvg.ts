import type { TopLevelSpec } from 'vega-lite';

/** How tables of methods look. */
export const TABLE_PLOT: TopLevelSpec['config'] = {
  view: { stroke: null }, background: 'white', font: 'sans-serif',
  axis: { labelLimit: 400, labelFontSize: 12, titleFontWeight: 'normal', titleFontSize: 12, gridColor: '#eeeeee' }, header: { labelFontSize: 13, labelFontWeight: 'bold', title: null },
  legend: { labelFontSize: 12, labelLimit: 400, title: null, orient: 'bottom', symbolStrokeWidth: 2 },
};

/** A plot of Vega-Lite, drawn without a browser. */
export async function vegaSvg(spec: TopLevelSpec): Promise<string> {
  // ES modules only.
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  return new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' }).toSVG();
}
