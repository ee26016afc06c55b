import type { TopLevelSpec } from 'vega-lite';

/** A plot of Vega-Lite, drawn without a browser. */
export async function vegaSvg(spec: TopLevelSpec): Promise<string> {
  // ES modules only.
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  return new vega.View(vega.parse(compile(spec).spec), { renderer: 'none' }).toSVG();
}
